// What is found, and what a query answers, looked at on a map, over time, as a chart and as a graph: by mouse, finger and
// keyboard, in both languages. What is chosen stands in the address, and changes everything else that is shown.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { ADDRESS, INCIDENTS, LANGS, inLang, launch, opener } from "./browser.mjs";

const run = promisify(execFile);
const hasScripts = process.env.ISNAD_WITHOUT_SCRIPTS === undefined;
let browser, open;
before(async () => {
  browser = await launch();
  open = opener(browser);
});
after(() => browser.close());

const asked = (query, view) => `/sparql?query=${encodeURIComponent(query)}${view ? `&view=${view}` : ""}`;
/** The number that a heading begins with, or has in it. */
const total = (page) => page.locator("#found").textContent().then((words) => Number(/\d+/.exec(words)?.[0] ?? (/\u0648\u062B\u064A\u0642\u062A\u0627\u0646|\u0646\u062A\u064A\u062C\u062A\u0627\u0646/.test(words) ? 2 : 1)));
const bars = (page) => page.locator(".bars svg.live .bar").count();
const settled = (page) => page.waitForFunction(() => !document.querySelector("main").hasAttribute("aria-busy"));

for (const lang of LANGS) {
  test(`without scripts an answer is drawn in every way, and the query remembers which, in ${lang}`, async () => {
    const { page, close } = await open(asked(INCIDENTS), lang, { javaScriptEnabled: false });
    assert.deepEqual(await page.locator(".views a").evaluateAll((links) => links.map((link) => link.dataset.view)), ["table", "bar", "line", "map", "timeline", "graph"]);
    for (const [view, drawn] of [["bar", "table.chart .measure rect"], ["line", ".lines .series path"], ["map", ".map circle.spot"], ["timeline", ".bars .bar"]]) {
      await page.locator(`.views a[data-view=${view}]`).click();
      assert.ok((await page.locator(drawn).count()) > 0, view);
      assert.match(await page.locator("textarea#query").inputValue(), new RegExp(`^# view: ${view}\\r?\\nSELECT`));
      assert.match(page.url(), new RegExp(`view=${view}`));
      assert.ok((await page.locator("table.answer tbody tr").count()) > 3, "the table says the same");
    }
    // A year of the timeline leaves its rows.
    const rows = await page.locator("table.answer tbody tr").count();
    await page.locator(".bars a").first().click();
    assert.match(page.url(), /since=\d{4}&until=\d{4}/);
    assert.ok((await page.locator("table.answer tbody tr").count()) < rows);
    // Sent again, it is looked at in the same way.
    await page.locator("form.query button.main").click();
    assert.ok((await page.locator(".bars .bar").count()) > 0);
    await close();
  });

  test(`without scripts a query gets a short address, which is a page and data, in ${lang}`, async () => {
    const { page, close } = await open("/sparql", lang, { javaScriptEnabled: false });
    await page.locator("textarea#query").fill(`# view: bar\n${INCIDENTS}`);
    await page.locator('form.query button[formaction="/q"]').click();
    assert.match(new URL(page.url()).pathname, /^\/q\/[0-9a-f]{10}$/);
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    assert.ok((await page.locator("table.chart tbody tr").count()) > 3, "it is looked at as the query says");
    const short = await page.locator('form.query a[href*="/q/"]').getAttribute("href");
    assert.equal(new URL(short).pathname, new URL(page.url()).pathname);
    const table = await (await fetch(short, { headers: { accept: "text/csv" } })).text();
    assert.match(table, /^event,place,day,claims\r\n/);
    await close();
  });

  if (!hasScripts) continue;

  test(`the map of a search is walked by keyboard, opens what stands at a place, and filters everything, in ${lang}`, async () => {
    const { page, close } = await open("/search?q=chlorine", lang);
    await page.locator(".map").scrollIntoViewIfNeeded();
    await page.locator(".map svg.live .spot").first().waitFor();
    const all = await total(page);
    const dots = () => page.locator(".map .spot").count();
    const begun = await dots();
    await page.locator(".map svg.live").focus();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await page.waitForTimeout(600);
    assert.notEqual(await page.evaluate(() => document.querySelector(".map").atlas.zoom), 0);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "button", "a circle has the focus");
    await page.keyboard.press("ArrowRight");
    // Circles of several places are opened until one place is left.
    for (let steps = 0; steps < 8 && !(await page.locator(".map-card").isVisible()); steps += 1) {
      await page.locator(".map .spot").first().focus();
      await page.keyboard.press("Enter");
      await page.waitForTimeout(500);
    }
    assert.ok((await page.locator(".map-card a").count()) > 0, "its card has links");
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator(".map-card").isVisible()));
    const before = await bars(page);
    await page.locator(".map .buttons button").first().click();
    await page.waitForURL(/polygon=/);
    await settled(page);
    assert.ok((await total(page)) < all, "the list is shorter");
    await page.waitForFunction((before) => document.querySelectorAll(".bars svg.live .bar").length <= before, before);
    assert.equal(await page.locator(".chips bdi", { hasText: "\u2013" }).count(), 1, "the area can be taken off");
    assert.match(await page.locator("a.language").getAttribute("href"), /polygon=/);
    // Without loading the page anew, and back again.
    await page.goBack();
    await settled(page);
    await page.waitForFunction((all) => document.querySelector("#found").textContent.includes(all), String(all));
    assert.ok(begun > 0);
    await close();
  });

  test(`an area is drawn on the map, and is everywhere again, in ${lang}`, async () => {
    const { page, close } = await open("/search?kind=document", lang);
    await page.locator(".map").scrollIntoViewIfNeeded();
    await page.locator(".map svg.live .spot").first().waitFor();
    const all = await total(page);
    await page.locator(".map .buttons button[aria-pressed]").click();
    const box = await page.locator(".map svg.live").boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.7, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/polygon=/);
    await settled(page);
    assert.equal(await page.locator(".map .area").getAttribute("visibility"), "visible");
    await page.locator(".map .buttons button").last().click();
    await page.waitForURL((url) => !url.searchParams.has("polygon"));
    await settled(page);
    assert.equal(await total(page), all);
    await close();
  });

  test(`a stretch of time is chosen by keyboard and by mouse, and filters the list and the map, in ${lang}`, async () => {
    const { page, close } = await open("/search?kind=document", lang);
    await page.locator(".bars svg.live .handle").first().waitFor();
    await page.locator(".map").scrollIntoViewIfNeeded();
    await page.locator(".map svg.live .spot").first().waitFor();
    const all = await total(page);
    const later = lang === "ar" ? "ArrowLeft" : "ArrowRight";
    const first = page.locator('.bars .handle[data-end="0"]');
    await first.focus();
    for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press(later);
    assert.ok(Number(await first.getAttribute("aria-valuenow")) === 4);
    await page.waitForURL(/from=\d{4}/);
    await settled(page);
    assert.ok((await total(page)) < all);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.end), "0", "the focus stays where it is");
    // Months of what is chosen.
    await page.locator(".bars .buttons button").nth(1).click();
    await page.locator(".bars svg.live text", { hasText: /^\d{4}-\d\d$/ }).first().waitFor();
    await page.locator(".bars .buttons button").nth(0).click();
    // The months are drawn until the years are.
    await page.locator(".bars svg.live text", { hasText: /^\d{4}-\d\d$/ }).first().waitFor({ state: "detached" });
    await settled(page);
    await page.locator(".bars svg.live .bar.documents").last().scrollIntoViewIfNeeded();
    const box = await page.locator(".bars svg.live").boundingBox();
    await page.mouse.move(box.x + box.width * 0.45, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL((url) => url.searchParams.get("from") < url.searchParams.get("to"));
    await settled(page);
    await page.keyboard.press("Tab");
    // Everything again.
    await page.locator(".bars .buttons button").nth(3).click();
    await page.waitForURL((url) => !url.searchParams.has("from"));
    await settled(page);
    assert.equal(await total(page), all);
    await close();
  });

  test(`a finger chooses a year, and the page stays as wide as a phone, in ${lang}`, async () => {
    const { page, close } = await open("/search?kind=document", lang, { viewport: { width: 320, height: 640 }, hasTouch: true });
    await page.locator(".bars svg.live .bar").first().waitFor();
    await page.locator(".bars svg.live .bar").last().scrollIntoViewIfNeeded();
    await page.locator(".bars svg.live .bar").last().tap({ force: true });
    await page.waitForURL((url) => url.searchParams.has("from") && url.searchParams.get("from") === url.searchParams.get("to"));
    await settled(page);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
    await close();
  });

  test(`an answer is looked at in another way by keyboard, beside its query, in ${lang}`, async () => {
    const { page, close } = await open(asked(INCIDENTS), lang);
    await page.locator(".editor").waitFor();
    await page.locator(".views a[data-view=map]").focus();
    await page.keyboard.press("Enter");
    await page.locator(".map svg.live .spot").first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.view), "map", "the focus stays where it is");
    assert.match(await page.evaluate(() => document.querySelector(".editor").view.state.doc.toString()), /^# view: map\nSELECT/);
    assert.match(page.url(), /view=map/);
    const rows = () => page.locator("table.answer tbody tr").count();
    const all = await rows();
    // A stretch of time leaves its rows in the table and its places on the map.
    const spots = () => page.evaluate(() => document.querySelector(".map").atlas.own.length);
    const placed = await spots();
    await page.locator('.bars .handle[data-end="1"]').focus();
    for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press(lang === "ar" ? "ArrowRight" : "ArrowLeft");
    await page.waitForURL(/until=/);
    await settled(page);
    assert.ok((await rows()) < all && (await spots()) < placed);
    // And an area leaves its own.
    await page.locator(".map .buttons button").first().click();
    await page.waitForURL(/within=/);
    await settled(page);
    assert.equal(await page.locator("[data-part=chosen] .chips li").count(), 2);
    await page.locator(".views a[data-view=graph]").click();
    await page.waitForFunction(() => document.querySelector(".explorer")?.explorer?.shown?.nodes.length > 3);
    assert.match(await page.evaluate(() => document.querySelector(".editor").view.state.doc.toString()), /^# view: graph\nSELECT/);
    await close();
  });

  test(`the filters of the graph stand in its address, and kinds are added by their counts, in ${lang}`, async () => {
    const { page, close } = await open("/graph?id=org/jim", lang);
    await page.waitForFunction(() => document.querySelector(".explorer")?.explorer?.shown?.nodes.length > 3);
    const shown = () => page.evaluate(() => document.querySelector(".explorer").explorer.shown.nodes.length);
    const begun = await shown();
    await page.locator(".of-one .kinds button").first().click();
    await page.waitForFunction((begun) => document.querySelector(".explorer").explorer.shown.nodes.length > begun, begun);
    await page.locator(".explorer .dates input[type=checkbox]").first().uncheck();
    await page.locator(".explorer .dates input[placeholder]").first().fill("2016");
    await page.locator(".explorer .dates input[placeholder]").first().blur();
    assert.match(decodeURIComponent(page.url()), /only=.*2016/);
    const left = await page.evaluate(() => { const { nodes, edges } = document.querySelector(".explorer").explorer.shown; return [nodes.length, edges.length]; });
    const link = page.url();
    await page.goto("about:blank");
    await page.goto(link, { waitUntil: "networkidle" });
    await page.waitForFunction((left) => document.querySelector(".explorer")?.explorer?.shown?.nodes.length === left, left[0]);
    assert.equal(await page.evaluate(() => document.querySelector(".explorer").explorer.shown.edges.length), left[1]);
    assert.equal(await page.locator(".explorer .dates input[placeholder]").first().inputValue(), "2016");
    await close();
  });
}

test("what is copied for a shell and for Python asks the same, whatever the query has in it", async () => {
  const query = `SELECT ?x ?word {\n  BIND("it's \\"quoted\\" $HOME \`x\` \\\\ \u0643\u0644\u0648\u0631 100%" AS ?word)\n  BIND('''a "b"''' AS ?x)\n}`;
  const { page, close } = await open(asked(query), "en");
  const text = (key) => page.locator(`#copy-${key}`).evaluate((head) => head.parentNode.querySelector("code").textContent);
  const word = `it's "quoted" $HOME \`x\` \\ \u0643\u0644\u0648\u0631 100%`;
  const { stdout: table } = await run("bash", ["-c", await text("curl")]);
  assert.ok(table.includes(`"${word.replaceAll('"', '""')}"`), table);
  const { stdout: rows } = await run("python3", ["-c", `${await text("python")}\nprint(rows[0]["word"]["value"] == ${JSON.stringify(word)})`]);
  assert.match(rows, /True\s*$/);
  assert.ok((await text("curl")).includes(`${ADDRESS}/sparql`), "the address is the one the service was reached by");
  await close();
});

if (hasScripts) {
  test("a text is copied by its button", async () => {
    const { page, close } = await open(asked("ASK {}"), "en", { permissions: ["clipboard-read", "clipboard-write"] });
    await page.locator(".copies summary").click();
    await page.locator(".copies button", { hasText: "Python" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /print\(truth\)/);
    await close();
  });
}

test("the same query has the same short address, and what cannot be asked has none", async () => {
  const link = (body) => fetch(`${ADDRESS}/api/links`, { method: "POST", headers: { "content-type": "application/sparql-query" }, body });
  const [first, second] = [await link("ASK { ?short ?address 1 }"), await link("ASK { ?short ?address 1 }")];
  assert.deepEqual([first.status, second.status], [201, 200]);
  assert.deepEqual(await first.json(), await second.json());
  assert.equal((await link("ASK {")).status, 400);
  const page = await (await browser.newPage()).goto(inLang("/q/0123456789", "ar"));
  assert.equal(page.status(), 404);
});
