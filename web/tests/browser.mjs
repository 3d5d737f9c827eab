// A browser for the tests and the pictures, and the addresses that they look at.
import { chromium } from "playwright-core";

export const ADDRESS = process.env.ISNAD_ADDRESS;
export const LANGS = ["en", "ar"];
export const THEMES = ["light", "dark"];

const STATEMENT = "/doc/sc-2017-02-15-hrw-aleppo";
export const EVENT = "/event/ghouta-2013-08-21";

/** Reported incidents with their place, their day and how many claims are about them: what can be drawn in every way. */
export const INCIDENTS = `SELECT ?event ?place ?day (COUNT(DISTINCT ?claim) AS ?claims) {
  ?claim isn:aboutEvent ?event .
  ?event isn:reportedAt ?place ; isn:earliest ?day .
}
GROUP BY ?event ?place ?day
ORDER BY DESC(?claims) ?event`;

const answer = (view) => `/sparql?query=${encodeURIComponent(INCIDENTS)}&view=${view}`;

/** Every page, by the name of its picture. */
export const PAGES = {
  home: "/",
  search: "/search?q=chlorine",
  "search-filtered": "/search?q=chlorine&kind=document&from=2016&to=2017",
  "search-nothing": "/search?q=zzzzqqqq",
  document: STATEMENT,
  event: EVENT,
  claims: `${EVENT}/claims`,
  organization: "/org/jim",
  place: "/place/aleppo",
  person: "/person/ahmet-uzumcu",
  claim: "/claim/sc-1",
  graph: "/graph?id=org/hrw&id=event/ghouta-2013-08-21",
  "graph-start": "/graph",
  queries: "/queries",
  question: "/queries/q01-jim-findings-standing?run=1",
  sparql: "/sparql",
  "answer-table": answer("table"),
  "answer-bar": answer("bar"),
  "answer-line": answer("line"),
  "answer-map": answer("map"),
  "answer-timeline": answer("timeline"),
  "answer-graph": answer("graph"),
  ontology: "/ontology",
  vocabulary: "/vocab/stance",
  dumps: "/dumps/",
  about: "/about",
  problem: "/search?kind=cow",
};

export const inLang = (path, lang) => `${ADDRESS}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;

export const launch = () =>
  chromium.launch({ executablePath: process.env.ISNAD_BROWSER, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
