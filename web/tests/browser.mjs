// A browser for the tests and the pictures, and the addresses that they look at.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const ADDRESS = process.env.ISNAD_ADDRESS;
export const LANGS = ["en", "ar"];
export const THEMES = ["light", "dark"];

export const STATEMENT = "/doc/sc-2017-02-15-hrw-aleppo";
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
  "claim-disputed": "/claim/jim-7-khan-shaykhun",
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
  comment: `/comment?about=${STATEMENT.slice(1)}`,
  review: "/review",
  "review-filtered": "/review?kind=org&max_confidence=0.9",
  "review-comments": "/review/comments",
  "review-assess": `/review/assess?about=${STATEMENT.slice(1)}`,
  "review-add": "/review/add",
  "review-resemblances": "/review/resemblances",
  problem: "/search?kind=cow",
};

export const inLang = (path, lang) => `${ADDRESS}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;

export const launch = () =>
  chromium.launch({ executablePath: process.env.ISNAD_BROWSER, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });

/** A page that tells what went wrong in it, and what it asked of others. */
export const opener = (browser) => async function open(path, lang, options = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => message.type() === "error" && !/status of 4\d\d/.test(message.text()) && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => request.url().startsWith(ADDRESS) || /^(data|blob):/.test(request.url()) || wrong.push(`asked of another: ${request.url()}`));
  await page.goto(inLang(path, lang), { waitUntil: "networkidle" });
  const close = async () => {
    assert.deepEqual(wrong, [], `${path} ${lang}`);
    await context.close();
  };
  return { page, close };
};

/** How far the page reaches beyond the window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`).join(" | ")}`);
}
