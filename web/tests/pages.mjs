// The pages in a real browser: in both languages, with scripts and without, in both themes, on a narrow phone. Nothing is
// asked of any other origin, no script breaks the policy, and axe finds nothing to object to.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { ADDRESS, EVENT, LANGS, PAGES, THEMES, launch, opener, overflow, violations } from "./browser.mjs";

const hasScripts = process.env.ISNAD_WITHOUT_SCRIPTS === undefined;
let browser, open;
before(async () => {
  browser = await launch();
  open = opener(browser);
});
after(() => browser.close());

for (const [name, path] of Object.entries(PAGES)) {
  for (const lang of LANGS) {
    test(`${name} in ${lang} is whole without scripts, and its language can be changed`, async () => {
      const { page, close } = await open(path, lang, { javaScriptEnabled: false });
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
      assert.equal(await page.locator("html").getAttribute("dir"), lang === "ar" ? "rtl" : "ltr");
      assert.equal(await page.locator("h1").count(), 1);
      assert.ok(await page.locator("h1").isVisible());
      const before = new URL(page.url());
      await page.locator("a.language").click();
      const after = new URL(page.url());
      before.searchParams.delete("lang");
      after.searchParams.delete("lang");
      assert.equal(after.pathname, before.pathname);
      assert.deepEqual([...after.searchParams].sort(), [...before.searchParams].sort());
      assert.equal(await page.locator("html").getAttribute("lang"), lang === "ar" ? "en" : "ar");
      await close();
    });
    for (const colorScheme of THEMES) {
      test(`${name} in ${lang}, ${colorScheme}: axe objects to nothing`, async () => {
        // The checks run in the page, past the policy that a page of ours has; all else is as it is for people.
        const { page, close } = await open(path, lang, { colorScheme, bypassCSP: true });
        assert.deepEqual(await violations(page), []);
        await close();
      });
    }
    test(`${name} in ${lang} fits a window of 320 pixels`, async () => {
      const { page, close } = await open(path, lang, { viewport: { width: 320, height: 640 } });
      assert.ok((await overflow(page)) <= 0, `${await overflow(page)} px too wide`);
      await close();
    });
  }
}

for (const lang of LANGS) {
  test(`a search begins on the front page and is narrowed by links, without scripts, in ${lang}`, async () => {
    const { page, close } = await open("/", lang, { javaScriptEnabled: false });
    await page.locator("main input[name=q]").fill("chlorine");
    await page.locator("main form button").click();
    const all = await page.locator(".hits > li").count();
    assert.ok(all > 5 && (await page.locator(".hits mark").count()) > 0);
    await page.locator('.facets a[href*="kind=claim"]').click();
    assert.ok((await page.locator(".hits > li").count()) < all);
    assert.ok((await page.locator(".hits .badge.stance").count()) > 0, "a claim tells whether it affirms or denies");
    await page.locator(".bars a").first().click();
    assert.match(page.url(), /from=\d{4}&to=\d{4}/);
    assert.equal(await page.locator(".bars a[aria-current]").count(), 1);
    await page.locator('.chips a[href*="kind"]').last().click();
    await close();
  });

  test(`a mention leads to what it names, and to the next one, by keyboard and without scripts, in ${lang}`, async () => {
    const { page, close } = await open(PAGES.document, lang, { javaScriptEnabled: false });
    const first = page.locator(".mention").filter({ has: page.locator(`.card a[href^="#m-"]`) }).first();
    assert.ok(!(await first.locator(".card").isVisible()));
    await first.locator("a.mark").focus();
    assert.ok(await first.locator(".card").isVisible());
    await page.keyboard.press("Tab");
    assert.ok(await first.locator(".card").isVisible(), "the card stays while the focus is in it");
    await first.locator('.card a[href^="#m-"]').first().click();
    assert.match(page.url(), /#m-/);
    await page.locator("input.show-organization").uncheck();
    const line = await page.locator(".text a.mark.organization").first().evaluate((mark) => getComputedStyle(mark).textDecorationLine);
    assert.equal(line, "none", "a kind can be left unmarked");
    await close();
  });

  test(`sorts of marks differ by their line and not only by colour, in ${lang}`, async () => {
    const { page, close } = await open(PAGES.document, lang, { javaScriptEnabled: false });
    const lines = await page.locator(".legend .mark").evaluateAll((marks) => marks.map((mark) => {
      const style = getComputedStyle(mark);
      return `${style.textDecorationStyle} ${style.textDecorationThickness} ${mark.className.includes("date") ? "ink" : ""}`;
    }));
    assert.equal(new Set(lines).size, lines.length, lines.join(", "));
    await close();
  });

  test(`who says what of an event stands side by side and over time, in ${lang}`, async () => {
    const { page, close } = await open(`${EVENT}`, lang, { javaScriptEnabled: false });
    await page.locator('a[href*="/claims?"]').first().click();
    assert.ok((await page.locator(".side-by-side .voice").count()) > 1);
    assert.ok((await page.locator("svg.voices .said").count()) > 2);
    await close();
  });

  if (!hasScripts) continue;

  test(`names are suggested while somebody types, by keyboard, in ${lang}`, async () => {
    const { page, close } = await open("/", lang);
    await page.locator("main input[name=q]").focus();
    await page.keyboard.type("alep", { delay: 30 });
    await page.locator(".suggestions li").first().waitFor();
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator('.suggestions [aria-selected="true"]').count(), 1);
    await Promise.all([page.waitForURL(/\/place\//), page.keyboard.press("Enter")]);
    await close();
  });

  test(`the graph grows by a relation, is undone, pinned, hidden, walked by keyboard and saved, in ${lang}`, async () => {
    const { page, close } = await open("/graph?id=org/jim", lang);
    await page.waitForFunction(() => document.querySelector(".explorer")?.explorer?.shown?.nodes.length > 3);
    const shown = () => page.evaluate(() => document.querySelector(".explorer").explorer.shown.nodes.length);
    const begun = await shown();
    const more = page.locator(".of-one .buttons").nth(1).locator("button").first();
    assert.match(await more.textContent(), /\+\d+/);
    await more.click();
    await page.waitForFunction((begun) => document.querySelector(".explorer").explorer.shown.nodes.length > begun || location.hash, begun);
    assert.match(page.url(), /#view=/);
    const grown = await shown();
    const link = page.url();
    await page.locator(".explorer canvas").focus();
    await page.keyboard.press("p");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Delete");
    assert.equal(await shown(), grown - 1);
    await page.keyboard.press("z");
    assert.equal(await shown(), grown);
    await page.keyboard.press("z");
    await page.keyboard.press("z");
    assert.equal(await shown(), begun);
    for (const syntax of ["PNG", "SVG", "GraphML", "GEXF", "CSV"]) {
      await page.locator(".explorer .downloads").evaluate((details) => (details.open = true));
      const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".explorer .downloads button", { hasText: syntax }).click()]);
      const bytes = readFileSync(await file.path());
      assert.ok(bytes.length > 200, `${syntax} has ${bytes.length} bytes`);
      if (/ML|EX|SVG/.test(syntax)) {
        const parsed = await page.evaluate((text) => new DOMParser().parseFromString(text, "text/xml").querySelectorAll("parsererror").length, bytes.toString("utf8"));
        assert.equal(parsed, 0, syntax);
      }
    }
    assert.ok((await page.locator(".explorer .shown button").count()) >= begun);
    // The address shows the same again.
    await page.goto("about:blank");
    await page.goto(link, { waitUntil: "networkidle" });
    await page.waitForFunction((grown) => document.querySelector(".explorer")?.explorer?.shown?.nodes.length === grown, grown);
    await close();
  });

  test(`a query is completed, shows its error where it is, and is answered in its page, in ${lang}`, async () => {
    const { page, close } = await open("/sparql", lang);
    const write = (query) => page.evaluate((insert) => {
      const { view } = document.querySelector(".editor");
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } });
    }, query);
    await page.locator(".cm-content").click();
    await write("");
    await page.keyboard.type("SELECT ?x { ?x isn:statedB", { delay: 15 });
    await page.locator(".cm-tooltip-autocomplete li", { hasText: "isn:statedBy" }).first().waitFor();
    await page.keyboard.press("Escape");
    await write("SELECT ?x {\n  ?x isn:statedBy ?\n}");
    await page.keyboard.press("Control+Enter");
    await page.locator(".cm-lintRange-error, .cm-lintPoint-error").first().waitFor();
    assert.match(await page.locator("#state").textContent(), /\d/);
    await write("SELECT ?x { ?x isn:statedBy <org/jim> } LIMIT 3");
    await page.keyboard.press("Control+Enter");
    await page.locator("table.answer tbody tr").first().waitFor();
    assert.equal(await page.locator("table.answer tbody tr").count(), 3);
    await page.waitForURL(/query=SELECT/);
    await close();
  });
}

test("a hostile title, abstract, label and comment run nothing, turn nothing and push nothing out of the window", { skip: !process.env.ISNAD_TOKEN }, async () => {
  const long = "x".repeat(10_000);
  const authorization = `Bearer ${process.env.ISNAD_TOKEN}`;
  const send = async (path, type, body) => {
    const answer = await fetch(`${ADDRESS}${path}`, { method: "POST", headers: { authorization, "content-type": type }, body });
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  };
  const said = (number) => `<script>window.taken = ${number}</script> \u202Eevil <img src=x onerror="window.taken = ${number}0"> " onmouseover="window.taken = ${number}00`;
  const table = `id,label_en,alt_en\norg/hostile,"${said(1).replaceAll('"', '""')} ${long}",Hostilia Union\n`;
  await send("/api/documents?name=hostile.csv", "text/csv", table);
  const note = `---\nid: doc/hostile\ntype: press-statement\nissued: 1990-01-02\nissuer: [org/hostile]\ntitle: {en: '${said(2)} ${long}'}\n---\n::: en\n${said(3)} The Hostilia Union spoke. ${long}\n`;
  await send("/api/documents?name=hostile.md", "text/markdown", note);
  const summary = `---\nid: doc/hostile-abstract\ntype: press-statement\nissued: 1990-01-03\ntext_role: abstract\ntitle: {en: A summary}\n---\n::: en\n${said(4)} \u2067turned ${long}\n`;
  await send("/api/documents?name=hostile-abstract.md", "text/markdown", summary);
  const comment = await send("/api/comments", "application/json", JSON.stringify({ about: "doc/hostile", text: `${said(5)} ${long.slice(0, 3500)}` }));
  await send(comment.href, "application/json", JSON.stringify({ action: "publish" }));
  for (const lang of LANGS) {
    for (const path of ["/doc/hostile", "/doc/hostile-abstract", "/org/hostile", "/search?from=1990&to=1990", "/graph?id=doc/hostile", "/?kind=document", "/?kind=organization", "/review?document=doc/hostile", "/comment?about=doc/hostile"]) {
      const { page, close } = await open(path, lang, { viewport: { width: 320, height: 640 } });
      page.on("dialog", () => assert.fail("a dialog"));
      assert.equal(await page.evaluate(() => window.taken), undefined, path);
      assert.equal(await page.locator("main script:not([type='application/ld+json']), main img").count(), 0, path);
      assert.ok((await overflow(page)) <= 0, `${path} ${lang}: ${await overflow(page)} px too wide`);
      // What overrides directions stands in something that isolates it, so that no neighbour is turned.
      const turning = await page.evaluate(() => {
        const found = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
          const node = walk.currentNode;
          const style = getComputedStyle(node.parentElement);
          const isAlone = style.display === "block" && node.parentElement.childNodes.length === 1;
          if (/[\u202A-\u202E\u2066-\u2069]/.test(node.data) && !/isolate|plaintext/.test(style.unicodeBidi) && !isAlone && !node.parentElement.closest("textarea, script")) found.push(`${node.parentElement.outerHTML.slice(0, 80)}`);
        }
        return found;
      });
      assert.deepEqual(turning, [], `${path} ${lang}`);
      await close();
    }
  }
});

if (hasScripts) {
  test("the time that a large graph takes is told", async (t) => {
    const { page, close } = await open("/graph?id=org/jim", "en");
    await page.waitForFunction(() => document.querySelector(".explorer")?.explorer?.shown?.nodes.length > 3);
    const times = await page.evaluate(() => {
      const { explorer } = document.querySelector(".explorer");
      const measure = (count) => {
        const at = (n) => ({ x: 900 * Math.cos(n * 2.4) * Math.sqrt(n / count), y: 900 * Math.sin(n * 2.4) * Math.sqrt(n / count) });
        const kinds = ["person", "place", "event", "document", "organization"];
        const nodes = Array.from({ length: count }, (_, n) => ({ id: `n${n}`, type: kinds[n % 5], label: { en: `Thing ${n}` }, degree: n % 50, ...at(n) }));
        const edges = Array.from({ length: count * 2 }, (_, n) => ({ edge: { source: "", target: "", directed: true, label: {} }, source: nodes[n % count], target: nodes[(n * 7) % count] }));
        explorer.simulation.stop();
        explorer.drawing.fit({ nodes });
        const start = performance.now();
        for (let frame = 0; frame < 20; frame += 1) explorer.drawing.draw({ nodes, edges }, { isMoving: true, further: () => 0 });
        return (performance.now() - start) / 20;
      };
      return { 2000: measure(2000), 20000: measure(20000) };
    });
    t.diagnostic(`milliseconds a frame: ${JSON.stringify(times)}`);
    assert.ok(times[2000] > 0 && times[20000] > 0);
    await close();
  });
}
