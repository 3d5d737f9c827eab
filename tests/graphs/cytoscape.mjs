// cytoscape.js opens the networks of a folder without a window; it must find what the node-link JSON has.
//
// usage: NODE_PATH=…/node_modules node cytoscape.mjs FOLDER
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const cytoscape = createRequire(import.meta.url)("cytoscape");
const [folder] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const pieces = readdirSync(folder).filter((name) => name.endsWith(".json"));
assert.ok(pieces.length > 0, `there is nothing in ${folder}`);

for (const name of pieces) {
  const piece = read(name);
  const graph = cytoscape({ headless: true, elements: read(name.replace(/json$/, "cyjs")).elements });
  assert.equal(graph.nodes().length, piece.nodes.length, name);
  assert.equal(graph.edges().length, piece.edges.length, name);
  for (const node of piece.nodes) {
    assert.equal(graph.getElementById(node.id).data("label_ar"), node.label.ar, `${name}: ${node.id}`);
  }
  for (const edge of piece.edges) {
    const drawn = graph.getElementById(edge.id);
    assert.deepEqual([drawn.source().id(), drawn.target().id()], [edge.source, edge.target], `${name}: ${edge.id}`);
  }
}
