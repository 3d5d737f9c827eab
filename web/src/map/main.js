// The map: what was found, or the rows of an answer, at their places. It is moved and zoomed by mouse, finger and
// keyboard; what stands close together is one circle; an area of it is one more filter of what is shown.
import { address, follow, given, go } from "../found.js";
import { ask, dirOf, element, pageOf, pathOf, wording, wordsOf } from "../page.js";
import { clusters, path, toDegrees, toWorld } from "./world.js";

const TILE = 256;
const ZOOMS = [0, 15];
/** How long the map is still before more is asked for, in milliseconds. */
const STILL = 250;
/** So many names are drawn at most. */
const NAMES = 25;
const SVG = "http://www.w3.org/2000/svg";

export async function start(place) {
  const map = new Atlas(place);
  place.atlas = map;
  await map.begin();
}

const drawn = (name, attributes = {}, ...children) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const limited = (value, [least, most]) => Math.min(most, Math.max(least, value));

class Atlas {
  /** The middle in the square world, and how near it is. */
  middle = [0.6, 0.4];
  zoom = 5;
  features = [];
  #asked = "";
  #timer = 0;
  #running = null;
  #pointers = new Map();

  constructor(place) {
    this.place = place;
    this.words = wordsOf(place);
    this.base = drawn("path", { class: "borders", "vector-effect": "non-scaling-stroke" });
    this.area = drawn("rect", { class: "area", "pointer-events": "none", visibility: "hidden" });
    this.spots = drawn("g");
    this.ruler = drawn("g", { class: "ruler", "aria-hidden": "true" });
    this.svg = drawn("svg", { class: "live", tabindex: "0", role: "application", "aria-label": this.words.label }, drawn("g", {}, this.base), this.area, this.spots, this.ruler);
    this.card = element("div", { class: "map-card", hidden: true });
    this.status = element("p", { role: "status", class: "small muted" });
    const button = (label, act, more = {}) => element("button", { type: "button", onclick: act, ...more }, label);
    this.drawing = button(this.words.draw, () => this.#drawArea(this.drawing.getAttribute("aria-pressed") !== "true"), { "aria-pressed": "false" });
    this.clear = button(this.words.everywhere, () => this.choose(null), { hidden: true });
    const near = element("div", { class: "near" },
      button("+", () => this.nearer(1), { "aria-label": this.words.nearer }), button("\u2212", () => this.nearer(-1), { "aria-label": this.words.farther }),
      button("\u2302", () => this.home(), { "aria-label": this.words.home }));
    this.tools = element("div", { class: "buttons" }, button(this.words.here, () => this.choose(this.bbox())), this.drawing, this.clear);
    this.stage = element("div", { class: "stage" }, this.svg, near, this.card);
  }

  async begin() {
    const lines = fetch(this.place.dataset.lines).then((answer) => answer.json());
    this.base.setAttribute("d", path(await lines));
    this.place.querySelector("svg")?.replaceWith(this.stage);
    this.stage.after(this.tools, this.status);
    this.#listen();
    await this.load();
    follow(this.place, () => this.load());
  }

  // --- what is shown

  /** Takes in what the page asks for now. */
  async load() {
    const spots = given(this.place, "spots");
    this.own = spots ? JSON.parse(spots) : null;
    this.search = given(this.place, "map");
    this.#asked = "";
    this.#close();
    this.#showArea();
    if (this.isPlaced) return this.#more();
    // The first time everything is seen.
    const whole = this.own ? clusters(this.own, 20) : await this.#ask(6);
    this.bounds = whole.map((feature) => feature.bbox ?? [...feature.at, ...feature.at]);
    this.isPlaced = true;
    this.home();
  }

  /** Everything within the frame. */
  home() {
    const box = this.chosen() ?? this.bounds.reduce((a, b) => a && [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])], this.bounds[0]);
    if (box) this.frame(box);
    else this.redraw();
  }

  frame([west, south, east, north]) {
    const { width, height } = this.size();
    const [[x1, y1], [x2, y2]] = [toWorld([west, north]), toWorld([east, south])];
    this.middle = [(x1 + x2) / 2, (y1 + y2) / 2];
    const fits = Math.min((width - 90) / TILE / Math.max(x2 - x1, 1e-9), (height - 90) / TILE / Math.max(y2 - y1, 1e-9));
    this.zoom = limited(Math.log2(fits), [ZOOMS[0], 11]);
    this.redraw();
    this.#more();
  }

  size() {
    return { width: this.svg.clientWidth || 640, height: this.svg.clientHeight || 400 };
  }

  get scale() {
    return TILE * 2 ** this.zoom;
  }

  toScreen(at) {
    const { width, height } = this.size();
    const [x, y] = toWorld(at);
    return [(x - this.middle[0]) * this.scale + width / 2, (y - this.middle[1]) * this.scale + height / 2];
  }

  fromScreen(x, y) {
    const { width, height } = this.size();
    return [(x - width / 2) / this.scale + this.middle[0], (y - height / 2) / this.scale + this.middle[1]];
  }

  /** What is seen: west, south, east, north. */
  bbox() {
    const { width, height } = this.size();
    const [[west, north], [east, south]] = [this.fromScreen(0, 0), this.fromScreen(width, height)].map(toDegrees);
    return [Math.max(-180, west), Math.max(-85, south), Math.min(180, east), Math.min(85, north)];
  }

  /** Clusters for what is seen and a little around it. */
  async #more() {
    const zoom = limited(Math.round(this.zoom), ZOOMS);
    if (this.own) this.features = clusters(this.own, zoom);
    else {
      const [west, south, east, north] = this.bbox();
      const [dx, dy] = [(east - west) / 2, (north - south) / 2];
      const box = [Math.max(-180, west - dx), Math.max(-85, south - dy), Math.min(180, east + dx), Math.min(85, north + dy)];
      const key = `${this.search} ${zoom}`;
      const [known, around] = this.#asked;
      if (known === key && around[0] <= west && around[1] <= south && around[2] >= east && around[3] >= north) return;
      this.#asked = [key, box];
      this.features = await this.#ask(zoom, box);
    }
    this.redraw();
  }

  async #ask(zoom, box) {
    this.#running?.abort();
    this.#running = new AbortController();
    const parameters = new URLSearchParams(this.search);
    parameters.set("zoom", zoom);
    if (box) parameters.set("bbox", box.map((degrees) => degrees.toFixed(4)).join());
    try {
      const found = await ask("/api/geo", parameters, this.#running.signal);
      this.status.textContent = found.features.length ? "" : this.words.nothing;
      return found.features.map(({ geometry, properties, bbox, id }) => ({
        at: geometry.coordinates,
        id,
        label: properties.label,
        places: properties.places ?? 1,
        bbox,
        counts: { document: properties.documents, event: properties.events, claim: properties.claims },
        count: properties.documents + properties.events + properties.claims,
      }));
    } catch (error) {
      if (error.name !== "AbortError") this.status.textContent = error.message;
      return this.features;
    }
  }

  // --- drawing

  redraw() {
    const { width, height } = this.size();
    this.base.parentNode.setAttribute("transform", `translate(${width / 2} ${height / 2}) scale(${this.scale}) translate(${-this.middle[0]} ${-this.middle[1]})`);
    const had = this.spots.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const most = Math.max(1, ...this.features.map((feature) => feature.count));
    const seen = this.features.map((feature) => ({ feature, point: this.toScreen(feature.at) }))
      .filter(({ point: [x, y] }) => x > -30 && y > -30 && x < width + 30 && y < height + 30)
      .sort((a, b) => b.feature.count - a.feature.count);
    const taken = [];
    let named = 0;
    const circles = seen.map(({ feature, point: [x, y] }) => {
      const r = 5 + 11 * Math.sqrt(feature.count / most);
      const name = this.name(feature);
      const spot = drawn("g", { class: feature.places > 1 ? "spot many" : "spot", role: "button", tabindex: "-1", "aria-label": name, "data-key": feature.at.join() },
        drawn("circle", { class: "reach", cx: x, cy: y, r: Math.max(r, 14) }), drawn("circle", { class: "dot", cx: x, cy: y, r }));
      spot.append(drawn("title", {}, document.createTextNode(name)));
      if (feature.places > 1 && r > 8) spot.append(this.#text(String(feature.count || feature.places), x, y + 4, "inside"));
      else if (named < NAMES && this.#isFree(taken, wording(feature.label) || feature.own?.[0]?.label || "", x, y + r + 13)) {
        named += 1;
        spot.append(this.#text(wording(feature.label) || feature.own[0].label, x, y + r + 13, "name"));
      }
      spot.feature = feature;
      return spot;
    });
    this.#measure(width, height);
    // The small ones lie on the large ones.
    this.spots.replaceChildren(...circles);
    if (circles.length) circles[0].setAttribute("tabindex", "0");
    if (had) circles.find((spot) => spot.dataset.key === had)?.focus();
    this.#showArea();
  }

  /** How long some kilometres are, in the corner. */
  #measure(width, height) {
    const [, latitude] = toDegrees(this.middle);
    const kilometre = this.scale / (40_075 * Math.cos(latitude * Math.PI / 180));
    const power = 10 ** Math.floor(Math.log10(120 / kilometre));
    const length = [5, 2, 1].map((step) => step * power).find((kilometres) => kilometres * kilometre <= 120);
    const end = width - 12;
    this.ruler.replaceChildren(
      drawn("path", { d: `M${end - length * kilometre} ${height - 16}v5H${end}v-5` }),
      this.#text(`${Number(length.toPrecision(1))} km`, end - length * kilometre / 2, height - 20, "name"));
  }

  #text(words, x, y, kind) {
    const text = drawn("text", { class: kind, x, y, "text-anchor": "middle", direction: dirOf(words) });
    text.textContent = words;
    return text;
  }

  #isFree(taken, words, x, baseline) {
    const half = [...words].length * 3.6 + 4;
    const own = [x - half, baseline - 11, x + half, baseline + 4];
    if (!words || taken.some((box) => own[2] > box[0] && own[0] < box[2] && own[3] > box[1] && own[1] < box[3])) return false;
    taken.push(own);
    return true;
  }

  /** A feature in words. */
  name(feature) {
    const words = feature.places > 1 ? `${this.words.places} ${feature.places}` : wording(feature.label) || feature.own?.[0]?.label || "";
    return feature.count ? `${words} (${feature.count})` : words;
  }

  // --- what stands at a place

  async open(feature) {
    if (feature.places > 1) {
      const [west, south, east, north] = feature.bbox;
      if (this.zoom < ZOOMS[1] - 1 && (east - west > 1e-4 || north - south > 1e-4)) return this.frame(feature.bbox);
    }
    const link = (href, words) => element("a", { href }, element("bdi", { dir: dirOf(words) }, words));
    const inside = feature.own
      ? feature.own.slice(0, 50).map(({ href, label, note }) => element("li", {}, href ? link(href, label) : element("bdi", { dir: dirOf(label) }, label), note ? element("span", { class: "muted" }, " ", element("bdi", {}, note)) : ""))
      : this.#found(feature);
    const close = element("button", { type: "button", "aria-label": this.words.close, onclick: () => this.#close(true) }, "\u00D7");
    const head = feature.id ? link(pageOf(feature.id), wording(feature.label) || pathOf(feature.id)) : feature.own ? this.name(feature) : `${this.words.places} ${feature.places}`;
    this.card.replaceChildren(element("p", { class: "map-card-head" }, element("strong", {}, head), close), element("ul", { class: "plain" }, ...inside));
    this.card.hidden = false;
    this.opened = feature.at.join();
    this.card.querySelector("a, button")?.focus({ preventScroll: true });
  }

  /** How much of what was found stands at a place, each a way to it. */
  #found(feature) {
    return Object.entries(feature.counts).filter(([, count]) => count).map(([kind, count]) => {
      const words = this.words[`kinds.${kind}`];
      const href = feature.id && address({ place: pathOf(feature.id), kind }, this.place.dataset.page ?? location.href);
      const shown = [`${words} `, element("bdi", { dir: "ltr", class: "count" }, String(count))];
      return element("li", {}, href ? element("a", { href: href.pathname + href.search, onclick: (event) => { event.preventDefault(); go(href); } }, ...shown) : element("span", {}, ...shown));
    });
  }

  #close(returns = false) {
    this.card.hidden = true;
    if (returns) ([...this.spots.children].find((spot) => spot.dataset.key === this.opened) ?? this.svg).focus();
  }

  // --- an area as a filter

  /** The area that is chosen, as the address says. */
  chosen() {
    const url = new URL(location.href);
    const within = url.searchParams.get("within");
    if (within) return within.split(",").map(Number);
    const numbers = (url.searchParams.get("polygon") ?? "").match(/-?\d+(\.\d+)?/g)?.map(Number);
    if (!numbers) return null;
    const [xs, ys] = [numbers.filter((_, at) => at % 2 === 0), numbers.filter((_, at) => at % 2)];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  choose(box) {
    this.#drawArea(false);
    const [w, s, e, n] = (box ?? []).map((degrees) => Number(degrees.toFixed(3)));
    const changes = this.own ? { within: box && [w, s, e, n].join() } : { polygon: box && `POLYGON((${w} ${s},${e} ${s},${e} ${n},${w} ${n},${w} ${s}))` };
    go(address(changes, this.place.dataset.page ?? location.href));
  }

  #showArea(box = this.place.dataset.page ? null : this.chosen()) {
    this.clear.hidden = !box;
    this.area.setAttribute("visibility", box ? "visible" : "hidden");
    if (!box) return;
    const [[x1, y1], [x2, y2]] = [this.toScreen([box[0], box[3]]), this.toScreen([box[2], box[1]])];
    for (const [name, value] of Object.entries({ x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) })) this.area.setAttribute(name, value);
  }

  #drawArea(is) {
    this.drawing.setAttribute("aria-pressed", String(is));
    this.svg.classList.toggle("drawing", is);
    this.status.textContent = is ? this.words["draw-how"] : "";
  }

  // --- moving

  nearer(steps, [x, y] = [this.size().width / 2, this.size().height / 2]) {
    const before = this.fromScreen(x, y);
    this.zoom = limited(this.zoom + steps, ZOOMS);
    const after = this.fromScreen(x, y);
    this.#move([before[0] - after[0], before[1] - after[1]]);
  }

  #move([dx, dy]) {
    this.middle = [limited(this.middle[0] + dx, [0, 1]), limited(this.middle[1] + dy, [0, 1])];
    cancelAnimationFrame(this.frameAsked);
    this.frameAsked = requestAnimationFrame(() => this.redraw());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#more(), STILL);
  }

  #listen() {
    const { svg } = this;
    const at = (event) => {
      const box = svg.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    new ResizeObserver(() => this.isPlaced && this.redraw()).observe(svg);
    svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const draws = event.shiftKey || this.drawing.getAttribute("aria-pressed") === "true";
      this.#pointers.set(event.pointerId, { from: at(event), now: at(event), draws, spot: event.target.closest(".spot"), moved: false });
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      const pointer = this.#pointers.get(event.pointerId);
      if (!pointer) return;
      const [now, before] = [at(event), pointer.now];
      if (!pointer.moved && Math.hypot(now[0] - pointer.from[0], now[1] - pointer.from[1]) < 4) return;
      pointer.moved = true;
      const other = [...this.#pointers.values()].find((one) => one !== pointer);
      pointer.now = now;
      if (pointer.draws) return this.#showArea(this.#box(pointer));
      if (other) {
        const [far, was] = [now, before].map(([x, y]) => Math.hypot(x - other.now[0], y - other.now[1]));
        return this.nearer(Math.log2(Math.max(far, 1) / Math.max(was, 1)), [(now[0] + other.now[0]) / 2, (now[1] + other.now[1]) / 2]);
      }
      this.#move([(before[0] - now[0]) / this.scale, (before[1] - now[1]) / this.scale]);
    });
    const up = (event) => {
      const pointer = this.#pointers.get(event.pointerId);
      this.#pointers.delete(event.pointerId);
      if (!pointer || event.type === "pointercancel") return;
      if (pointer.draws && pointer.moved) return this.choose(this.#box(pointer));
      if (pointer.moved) return;
      if (pointer.spot) return this.open(pointer.spot.feature);
      // A place that is pointed at comes to the middle, for those who do not drag.
      const [x, y] = this.fromScreen(...pointer.from);
      this.#close();
      this.#move([x - this.middle[0], y - this.middle[1]]);
    };
    svg.addEventListener("pointerup", up);
    svg.addEventListener("pointercancel", up);
    svg.addEventListener("wheel", (event) => {
      // The page goes on scrolling where the map is only passed over.
      if (!event.ctrlKey && !svg.contains(document.activeElement)) return;
      event.preventDefault();
      this.nearer(-event.deltaY / 250, at(event));
    }, { passive: false });
    svg.addEventListener("keydown", (event) => this.#key(event));
    this.card.addEventListener("keydown", (event) => event.key === "Escape" && this.#close(true));
  }

  #box({ from, now }) {
    const [[west, north], [east, south]] = [[Math.min(from[0], now[0]), Math.min(from[1], now[1])], [Math.max(from[0], now[0]), Math.max(from[1], now[1])]].map(([x, y]) => toDegrees(this.fromScreen(x, y)));
    return [west, south, east, north];
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const spot = document.activeElement?.closest(".spot");
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const way = ways[event.key];
    if (way && spot) this.#walk(spot, way);
    else if (way) this.#move(way.map((part) => part * 80 / this.scale));
    else if (event.key === "+" || event.key === "=") this.nearer(1);
    else if (event.key === "-") this.nearer(-1);
    else if (event.key === "Home" || event.key === "0") this.home();
    else if ((event.key === "Enter" || event.key === " ") && spot) this.open(spot.feature);
    else if (event.key === "Enter") this.spots.firstElementChild?.focus();
    else if (event.key === "Escape" && spot) this.svg.focus();
    else return;
    event.preventDefault();
  }

  /** Goes on to the nearest circle on this side. */
  #walk(spot, [dx, dy]) {
    const point = (one) => this.toScreen(one.feature.at);
    const [fx, fy] = point(spot);
    let [best, least] = [null, Infinity];
    for (const other of this.spots.children) {
      const [x, y] = point(other);
      const [along, across] = [(x - fx) * dx + (y - fy) * dy, Math.abs((x - fx) * dy) + Math.abs((y - fy) * dx)];
      if (other !== spot && along > 0 && along + 2 * across < least) [best, least] = [other, along + 2 * across];
    }
    if (!best) return;
    for (const one of this.spots.children) one.setAttribute("tabindex", one === best ? "0" : "-1");
    best.focus();
  }
}
