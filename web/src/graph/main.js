// The graph explorer: it begins with the things of the page and goes on from there, a relation at a time.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { ask, dirOf, element, lang, pageOf, pathOf, wording, wordsOf } from "../page.js";
import { Drawing, colours } from "./drawing.js";
import * as files from "./files.js";
import { Scene } from "./scene.js";

/** How many edges of a thing are taken at first, and by one relation. */
const FIRST = 25;
const MORE = 200;
/** After so many milliseconds without a movement the graph is still. */
const STILL = 160;
const SYNTAXES = ["PNG", "SVG", "GraphML", "GEXF", "CSV"];

export async function start(place) {
  const explorer = new Explorer(place);
  place.explorer = explorer;
  await explorer.begin(JSON.parse(place.dataset.ids));
}

class Explorer {
  scene = new Scene();
  selected = null;
  #picking = null;
  #frame = 0;
  #still = 0;

  constructor(place) {
    this.place = place;
    this.words = wordsOf(place);
    this.isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.canvas = element("canvas", { tabindex: "0", role: "application", "aria-label": this.words.canvas });
    this.status = element("p", { role: "status", class: "small muted" });
    this.tools = element("div", { class: "buttons tools" });
    this.filters = element("div", { class: "buttons dates" });
    this.one = element("div", { class: "of-one" });
    this.list = element("ul", { class: "plain columns shown" });
    this.drawing = new Drawing(this.canvas);
    this.simulation = forceSimulation([])
      .force("link", forceLink([]).id((node) => node.id).distance(110))
      .force("charge", forceManyBody().strength(-420).distanceMax(900))
      .force("apart", forceCollide(34))
      .force("x", forceX().strength(0.05))
      .force("y", forceY().strength(0.07))
      .on("tick", () => this.paint())
      .stop();
    place.replaceChildren(
      this.tools, this.filters, element("div", { class: "stage" }, this.canvas), this.status, this.one,
      element("details", {}, element("summary", {}, this.words.list), this.list),
    );
    this.#listen();
    this.#toolbar();
  }

  async begin(ids) {
    this.say(this.words.loading);
    try {
      // The rows of an answer, or what stands around the things of the page.
      const piece = this.place.dataset.piece;
      if (piece) this.scene.add(JSON.parse(piece));
      const pairs = ids.map((id) => ["id", id]);
      const asked = ids.length ? [ask("/api/graph/neighbors", [...pairs, ["limit", FIRST], ["evidence", 1]])] : [];
      if (ids.length === 2) asked.push(ask("/api/graph/paths", [...pairs, ["show", "best"], ["hub_penalty", 1], ["limit", 3], ["evidence", 1]]));
      for (const piece of await Promise.all(asked)) this.scene.add(piece);
      await this.#replay();
      this.selected = [...this.scene.nodes.keys()].find((iri) => pathOf(iri) === pathOf(ids[0] ?? "")) ?? null;
      this.settle(true);
    } catch (error) {
      this.say(`${this.words.failed} ${error.message}`);
    }
  }

  /** Does again what the address says was done. */
  async #replay() {
    const said = new URLSearchParams(location.hash.slice(1));
    this.scene.filters = JSON.parse(said.get("only") ?? "{}");
    this.#show();
    for (const [what, path, ...rest] of JSON.parse(said.get("view") ?? "[]")) {
      if (what === "path") {
        await this.path({ id: path }, { id: rest[0] });
        continue;
      }
      const node = [...this.scene.nodes.values()].find((known) => pathOf(known.id) === path);
      if (!node) continue;
      if (what === "expand") await this.expand(node, rest[0], rest[1]);
      else if (what === "hide") this.#do(["hide", path], () => this.scene.hidden.add(node.id));
      else if (what === "pin") this.#do(["pin", path, ...rest], () => Object.assign(node, { fx: rest[0], fy: rest[1], x: rest[0], y: rest[1] }));
    }
  }

  /** Does something that can be undone, and writes it into the address. */
  #do(step, change) {
    this.scene.remember(step);
    change();
    this.#address();
  }

  #address() {
    const { steps, filters } = this.scene;
    const said = new URLSearchParams();
    if (steps.length) said.set("view", JSON.stringify(steps));
    if (Object.keys(filters).length) said.set("only", JSON.stringify(filters));
    history.replaceState(null, "", `${location.pathname}${location.search}${said.size ? `#${said}` : ""}`);
  }

  /** Filters what is shown, and writes that into the address. */
  #filter(change) {
    change();
    this.#address();
    this.settle();
  }

  async expand(node, relation = "", kind = "") {
    this.say(this.words.loading);
    try {
      const asked = [["id", pathOf(node.id)], ["limit", relation || kind ? MORE : FIRST * 2], ["evidence", 1]];
      if (relation) asked.push(["relation", relation]);
      if (kind) asked.push(["type", kind]);
      const piece = await ask("/api/graph/neighbors", asked);
      // The counts that are known are of everything.
      if (relation || kind) piece.counts = {};
      this.#do(["expand", pathOf(node.id), relation, kind], () => this.scene.add(piece, node));
      this.settle();
    } catch (error) {
      this.say(`${this.words.failed} ${error.message}`);
    }
  }

  hide(node) {
    this.#do(["hide", pathOf(node.id)], () => this.scene.hidden.add(node.id));
    if (this.selected === node.id) this.selected = null;
    this.settle();
  }

  pin(node) {
    const isPinned = node.fx != null;
    const at = isPinned ? { fx: null, fy: null } : { fx: node.x, fy: node.y };
    this.#do(["pin", pathOf(node.id), isPinned ? null : Math.round(node.x), isPinned ? null : Math.round(node.y)], () => Object.assign(node, at));
    this.settle();
  }

  undo() {
    if (!this.scene.undo()) return;
    if (!this.scene.nodes.has(this.selected)) this.selected = null;
    this.#address();
    this.settle();
  }

  async path(from, to) {
    this.#picking = null;
    this.say(this.words.loading);
    try {
      const piece = await ask("/api/graph/paths", [["id", pathOf(from.id)], ["id", pathOf(to.id)], ["show", "best"], ["hub_penalty", 1], ["limit", 3], ["evidence", 1]]);
      this.#do(["path", pathOf(from.id), pathOf(to.id)], () => this.scene.add(piece, from));
      this.settle();
      if (!piece.paths?.length) this.say(this.words["no-path"]);
    } catch (error) {
      this.say(`${this.words.failed} ${error.message}`);
    }
  }

  /** Lets things find their places, and shows what there is. */
  settle(fits = false) {
    const shown = (this.shown = this.scene.shown());
    this.simulation.nodes(shown.nodes);
    this.simulation.force("link").links(shown.edges.map(({ edge }) => ({ source: edge.source, target: edge.target })));
    this.simulation.alpha(0.9);
    // A few steps at once: what is shown first is near where it will be.
    const ahead = this.isStill ? 220 : Math.max(10, Math.min(60, Math.round(30_000 / (shown.nodes.length + 1))));
    this.simulation.tick(ahead);
    if (fits) this.drawing.fit(shown);
    this.#refit = fits && !this.isStill;
    if (this.isStill) this.simulation.stop();
    else this.simulation.restart();
    this.say(`${this.words.shown} ${shown.nodes.length}`);
    this.#panel();
    this.#all();
    this.paint();
  }

  #refit = false;

  /** Draws what there is, once the browser is ready to; what is moved about has its detail when it is still again. */
  paint(isMoved = false) {
    cancelAnimationFrame(this.#frame);
    if (isMoved) {
      clearTimeout(this.#still);
      this.#still = setTimeout(() => this.paint(), STILL);
    }
    this.#frame = requestAnimationFrame(() => {
      const isMoving = isMoved || (this.simulation.alpha() > this.simulation.alphaMin() && !this.isStill);
      if (this.#refit) this.drawing.fit(this.shown);
      if (!isMoving) this.#refit = false;
      this.drawing.draw(this.shown, { selected: this.selected, isMoving, further: (node) => this.#further(node) });
    });
  }

  /** How many things are joined to a thing and not here. */
  #further(node) {
    this.#joined ??= new Map();
    if (this.#joinedOf !== this.scene.edges.size) {
      this.#joined = new Map();
      for (const edge of this.scene.edges.values()) {
        for (const [one, other] of [[edge.source, edge.target], [edge.target, edge.source]]) {
          if (!this.#joined.has(one)) this.#joined.set(one, new Set());
          this.#joined.get(one).add(other);
        }
      }
      this.#joinedOf = this.scene.edges.size;
    }
    return Math.max(0, (node.degree ?? 0) - (this.#joined.get(node.id)?.size ?? 0));
  }

  #joined = null;
  #joinedOf = -1;

  say(words) {
    this.status.textContent = words;
  }

  select(node) {
    this.#refit = false;
    if (this.#picking && node && node.id !== this.#picking.id) return void this.path(this.#picking, node);
    this.selected = node?.id ?? null;
    this.#panel();
    this.paint();
  }

  #toolbar() {
    const { words } = this;
    const button = (label, act, attributes = {}) => element("button", { type: "button", onclick: act, ...attributes }, label);
    const zoom = (factor) => () => {
      this.#refit = false;
      this.drawing.view.scale = Math.min(8, Math.max(0.02, this.drawing.view.scale * factor));
      this.paint(true);
    };
    const syntaxes = SYNTAXES.map((syntax) => element("li", {}, button(syntax, () => this.#save(syntax))));
    this.tools.append(
      button("+", zoom(1.4), { "aria-label": "+" }), button("\u2212", zoom(1 / 1.4), { "aria-label": "\u2212" }),
      button(words.fit, () => { this.drawing.fit(this.shown); this.paint(); }),
      button(words.undo, () => this.undo()),
      button(words.link, () => navigator.clipboard?.writeText(location.href).then(() => this.say(location.href), () => this.say(location.href))),
    );
    const downloads = element("details", { class: "downloads" }, element("summary", {}, words.export), element("ul", {}, ...syntaxes));
    this.tools.append(downloads);
    this.times = Object.fromEntries(["from", "to"].map((name) => [name, element("input", { dir: "ltr", size: "8", placeholder: "2016", onchange: (event) => {
      const value = event.target.value.trim();
      const isDate = /^(\d{4}(-\d\d){0,2})?$/.test(value);
      event.target.setAttribute("aria-invalid", String(!isDate));
      this.#filter(() => (this.scene[name] = isDate ? value : ""));
    } })]));
    const time = (name) => element("label", {}, words[name], this.times[name]);
    this.types = element("span", { class: "buttons" });
    this.sources = element("select", { onchange: (event) => this.#filter(() => (this.scene.source = event.target.value)) });
    this.filters.append(this.types, time("from"), time("to"), element("label", {}, words.source, this.sources));
  }

  /** Shows the times that are filtered by. */
  #show() {
    for (const [name, input] of Object.entries(this.times)) input.value = this.scene[name];
  }

  /** The kinds that there are, each to be shown or not. */
  #kinds() {
    const kinds = [...new Set([...this.scene.nodes.values()].map((node) => node.type))].sort();
    this.types.replaceChildren(...kinds.map((kind) => {
      const box = element("input", { type: "checkbox", checked: !this.scene.without.has(kind), onchange: (event) => this.#filter(() => this.scene.without[event.target.checked ? "delete" : "add"](kind)) });
      return element("label", {}, box, element("span", { class: `mark ${kind}` }, this.words[`kind.${kind}`] ?? kind));
    }));
  }

  /** The documents that what is known rests on, each to be seen alone. */
  #documents() {
    const known = new Set([...this.scene.edges.values()].map((edge) => edge.document).filter(Boolean));
    const name = (iri) => wording(this.scene.nodes.get(iri)?.label) || pathOf(iri);
    const options = [...known].map((iri) => [name(iri), iri]).sort((a, b) => a[0].localeCompare(b[0], lang));
    this.sources.replaceChildren(
      element("option", { value: "" }, this.words["every-source"]),
      ...options.map(([words, iri]) => element("option", { value: iri, selected: iri === this.scene.source }, words.slice(0, 70))),
    );
  }

  /** What can be done with the chosen thing, and what it is joined to, on which evidence. */
  #panel() {
    const node = this.scene.nodes.get(this.selected);
    if (!node) return this.one.replaceChildren(element("p", { class: "muted" }, this.words.choose));
    const { words } = this;
    const name = wording(node.label) || node.id;
    const button = (label, act) => element("button", { type: "button", onclick: act }, label);
    const known = this.scene.counts.get(node.id);
    const sorted = (counts) => Object.entries(counts ?? {}).sort((a, b) => b[1] - a[1]);
    const isOurs = pathOf(node.id) !== node.id;
    const called = (iri) => {
      const edge = [...this.scene.edges.values()].find((known) => known.predicate === iri);
      return edge ? wording(edge.label) : iri.replace(/.*[#/]/, "");
    };
    this.one.replaceChildren(
      element("h2", {}, element("a", { href: isOurs ? pageOf(node.id) : node.id }, element("bdi", { dir: dirOf(name) }, name))),
      element("p", { class: "buttons" },
        ...(isOurs ? [button(words.expand, () => this.expand(node))] : []), button(words.hide, () => this.hide(node)),
        button(node.fx == null ? words.pin : words.unpin, () => this.pin(node)),
        ...(isOurs ? [button(words.path, () => { this.#picking = node; this.say(words["path-pick"]); })] : [])),
      element("p", { class: "buttons" },
        ...sorted(known?.predicates).map(([iri, count]) => button(`${called(iri)} +${count}`, () => this.expand(node, iri)))),
      element("p", { class: "buttons kinds" },
        ...sorted(known?.types).map(([kind, count]) => button(`${this.words[`kind.${kind}`] ?? kind} +${count}`, () => this.expand(node, "", kind)))),
      element("details", {}, element("summary", {}, `${words.evidence} (${this.scene.of(node.id).length})`),
        element("ul", { class: "plain" }, ...this.scene.of(node.id).map((joined) => this.#joinedBy(joined)))),
    );
  }

  /** One edge in words, with what it rests on. */
  #joinedBy({ edge, source, target }) {
    const link = (iri, words) => element("a", { href: pathOf(iri) === iri ? iri : pageOf(iri) }, element("bdi", { dir: dirOf(words) }, words));
    const name = (node) => wording(node.label) || node.id;
    const mention = (evidence) => element("a", { href: `${pageOf(evidence.mention.split("#")[0])}#${evidence.mention.split("#")[1] ?? ""}` }, element("bdi", { dir: dirOf(evidence.exact) }, evidence.exact));
    const item = element("li", {}, link(edge.source, name(source)), ` \u2014 ${wording(edge.label)} \u2014 `, link(edge.target, name(target)));
    const rests = [...(edge.evidence ?? []).slice(0, 5).map(mention)];
    if (edge.document && !rests.length) rests.push(link(edge.document, pathOf(edge.document)));
    rests.forEach((rest, at) => item.append(at ? ", " : ": ", rest));
    return item;
  }

  #all() {
    this.#kinds();
    this.#documents();
    const sorted = [...this.shown.nodes].sort((a, b) => a.type.localeCompare(b.type) || wording(a.label).localeCompare(wording(b.label), lang));
    this.list.replaceChildren(...sorted.slice(0, 500).map((node) => {
      const name = wording(node.label) || node.id;
      return element("li", {}, element("button", { type: "button", onclick: () => this.select(node) }, element("span", { class: `mark ${node.type}`, "aria-hidden": "true" }, "\u25CF"), " ", element("bdi", { dir: dirOf(name) }, name)));
    }));
  }

  #save(syntax) {
    const { shown } = this;
    if (syntax === "PNG") return this.canvas.toBlob((blob) => blob && files.save("graph.png", blob));
    if (syntax === "SVG") return files.save("graph.svg", files.svg(shown, this.drawing.colours), "image/svg+xml");
    const write = { GraphML: ["graphml", "application/xml"], GEXF: ["gexf", "application/xml"], CSV: ["csv", "text/csv"] }[syntax];
    files.save(`graph.${write[0]}`, files[write[0]](shown), write[1]);
  }

  #listen() {
    const { canvas } = this;
    const repaint = () => {
      this.drawing.colours = colours();
      if (this.shown) this.paint();
    };
    new ResizeObserver(() => this.shown && this.paint()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      held = { node: this.drawing.at(this.shown, event.offsetX, event.offsetY), x: event.offsetX, y: event.offsetY, moved: false };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return;
      const [dx, dy] = [event.offsetX - held.x, event.offsetY - held.y];
      if (!held.moved && Math.hypot(dx, dy) < 4) return;
      this.#refit = false;
      held.moved = true;
      if (held.node) {
        Object.assign(held.node, this.drawing.toWorld(event.offsetX, event.offsetY));
        Object.assign(held.node, { fx: held.node.x, fy: held.node.y });
        if (!this.isStill) this.simulation.alpha(Math.max(this.simulation.alpha(), 0.2)).restart();
      } else {
        this.drawing.view.x -= dx / this.drawing.view.scale;
        this.drawing.view.y -= dy / this.drawing.view.scale;
        [held.x, held.y] = [event.offsetX, event.offsetY];
      }
      this.paint(true);
    });
    canvas.addEventListener("pointerup", () => {
      if (held && !held.moved) this.select(held.node);
      held = null;
    });
    canvas.addEventListener("dblclick", (event) => {
      const node = this.drawing.at(this.shown, event.offsetX, event.offsetY);
      if (node) this.expand(node);
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#refit = false;
      const before = this.drawing.toWorld(event.offsetX, event.offsetY);
      this.drawing.view.scale = Math.min(8, Math.max(0.02, this.drawing.view.scale * 2 ** (-event.deltaY / 300)));
      const after = this.drawing.toWorld(event.offsetX, event.offsetY);
      this.drawing.view.x += before.x - after.x;
      this.drawing.view.y += before.y - after.y;
      this.paint(true);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = this.scene.nodes.get(this.selected);
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (ways[event.key]) this.#walk(node, ways[event.key]);
    else if (event.key === "Enter" && node) this.expand(node);
    else if (event.key === "Delete" && node) this.hide(node);
    else if (event.key === "p" && node) this.pin(node);
    else if (event.key === "z") this.undo();
    else if (event.key === "f") { this.drawing.fit(this.shown); this.paint(); }
    else return;
    event.preventDefault();
  }

  /** Goes on to the nearest thing on this side. */
  #walk(node, [dx, dy]) {
    const from = node ?? { x: this.drawing.view.x, y: this.drawing.view.y };
    let best = null;
    let least = Infinity;
    for (const other of this.shown.nodes) {
      const along = (other.x - from.x) * dx + (other.y - from.y) * dy;
      const across = Math.abs((other.x - from.x) * dy) + Math.abs((other.y - from.y) * dx);
      if (other === node || along <= 0) continue;
      if (along + 2 * across < least) [best, least] = [other, along + 2 * across];
    }
    if (best) {
      this.select(best);
      this.say(wording(best.label) || best.id);
    }
  }
}
