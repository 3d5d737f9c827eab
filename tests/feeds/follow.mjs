// ldes-client against a running service, as it comes: the stream, replayed, is what the service holds.
// usage: follow.mjs SERVICE
import { strict as assert } from "node:assert";
import { replicateLDES } from "ldes-client";
import { Parser } from "n3";

const service = process.argv[2];
const VERSION_OF = "http://purl.org/dc/terms/isVersionOf";
const TIME = "http://www.w3.org/ns/prov#generatedAtTime";

const term = ({ termType, value, language, datatype }) => [termType, value, language ?? "", datatype?.value ?? ""].join("\t");
const line = (quad) => [quad.subject, quad.predicate, quad.object].map(term).join("\n");
const lines = (quads) => [...new Set(quads.map(line))].sort();

const query = "SELECT DISTINCT ?g { GRAPH ?g { } FILTER(REGEX(STR(?g), '/graph/(doc|authority)/')) }";
const answer = await fetch(`${service}/sparql?query=${encodeURIComponent(query)}`, {
  headers: { accept: "application/sparql-results+json" },
});
const held = new Map();
for (const { g } of (await answer.json()).results.bindings) {
  const graph = await fetch(`${service}/graphs?graph=${encodeURIComponent(g.value)}`, {
    headers: { accept: "application/n-triples" },
  });
  held.set(g.value, lines(new Parser({ format: "N-Triples" }).parse(await graph.text())));
}

const members = [];
const reader = replicateLDES({ url: `${service}/ldes`, noShape: true }, "ascending").stream().getReader();
for (let next = await reader.read(); !next.done; next = await reader.read()) members.push(next.value);
const replayed = new Map();
let last = "";
for (const { id, quads } of members) {
  const said = (property) => quads.find((quad) => quad.predicate.value === property && quad.subject.equals(id)).object.value;
  const own = quads.filter((quad) => quad.graph.equals(id));
  const time = new Date(said(TIME)).toISOString();
  assert(last <= time, "the members come in the order of their times");
  last = time;
  if (quads.some((quad) => quad.object.value.endsWith("#Delete"))) replayed.delete(said(VERSION_OF));
  else replayed.set(said(VERSION_OF), lines(own));
}
assert.deepEqual([...replayed.keys()].sort(), [...held.keys()].sort());
let triples = 0;
for (const [graph, expected] of held) {
  assert.deepEqual(replayed.get(graph), expected, graph);
  triples += expected.length;
}
console.log(`ldes-client replays ${members.length} members to the ${held.size} graphs and ${triples} quads that there are`);
process.exit(0);
