// Comunica against a running service, as it comes.
//
// usage: NODE_PATH=…/node_modules node comunica.mjs SERVICE TOKEN
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { QueryEngine } = createRequire(import.meta.url)("@comunica/query-sparql");
const [service, token] = process.argv.slice(2);
const engine = new QueryEngine();
const sources = [{ type: "sparql", value: `${service}/sparql` }];
const prefixes = `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX cito: <http://purl.org/spar/cito/>
  PREFIX isn: <${process.env.ISNAD_BASE_IRI ?? "http://localhost:7878/"}ontology#> BASE <${process.env.ISNAD_BASE_IRI ?? "http://localhost:7878/"}> `;
const rows = async (text, context = {}) =>
  (await engine.queryBindings(prefixes + text, { sources, ...context })).toArray();

// Which of its two ways Comunica takes depends on the source: whole queries, or patterns that it joins itself.
const names = await rows("SELECT ?name { <org/jim> rdfs:label ?name }");
const arabic = names.map((row) => row.get("name")).find((name) => name.language === "ar");
assert.equal(names.length, 2);
assert.match(arabic.value, /آلية التحقيق المشتركة/);

const cited = "SELECT ?doc ?name { <doc/sc-2017-02-15-hrw-aleppo> cito:cites ?doc . ?doc isn:issuedBy ?by . ?by rdfs:label ?name }";
const all = await rows(cited);
const some = await rows(`${cited} LIMIT 3`);
assert.ok(all.length > 5 && some.length === 3, `${all.length} and ${some.length} rows`);

// A join of two sources: what a document's own address tells is bound into patterns for the endpoint.
const document = { type: "file", value: `${service}/doc/sc-2017-02-15-hrw-aleppo.ttl` };
const joined = await rows(`${cited} LIMIT 3`, { sources: [document, ...sources] });
assert.equal(joined.length, 3);

assert.equal(await engine.queryBoolean(`${prefixes} ASK { <org/jim> a isn:Organization }`, { sources }), true);
const quads = await (await engine.queryQuads(`${prefixes} CONSTRUCT WHERE { <org/jim> rdfs:label ?name }`, { sources })).toArray();
assert.equal(quads.length, 2);
assert.ok(quads.some((quad) => quad.object.language === "ar"));

// What the service refuses, it says so that the client can pass it on.
await assert.rejects(rows("SELECT ?s { ?s ?p ?o FILTER(<http://example.org/none>(?s)) }"));

const fetchWithToken = (url, init) => {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token}`);
  return fetch(url, { ...init, headers });
};
const destination = { type: "sparql", value: `${service}/update` };
await engine.queryVoid(`${prefixes} INSERT DATA { GRAPH <graph/comunica> { <event/comunica> rdfs:comment "ظهرًا"@ar } }`, {
  sources: [destination],
  destination,
  fetch: fetchWithToken,
});
await engine.invalidateHttpCache();
assert.equal(await engine.queryBoolean(`${prefixes} ASK { <event/comunica> rdfs:comment "ظهرًا"@ar }`, { sources }), true);
console.log("comunica: passed");
process.exit(0);
