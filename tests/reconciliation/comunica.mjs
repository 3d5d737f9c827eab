// Comunica joins fragments by itself; what it finds must be what the endpoint finds.
import { createRequire } from "node:module";
const require = createRequire(`${process.env.NODE_PATH}/`);
const { QueryEngine } = require("@comunica/query-sparql");

const [address] = process.argv.slice(2);
const base = "http://localhost:7878/";
const queries = [
  `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
   SELECT ?place ?label { ?place <${base}ontology#within> ?whole ; rdfs:label ?label . ?whole rdfs:label "Syrian Arab Republic"@en }`,
  `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
   SELECT ?thing { ?thing rdfs:label "Human Rights Watch"@en }`,
  `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
   SELECT ?claim ?label { ?claim a <${base}ontology#Claim> ; <${base}ontology#statedBy> ?by . ?by rdfs:label ?label
     FILTER(LANG(?label) = "en") }`,
];

const rows = async (engine, query, source) => {
  const bindings = await (await engine.queryBindings(query, { sources: [source] })).toArray();
  return bindings.map((row) => [...row].map(([variable, term]) => `${variable.value}=${term.value}`).sort().join(" ")).sort();
};

for (const query of queries) {
  const engine = new QueryEngine();
  const byFragments = await rows(engine, query, { type: "qpf", value: `${address}/fragments` });
  const byEndpoint = await rows(engine, query, { type: "sparql", value: `${address}/sparql` });
  if (byEndpoint.length === 0 || JSON.stringify(byFragments) !== JSON.stringify(byEndpoint)) {
    console.error(query, byFragments.length, byEndpoint.length);
    process.exit(1);
  }
  console.log(`Comunica: ${byFragments.length} rows by fragments, as by the endpoint`);
}
