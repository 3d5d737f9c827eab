// The graph on a canvas: a shape for each kind of thing, labels where there is room, less detail where there is much.
import { dirOf, wording } from "../page.js";

/** From so many things on, edges are only drawn while nothing moves, and labels only near. */
const MANY = 4000;
const SIZE = 7;
/** Up to so many things their names keep off each of them. */
const FEW = 400;
/** So many things have their names drawn at most. */
const LABELS = 150;

const SHAPES = {
  organization: (c, x, y, r) => c.roundRect(x - r, y - r, 2 * r, 2 * r, 3),
  person: (c, x, y, r) => c.arc(x, y, r, 0, 7),
  place: (c, x, y, r) => polygon(c, x, y, [[-r, -r], [r, -r], [0, r]]),
  event: (c, x, y, r) => polygon(c, x, y, [[0, -r - 1], [r + 1, 0], [0, r + 1], [-r - 1, 0]]),
  document: (c, x, y, r) => c.rect(x - 0.75 * r, y - r, 1.5 * r, 2 * r),
  claim: (c, x, y, r) => polygon(c, x, y, [[-r, -r], [r, -r], [r, r / 2], [0, r / 2], [-r / 2, r + 2], [-r / 2, r / 2], [-r, r / 2]]),
  collection: (c, x, y, r) => polygon(c, x, y, [[-r, -r / 2], [-r / 2, -r], [r, -r], [r, r / 2], [r / 2, r], [-r, r]]),
};

function polygon(c, x, y, points) {
  points.forEach(([dx, dy], at) => (at ? c.lineTo(x + dx, y + dy) : c.moveTo(x + dx, y + dy)));
  c.closePath();
}

/** The colours of the page, which follow its theme. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["ink", "muted", "line", "sheet", "focus", "accent", "organization", "person", "place", "event", "document"];
  return { ...Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])), font: getComputedStyle(document.body).fontFamily };
}

const short = (words, length) => (words.length > length ? `${words.slice(0, length - 1)}\u2026` : words);

export class Drawing {
  /** What part is seen: the middle, and how near. */
  view = { x: 0, y: 0, scale: 1 };

  constructor(canvas) {
    this.canvas = canvas;
    this.colours = colours();
  }

  fit({ nodes }) {
    const { width, height } = this.#measure();
    if (!nodes.length || !width) return;
    const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
    const bounds = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b)), ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))];
    const scale = Math.min(width * 0.8 / Math.max(bounds[1] - bounds[0], 1), height * 0.8 / Math.max(bounds[3] - bounds[2], 1), 2);
    this.view = { x: (bounds[0] + bounds[1]) / 2, y: (bounds[2] + bounds[3]) / 2, scale: Math.max(scale, 0.02) };
  }

  /** The size of the canvas, which is asked of the page once for each drawing. */
  size = { width: 0, height: 0 };
  #widths = new Map();

  #measure() {
    this.size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    return this.size;
  }

  toScreen({ x, y }) {
    const { width, height } = this.size;
    return [(x - this.view.x) * this.view.scale + width / 2, (y - this.view.y) * this.view.scale + height / 2];
  }

  toWorld(x, y) {
    const { width, height } = this.size;
    return { x: (x - width / 2) / this.view.scale + this.view.x, y: (y - height / 2) / this.view.scale + this.view.y };
  }

  /** The thing at a place of the canvas, the nearest within a finger's reach. */
  at(shown, x, y) {
    let best = null;
    let least = 16 ** 2;
    for (const node of shown.nodes) {
      const [nx, ny] = this.toScreen(node);
      const far = (nx - x) ** 2 + (ny - y) ** 2;
      if (far < least) [best, least] = [node, far];
    }
    return best;
  }

  draw(shown, { selected, isMoving, further }) {
    const { width, height } = this.#measure();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const c = this.canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.fillStyle = this.colours.sheet;
    c.fillRect(0, 0, width, height);
    const many = shown.nodes.length > MANY;
    if (!many || !isMoving) this.#edges(c, shown, selected, { many, width, height });
    this.#nodes(c, shown, selected, { width, height, many });
    const taken = [];
    if (!many || this.view.scale > 0.6) this.#labels(c, shown, selected, { width, height, further, taken });
    if (selected && !isMoving && !many) this.#relations(c, shown, selected, taken);
  }

  #edges(c, { edges }, selected, { many, width, height }) {
    c.lineWidth = 1;
    for (const strong of [false, true]) {
      c.strokeStyle = strong ? this.colours.focus : this.colours.muted;
      c.globalAlpha = strong ? 1 : 0.55;
      c.beginPath();
      for (const { edge, source, target } of edges) {
        const own = edge.source === selected || edge.target === selected;
        if (own !== strong) continue;
        const [[x1, y1], [x2, y2]] = [this.toScreen(source), this.toScreen(target)];
        if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > width || Math.max(y1, y2) < 0 || Math.min(y1, y2) > height) continue;
        c.moveTo(x1, y1);
        c.lineTo(x2, y2);
        if (edge.directed && !many) this.#arrow(c, x1, y1, x2, y2);
      }
      c.stroke();
    }
    c.globalAlpha = 1;
  }

  #arrow(c, x1, y1, x2, y2) {
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (length < 40) return;
    const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
    const [ex, ey] = [x2 - ux * (SIZE + 3), y2 - uy * (SIZE + 3)];
    c.moveTo(ex - ux * 6 - uy * 3, ey - uy * 6 + ux * 3);
    c.lineTo(ex, ey);
    c.lineTo(ex - ux * 6 + uy * 3, ey - uy * 6 - ux * 3);
  }

  #nodes(c, { nodes }, selected, { width, height, many }) {
    const byType = Map.groupBy ? Map.groupBy(nodes, (node) => node.type) : new Map([...new Set(nodes.map((n) => n.type))].map((type) => [type, nodes.filter((n) => n.type === type)]));
    const r = many && this.view.scale < 0.3 ? 2 : SIZE;
    for (const [type, own] of byType) {
      c.fillStyle = this.colours[type] ?? this.colours.muted;
      c.strokeStyle = this.colours.sheet;
      c.lineWidth = 1.5;
      c.beginPath();
      for (const node of own) {
        const [x, y] = this.toScreen(node);
        if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
        if (r < SIZE) c.rect(x - r, y - r, 2 * r, 2 * r);
        else {
          c.moveTo(x, y);
          (SHAPES[type] ?? SHAPES.person)(c, x, y, r);
        }
      }
      c.fill();
    }
    c.strokeStyle = this.colours.ink;
    c.lineWidth = 2;
    for (const node of nodes) {
      if (node.fx == null && node.id !== selected) continue;
      const [x, y] = this.toScreen(node);
      c.beginPath();
      c.arc(x, y, node.id === selected ? SIZE + 5 : SIZE + 2, 0, 7);
      c.strokeStyle = node.id === selected ? this.colours.focus : this.colours.ink;
      c.stroke();
    }
  }

  #labels(c, { nodes }, selected, { width, height, further, taken }) {
    c.font = `12px ${this.colours.font}`;
    c.textAlign = "center";
    const rank = (node) => (node.id === selected ? Infinity : node.degree ?? 0);
    const inside = nodes.filter((node) => {
      const [x, y] = this.toScreen(node);
      return x > 0 && y > 0 && x < width && y < height;
    });
    // Names do not lie on things, where these leave them room.
    if (inside.length < FEW) {
      for (const node of inside) {
        const [x, y] = this.toScreen(node);
        taken.push([x - SIZE, y - SIZE, x + SIZE, y + SIZE]);
      }
    }
    for (const node of inside.sort((a, b) => rank(b) - rank(a)).slice(0, LABELS)) {
      const [x, y] = this.toScreen(node);
      const more = further(node);
      const words = short(wording(node.label) || node.id, 34);
      c.fillStyle = this.colours.ink;
      const half = this.#width(c, words) / 2;
      const middle = Math.min(Math.max(x, half + 4), width - half - 4);
      if (!this.#words(c, words, middle, y + SIZE + 13, taken)) this.#words(c, words, middle, y - SIZE - 5, taken);
      if (more > 0) {
        c.fillStyle = this.colours.muted;
        this.#words(c, `+${more}`, x + SIZE + 12, y - SIZE, taken);
      }
    }
  }

  /** What the edges of the chosen thing are called, where no name of a thing stands. */
  #relations(c, { edges }, selected, taken) {
    c.font = `11px ${this.colours.font}`;
    c.fillStyle = this.colours.muted;
    for (const { edge, source, target } of edges) {
      if (edge.source !== selected && edge.target !== selected) continue;
      const [[x1, y1], [x2, y2]] = [this.toScreen(source), this.toScreen(target)];
      this.#words(c, short(wording(edge.label), 28), (x1 + x2) / 2, (y1 + y2) / 2, taken);
    }
  }

  /** How wide words are; they are measured once. */
  #width(c, words) {
    const key = `${c.font}|${words}`;
    let width = this.#widths.get(key);
    if (width === undefined) this.#widths.set(key, (width = c.measureText(words).width));
    return width;
  }

  /** Words at a place, where no others stand; says whether they could be written. */
  #words(c, words, x, y, taken) {
    const half = this.#width(c, words) / 2 + 2;
    const own = [x - half, y - 11, x + half, y + 3];
    if (taken.some((box) => own[2] > box[0] && own[0] < box[2] && own[3] > box[1] && own[1] < box[3])) return false;
    taken.push(own);
    const ink = c.fillStyle;
    c.globalAlpha = 0.75;
    c.fillStyle = this.colours.sheet;
    c.fillRect(own[0], own[1], own[2] - own[0], own[3] - own[1]);
    c.globalAlpha = 1;
    c.fillStyle = ink;
    c.direction = dirOf(words);
    c.fillText(words, x, y);
    return true;
  }
}
