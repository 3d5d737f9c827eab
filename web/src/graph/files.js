// What is shown, as files: pictures, and the formats that programs for networks read.
import { dirOf, wording } from "../page.js";

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`).replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "");
const cell = (text) => `"${String(text ?? "").replace(/"/g, '""')}"`;
const labels = (label) => [label?.en ?? "", label?.ar ?? ""];

export function svg({ nodes, edges }, colours) {
  const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
  const edge = 90;
  const [left, top] = [Math.min(...xs) - edge, Math.min(...ys) - edge];
  const [width, height] = [Math.max(...xs) - left + edge, Math.max(...ys) - top + edge];
  const n = (value) => value.toFixed(1);
  const line = ({ edge: of, source, target }) =>
    `<line x1="${n(source.x)}" y1="${n(source.y)}" x2="${n(target.x)}" y2="${n(target.y)}" stroke="${colours.muted}"><title>${escaped(wording(of.label))}</title></line>`;
  const shape = {
    organization: (x, y) => `<rect x="${n(x - 7)}" y="${n(y - 7)}" width="14" height="14" rx="3"`,
    place: (x, y) => `<path d="M${n(x - 7)} ${n(y - 7)}h14L${n(x)} ${n(y + 7)}Z"`,
    event: (x, y) => `<path d="M${n(x)} ${n(y - 8)}l8 8l-8 8l-8-8Z"`,
    document: (x, y) => `<rect x="${n(x - 5)}" y="${n(y - 7)}" width="10" height="14"`,
  };
  const thing = (node) => {
    const words = wording(node.label) || node.id;
    const drawn = (shape[node.type] ?? ((x, y) => `<circle cx="${n(x)}" cy="${n(y)}" r="7"`))(node.x, node.y);
    return `<g>${drawn} fill="${colours[node.type] ?? colours.muted}"/><text x="${n(node.x)}" y="${n(node.y + 20)}" text-anchor="middle" direction="${dirOf(words)}" font-size="12" fill="${colours.ink}">${escaped(words)}</text></g>`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="${n(left)} ${n(top)} ${n(width)} ${n(height)}" font-family="sans-serif"><rect x="${n(left)}" y="${n(top)}" width="100%" height="100%" fill="${colours.sheet}"/>${edges.map(line).join("")}${nodes.map(thing).join("")}</svg>`;
}

export function graphml({ nodes, edges }) {
  const keys = ["label_en", "label_ar", "type"].map((key) => `<key id="${key}" for="node" attr.name="${key}" attr.type="string"/>`)
    .concat(["relation", "document"].map((key) => `<key id="${key}" for="edge" attr.name="${key}" attr.type="string"/>`));
  const data = (key, value) => (value ? `<data key="${key}">${escaped(value)}</data>` : "");
  const thing = (node) => `<node id="${escaped(node.id)}">${data("label_en", node.label.en)}${data("label_ar", node.label.ar)}${data("type", node.type)}</node>`;
  const join = ({ edge }) => `<edge id="${escaped(edge.id)}" source="${escaped(edge.source)}" target="${escaped(edge.target)}" directed="${Boolean(edge.directed)}">${data("relation", edge.predicate)}${data("document", edge.document)}</edge>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">${keys.join("")}<graph edgedefault="directed">${nodes.map(thing).join("")}${edges.map(join).join("")}</graph></graphml>`;
}

export function gexf({ nodes, edges }) {
  const thing = (node) => `<node id="${escaped(node.id)}" label="${escaped(wording(node.label) || node.id)}"><attvalues><attvalue for="0" value="${escaped(node.type)}"/></attvalues></node>`;
  const join = ({ edge }) => `<edge id="${escaped(edge.id)}" source="${escaped(edge.source)}" target="${escaped(edge.target)}" type="${edge.directed ? "directed" : "undirected"}" label="${escaped(wording(edge.label))}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed"><attributes class="node"><attribute id="0" title="type" type="string"/></attributes><nodes>${nodes.map(thing).join("")}</nodes><edges>${edges.map(join).join("")}</edges></graph></gexf>`;
}

export function csv({ edges }) {
  const head = ["source", "source_en", "source_ar", "relation", "target", "target_en", "target_ar", "document", "confidence"];
  const rows = edges.map(({ edge, source, target }) => [edge.source, ...labels(source.label), edge.predicate, edge.target, ...labels(target.label), edge.document, edge.confidence]);
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Hands a file to the person. */
export function save(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
