// What the graph shows: things, what joins them, and the steps that led here, so that each can be undone and all of
// them stand in an address.

export class Scene {
  nodes = new Map();
  edges = new Map();
  /** By the IRI of a thing: how many things each relation leads to (`predicates`), and of what kinds (`types`). */
  counts = new Map();
  hidden = new Set();
  /** Kinds that are not shown. */
  without = new Set();
  from = "";
  to = "";
  source = "";
  /** What was done, as it stands in the address: `["expand", id, relation, kind]`, `["hide", id]`, `["pin", id, x, y]`. */
  steps = [];
  #before = [];

  /** Takes in a piece of the graph; things that are new begin where the thing they hang on is. */
  add(piece, near) {
    for (const node of piece.nodes) {
      const known = this.nodes.get(node.id);
      if (known) Object.assign(known, node);
      else {
        const angle = this.nodes.size * 2.4;
        const at = { x: (near?.x ?? 0) + 40 * Math.cos(angle), y: (near?.y ?? 0) + 40 * Math.sin(angle) };
        this.nodes.set(node.id, { ...node, ...at });
      }
    }
    for (const edge of piece.edges) this.edges.set(edge.id, edge);
    for (const [id, counts] of Object.entries(piece.counts ?? {})) this.counts.set(id, counts);
  }

  /** Remembers how things are, before they change by a step. */
  remember(step) {
    const { nodes, edges, counts, hidden, steps } = this;
    const pins = new Map([...nodes].map(([id, { fx, fy }]) => [id, [fx, fy]]));
    this.#before.push({ nodes: new Map(nodes), edges: new Map(edges), counts: new Map(counts), hidden: new Set(hidden), steps: [...steps], pins });
    this.steps = [...steps, step];
  }

  /** Takes the last step back; says whether there was one. */
  undo() {
    const before = this.#before.pop();
    if (!before) return false;
    const { pins, ...state } = before;
    Object.assign(this, state);
    for (const [id, [fx, fy]] of pins) Object.assign(this.nodes.get(id), { fx, fy });
    return true;
  }

  /** What is filtered, as it stands in the address; nothing where nothing is. */
  get filters() {
    const filters = { from: this.from, to: this.to, source: this.source, without: [...this.without] };
    return Object.fromEntries(Object.entries(filters).filter(([, value]) => value.length));
  }

  set filters({ from = "", to = "", source = "", without = [] }) {
    Object.assign(this, { from, to, source, without: new Set(without) });
  }

  isShown(node) {
    return !this.hidden.has(node.id) && !this.without.has(node.type);
  }

  #passes(edge) {
    const [first, last] = [edge.from ?? "", edge.to ?? edge.from ?? ""];
    const inTime = (!this.from && !this.to) || (first && (!this.from || last >= this.from) && (!this.to || first.slice(0, this.to.length) <= this.to));
    return inTime && (!this.source || edge.document === this.source);
  }

  /** What is to be seen: things, and what joins them. */
  shown() {
    const nodes = [...this.nodes.values()].filter((node) => this.isShown(node));
    const seen = new Map(nodes.map((node) => [node.id, node]));
    const edges = [];
    for (const edge of this.edges.values()) {
      const [source, target] = [seen.get(edge.source), seen.get(edge.target)];
      if (source && target && this.#passes(edge)) edges.push({ edge, source, target });
    }
    return { nodes, edges };
  }

  /** The edges of a thing that are shown. */
  of(id) {
    return this.shown().edges.filter(({ edge }) => edge.source === id || edge.target === id);
  }
}
