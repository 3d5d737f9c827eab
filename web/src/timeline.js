// The timeline: how much is of each day, month or year. A stretch of it, chosen by mouse, finger or keyboard, is one
// more filter of what is shown. Long times without anything are drawn as one gap; in Arabic time runs from right to left.
import { address, follow, given, go } from "./found.js";
import { ask, element, isRightToLeft, wordsOf } from "./page.js";

const UNITS = { year: 4, month: 7, day: 10 };
const HEIGHT = 96;
/** How wide a bar is with the space beside it, at least and at most. */
const STEP = [7, 40];
/** What is left free at both ends for the handles. */
const EDGE = 6;
/** How many buckets without anything are drawn one by one. */
const EMPTY = 2;
/** How long the keys rest before what they chose is asked for, in milliseconds. */
const REST = 600;
const SVG = "http://www.w3.org/2000/svg";

export async function start(place) {
  const timeline = new Timeline(place);
  place.timeline = timeline;
  await timeline.begin();
}

const drawn = (name, attributes = {}, words) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  return made;
};

/** The bucket after one: `2016-12` is followed by `2017-01`. */
export function following(bucket) {
  if (bucket.length === 4) return String(Number(bucket) + 1).padStart(4, "0");
  const day = new Date(`${bucket.length === 7 ? `${bucket}-01` : bucket}T00:00:00Z`);
  if (bucket.length === 7) day.setUTCMonth(day.getUTCMonth() + 1);
  else day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, bucket.length);
}

/** The buckets in a row, with those between them that are empty, or a gap where these are many. */
export function slots(buckets) {
  const row = [];
  for (const bucket of buckets) {
    const last = row.at(-1)?.bucket;
    const between = [];
    for (let next = last && following(last); next && next < bucket.bucket && between.length <= EMPTY; next = following(next)) between.push({ bucket: next });
    row.push(...(between.length > EMPTY ? [{ gap: true, bucket: between[0].bucket }] : between), bucket);
  }
  return row;
}

class Timeline {
  by = "year";
  /** The slots between which the chosen stretch lies, or nothing. */
  brush = null;
  #timer = 0;

  constructor(place) {
    this.place = place;
    this.words = wordsOf(place);
    this.svg = drawn("svg", { class: "live", role: "group", "aria-label": this.words.label });
    this.status = element("p", { role: "status", class: "small muted" });
    this.units = Object.keys(UNITS).map((unit) => element("button", { type: "button", "aria-pressed": "false", onclick: () => this.show(unit) }, this.words[unit]));
    this.clear = element("button", { type: "button", onclick: () => this.choose(null) }, this.words.all);
    this.legend = element("span", { class: "legend-line small" });
    this.scroll = element("div", { class: "scroll", role: "group", tabindex: "0", "aria-label": this.words.label }, this.svg);
  }

  async begin() {
    this.place.querySelector(".scroll").replaceWith(this.scroll);
    this.place.querySelector("figcaption a")?.remove();
    this.place.querySelector("figcaption").after(element("div", { class: "buttons" }, ...this.units, this.clear, this.legend));
    this.scroll.after(this.status);
    this.#listen();
    follow(this.place, () => this.load());
    new ResizeObserver(() => this.slots && this.draw()).observe(this.scroll);
    await this.load();
  }

  /** The stretch that the address says. Questions may have parameters of their own that are called `from` and `to`. */
  chosen() {
    const asked = new URL(location.href).searchParams;
    return this.#names().map((name) => asked.get(name) ?? "");
  }

  #names() {
    return given(this.place, "days") ? ["since", "until"] : ["from", "to"];
  }

  /** Another unit; with a stretch chosen, only what lies in it. */
  async show(unit) {
    const before = [this.by, this.window];
    this.by = unit;
    this.window = unit === "year" || !this.chosen().some(Boolean) ? null : this.chosen();
    if (!(await this.load())) [this.by, this.window] = before;
    this.#press();
  }

  #press() {
    this.units.forEach((button, at) => button.setAttribute("aria-pressed", String(Object.keys(UNITS)[at] === this.by)));
  }

  async load() {
    try {
      const buckets = this.#within(await this.#buckets());
      this.slots = slots(buckets);
      this.status.textContent = buckets.length ? "" : this.words.nothing;
    } catch (error) {
      this.status.textContent = error.message;
      return false;
    }
    this.#place();
    this.#press();
    this.draw();
    return true;
  }

  /** The buckets, asked for or counted from the rows of the page. */
  async #buckets() {
    const days = given(this.place, "days");
    if (!days) {
      const parameters = new URLSearchParams(given(this.place, "timeline"));
      parameters.set("by", this.by);
      if (this.window?.[0]) parameters.set("from", this.window[0]);
      if (this.window?.[1]) parameters.set("to", this.window[1]);
      return (await ask("/api/timeline", parameters)).buckets;
    }
    const counts = new Map();
    for (const day of JSON.parse(days)) {
      // A date that is less precise than a bucket is in none.
      if (day.length < UNITS[this.by]) continue;
      const bucket = day.slice(0, UNITS[this.by]);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([bucket, rows]) => ({ bucket, rows }));
  }

  #within(buckets) {
    const [from, to] = this.window ?? ["", ""];
    return buckets.filter(({ bucket }) => this.#isWithin(bucket, from, to));
  }

  #isWithin(bucket, from, to) {
    return (!from || bucket >= from.slice(0, bucket.length)) && (!to || bucket <= to.slice(0, bucket.length));
  }

  /** Puts the brush where the address has it. */
  #place() {
    const [from, to] = this.chosen();
    this.clear.hidden = !from && !to;
    const inside = this.slots.map((slot, at) => (this.#isWithin(slot.bucket, from, to) && !slot.gap ? at : -1)).filter((at) => at >= 0);
    this.brush = (from || to) && inside.length ? [inside[0], inside.at(-1)] : null;
  }

  // --- drawing

  draw() {
    const count = this.slots.length;
    const step = (this.step = Math.min(STEP[1], Math.max(STEP[0], (this.scroll.clientWidth - 8 - 2 * EDGE) / Math.max(count, 1))));
    const width = step * count + 2 * EDGE;
    const x = (at) => EDGE + step * (isRightToLeft ? count - 1 - at : at);
    const total = (slot) => (slot.documents ?? 0) + (slot.events ?? 0) + (slot.rows ?? 0);
    const most = Math.max(1, ...this.slots.map(total));
    const focused = document.activeElement?.dataset?.end;
    for (const [name, value] of Object.entries({ width, height: HEIGHT + 24, viewBox: `0 0 ${width} ${HEIGHT + 24}` })) this.svg.setAttribute(name, value);
    const parts = [];
    if (this.brush) {
      const [low, high] = [Math.min(x(this.brush[0]), x(this.brush[1])), Math.max(x(this.brush[0]), x(this.brush[1])) + step];
      parts.push(drawn("rect", { class: "brush", x: low, y: 0, width: high - low, height: HEIGHT + 24 }));
    }
    const every = Math.ceil((this.by === "year" ? 34 : this.by === "month" ? 52 : 70) / step);
    this.slots.forEach((slot, at) => {
      if (slot.gap) return parts.push(drawn("text", { class: "gap", x: x(at) + step / 2, y: HEIGHT - 4, "text-anchor": "middle", "aria-hidden": "true" }, "\u22EF"));
      let y = HEIGHT;
      for (const kind of ["documents", "events", "rows"]) {
        if (!slot[kind]) continue;
        const height = Math.max(2, slot[kind] * (HEIGHT - 8) / most);
        y -= height;
        const bar = drawn("rect", { class: `bar ${kind}`, x: x(at) + 1, y, width: Math.max(step - 2, 2), height });
        bar.append(drawn("title", {}, this.#told(slot)));
        parts.push(bar);
      }
      if (at % every === 0) parts.push(drawn("text", { x: Math.min(Math.max(x(at) + step / 2, 16), width - 16), y: HEIGHT + 18, "text-anchor": "middle", direction: "ltr" }, slot.bucket));
    });
    if (this.slots.length) parts.push(...[0, 1].map((end) => this.#handle(end, x, step)));
    this.svg.replaceChildren(...parts);
    if (focused) this.svg.querySelector(`[data-end="${focused}"]`)?.focus({ preventScroll: true });
    const kinds = ["documents", "events"].filter((kind) => this.slots.some((slot) => slot[kind]));
    this.legend.replaceChildren(...(kinds.length > 1 ? kinds : []).flatMap((kind) => [element("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), ` ${this.words[kind]} `]));
  }

  #told(slot) {
    const counts = ["documents", "events", "rows"].filter((kind) => slot[kind]).map((kind) => `${this.words[kind]} ${slot[kind]}`);
    return `${slot.bucket}: ${counts.join(this.words.comma)}`;
  }

  /** An end of the stretch, which keys move. */
  #handle(end, x, step) {
    const at = this.brush?.[end] ?? (end ? this.slots.length - 1 : 0);
    const edge = x(at) + ((end === 1) !== isRightToLeft ? step : 0);
    const slot = this.slots[at];
    const handle = drawn("g", {
      class: "handle", role: "slider", tabindex: "0", "data-end": end, "aria-label": this.words[end ? "until" : "from"],
      "aria-valuemin": 0, "aria-valuemax": this.slots.length - 1, "aria-valuenow": at, "aria-valuetext": slot.gap ? slot.bucket : this.#told(slot),
    });
    handle.append(drawn("rect", { class: "reach", x: edge - 12, y: 0, width: 24, height: HEIGHT + 24 }), drawn("rect", { class: "grip", x: edge - 3, y: HEIGHT / 2 - 16, width: 6, height: 32, rx: 3 }));
    return handle;
  }

  // --- choosing

  /** Asks for a stretch, or for everything. */
  choose(brush) {
    clearTimeout(this.#timer);
    const ends = brush ? this.#ends(brush) : ["", ""];
    go(address(Object.fromEntries(this.#names().map((name, at) => [name, ends[at]]))));
  }

  /** What a stretch is called in an address; a gap at its end is left out. */
  #ends([from, to]) {
    let [first, last] = [Math.min(from, to), Math.max(from, to)];
    while (this.slots[first].gap && first < last) first += 1;
    while (this.slots[last].gap && last > first) last -= 1;
    return [this.slots[first].bucket, this.slots[last].bucket];
  }

  #at(event) {
    const at = Math.floor((event.clientX - this.svg.getBoundingClientRect().left - EDGE) / this.step);
    return Math.min(this.slots.length - 1, Math.max(0, isRightToLeft ? this.slots.length - 1 - at : at));
  }

  #listen() {
    let held = null;
    const { svg } = this;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button || !this.slots?.length) return;
      svg.setPointerCapture(event.pointerId);
      const handle = event.target.closest(".handle");
      held = handle && this.brush ? { anchor: this.brush[handle.dataset.end === "0" ? 1 : 0] } : { anchor: this.#at(event) };
      held.before = this.brush;
    });
    svg.addEventListener("pointermove", (event) => {
      if (!held) return;
      const at = this.#at(event);
      if (at === held.now) return;
      held.now = at;
      this.brush = [Math.min(held.anchor, at), Math.max(held.anchor, at)];
      this.draw();
      this.#say();
    });
    svg.addEventListener("pointerup", (event) => {
      if (!held) return;
      const at = this.#at(event);
      const brush = [Math.min(held.anchor, at), Math.max(held.anchor, at)];
      held = null;
      if (this.slots[brush[0]].gap && brush[0] === brush[1]) return;
      this.choose(brush);
    });
    svg.addEventListener("pointercancel", () => {
      if (held) this.brush = held.before;
      held = null;
      this.draw();
    });
    svg.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    const handle = event.target.closest?.(".handle");
    if (!handle || event.ctrlKey || event.metaKey || event.altKey) return;
    const end = Number(handle.dataset.end);
    const later = isRightToLeft ? -1 : 1;
    const steps = { ArrowRight: later, ArrowLeft: -later, ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape" && this.brush) this.choose(null);
    else if (event.key === "Enter" && this.brush) this.choose(this.brush);
    else if (steps) {
      const brush = [...(this.brush ?? [0, this.slots.length - 1])];
      brush[end] = Math.min(this.slots.length - 1, Math.max(0, brush[end] + steps));
      if (brush[0] > brush[1]) brush[1 - end] = brush[end];
      this.brush = brush;
      this.draw();
      this.#say();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.choose(this.brush), REST);
    } else return;
    event.preventDefault();
  }

  #say() {
    const [from, to] = this.#ends(this.brush);
    this.status.replaceChildren(element("bdi", { dir: "ltr" }, from === to ? from : `${from} \u2013 ${to}`));
  }
}
