// The desk of those who review, in a real browser: signed in with a token, by keyboard, by mouse and by touch, in both
// languages. Whatever is decided here is undone again, so that the archive is left as it was found.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADDRESS, LANGS, STATEMENT, THEMES, launch, inLang, opener, overflow, violations } from "./browser.mjs";

const TOKEN = process.env.ISNAD_TOKEN;
const skip = !TOKEN || process.env.ISNAD_WITHOUT_SCRIPTS !== undefined;
let browser, open;
before(async () => {
  browser = await launch();
  open = opener(browser);
});
after(() => browser.close());

const api = async (path, options = {}) => {
  const answer = await fetch(ADDRESS + path, { ...options, headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...options.headers } });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
};

async function signedIn(path, lang, options) {
  const { page, close } = await open(path, lang, options);
  await page.locator("#token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator("body.at-work").waitFor();
  return { page, close };
}

const left = async (page) => Number(await page.locator("[data-left]").getAttribute("data-left"));

for (const lang of LANGS) {
  test(`links are decided on and undone with one key each, in ${lang}`, { skip }, async () => {
    const { page, close } = await signedIn("/review?kind=org", lang);
    assert.doesNotMatch(page.url(), new RegExp(TOKEN), "no address holds the token");
    const begun = await left(page);
    const cases = page.locator(".case");
    const keys = await page.locator(".keys kbd").allTextContents();
    assert.deepEqual(keys.slice(0, 5), ["A", "R", "C", "S", "U"], "the keys are shown");
    await page.keyboard.press("Enter");
    assert.ok(await cases.nth(0).evaluate((one) => one === document.activeElement));
    await page.keyboard.press("a");
    await page.locator(".case.decided").first().waitFor();
    assert.equal(await left(page), begun - 1);
    assert.ok(await cases.nth(1).evaluate((one) => one === document.activeElement), "the next one is looked at");
    await page.keyboard.press("s");
    assert.ok(await cases.nth(2).evaluate((one) => one === document.activeElement));
    await page.keyboard.press("r");
    await page.waitForFunction(() => document.querySelectorAll(".case.decided").length === 2);
    assert.equal(await left(page), begun - 2);
    // On an Arabic keyboard the same key gives another letter.
    await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "\u0639", code: "KeyU", bubbles: true })));
    await page.waitForFunction(() => document.querySelectorAll(".case.decided").length === 1);
    await page.keyboard.press("u");
    await page.waitForFunction(() => document.querySelectorAll(".case.decided").length === 0);
    assert.equal(await left(page), begun);
    assert.match(await cases.nth(0).locator(".state").textContent(), lang === "ar" ? /[\u0600-\u06FF]/ : /undone/);
    await close();
  });

  test(`a link is corrected to another thing that is chosen by its name, in ${lang}`, { skip }, async () => {
    const { page, close } = await signedIn("/review?kind=org", lang);
    const first = page.locator(".case").first();
    await page.keyboard.press("Enter");
    await page.keyboard.press("c");
    await page.keyboard.type("alep", { delay: 30 });
    await page.locator(".suggestions:visible li").first().waitFor();
    await page.keyboard.press("ArrowDown");
    const [request] = await Promise.all([
      page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/reviews")),
      page.keyboard.press("Enter"),
    ]);
    const sent = request.postDataJSON();
    assert.equal(sent.verdict, "corrected");
    assert.match(sent.correction, /^(place|event|doc)\//);
    await page.locator(".case.decided").first().waitFor();
    await first.locator('[data-act="undo"]').click();
    await page.waitForFunction(() => !document.querySelector(".case.decided"));
    await close();
  });

  test(`a case is decided by touch on a narrow phone, and more come as they are needed, in ${lang}`, { skip }, async () => {
    const { page, close } = await signedIn("/review", lang, { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
    assert.ok((await overflow(page)) <= 0, `${await overflow(page)} px too wide`);
    const small = await page.locator(".acts button:visible").evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).filter((box) => box.width < 24 || box.height < 24).length);
    assert.equal(small, 0, "everything can be hit");
    const begun = await page.locator(".case").count();
    for (let at = 0; at < begun - 3; at += 1) await page.locator(".case").nth(at).locator('[data-act="skip"]').tap();
    await page.waitForFunction((begun) => document.querySelectorAll(".case").length > begun, begun);
    await page.locator(".case").nth(begun - 1).locator('[data-act="accept"]').tap();
    await page.locator(".case.decided").waitFor();
    await page.locator(".case.decided [data-act=undo]").tap();
    await page.waitForFunction(() => !document.querySelector(".case.decided"));
    await close();
  });

  test(`a token that is not known is refused in words of the page, in ${lang}`, { skip }, async () => {
    const { page, close } = await open("/review", lang);
    await page.locator("#token").fill("isnad_wrong");
    await page.keyboard.press("Enter");
    await page.locator(".sign .state:not(:empty)").waitFor();
    const told = await page.locator(".sign .state").textContent();
    assert.match(told, lang === "ar" ? /^[^a-z]+$/i : /not one that is known/);
    assert.ok(await page.locator("#token").isVisible(), "it is asked for again");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await close();
  });

  test(`pasted words are previewed before they are stored, and stored only then, in ${lang}`, { skip }, async () => {
    const { page, close } = await signedIn("/review/add", lang);
    const marker = `desk ${lang} ${Date.now()}`;
    await page.locator("#title").fill(marker);
    await page.locator("#language").selectOption("en");
    await page.locator("#pasted").fill("Human Rights Watch spoke of Aleppo.");
    await page.locator("form[data-add] button.main").click();
    await page.locator("[data-preview] tbody tr").first().waitFor();
    const linked = await page.locator("[data-preview] tbody a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    assert.ok(linked.some((href) => href.startsWith("/org/hrw")), linked.join(", "));
    const found = async () => (await (await fetch(`${ADDRESS}/api/search?q=${encodeURIComponent(`"${marker}"`)}`)).json()).total;
    assert.equal(await found(), 0, "nothing is stored by looking");
    await page.locator("[data-preview] button.main").click();
    const link = page.locator("[data-preview] .list a").first();
    await link.waitFor();
    await link.click();
    assert.match(await page.locator("h1").textContent(), new RegExp(marker));
    await close();
  });

  test(`something that cannot be read is refused with its reason, in ${lang}`, { skip }, async () => {
    const { page, close } = await signedIn("/review/add", lang);
    await page.locator("form[data-add] button.main").click();
    assert.ok((await page.locator(".sign .state").textContent()).length > 5, "nothing was given");
    await page.locator("#file").setInputFiles({ name: "page.html", mimeType: "text/html", buffer: Buffer.from([0, 1, 2]) });
    await page.locator("form[data-add] button.main").click();
    await page.waitForFunction(() => /page\.html/.test(document.querySelector(".sign .state").textContent));
    await close();
  });

  test(`a document is assessed with reason and evidence, and its page tells, in ${lang}`, { skip }, async () => {
    const { page, close } = await signedIn(`/review/assess?about=${STATEMENT.slice(1)}`, lang);
    const before = (await api(`/api/assessments?about=${STATEMENT.slice(1)}`)).assessments.length;
    await page.locator('input[value="reliability/unverified"]').check();
    const reason = `Looked at in ${lang} <b>once</b>, ${Date.now()}`;
    await page.locator("#rationale").fill(reason);
    await page.locator("#evidence").fill("doc/jim-4\nhttps://example.org/");
    await page.locator("form[data-assess] button.main").click();
    await page.locator('a[href*="#assessments"]').waitFor();
    const { assessments } = await api(`/api/assessments?about=${STATEMENT.slice(1)}`);
    assert.equal(assessments.length, before + 1);
    assert.deepEqual(assessments[0].evidence.length, 2);
    await page.locator('a[href*="#assessments"]').click();
    assert.ok((await page.locator("#assessments ~ .assessments, .assessments").first().textContent()).includes(reason));
    await close();
  });

  test(`comments are published with an answer, made corrections of, and declined with a reason, in ${lang}`, { skip }, async () => {
    const about = STATEMENT.slice(1);
    const hostile = `<script>window.taken = 4</script> \u202Eevil ${"y".repeat(3000)}`;
    const texts = { answer: `Please explain ${lang} ${Date.now()}`, decline: `Buy now ${lang} ${Date.now()}`, publish: `${hostile} ${lang} ${Date.now()}` };
    for (const text of Object.values(texts)) {
      // From an address of its own for each language: one address may only send so many.
      const headers = { "content-type": "application/json", "x-forwarded-for": `192.0.2.${LANGS.indexOf(lang) + 1}` };
      const answer = await fetch(`${ADDRESS}/api/comments`, { method: "POST", headers, body: JSON.stringify({ about, text }) });
      assert.equal(answer.status, 202, await answer.text());
    }
    const { page, close } = await signedIn("/review/comments", lang, { viewport: { width: 320, height: 700 } });
    const one = (text) => page.locator(".case", { hasText: text.slice(-20) });
    await one(texts.publish).waitFor();
    assert.ok((await overflow(page)) <= 0, `${await overflow(page)} px too wide`);
    assert.equal(await page.evaluate(() => window.taken), undefined);
    const says = { publish: lang === "ar" ? "نشر" : "Publish", answer: lang === "ar" ? "ردّ" : "Answer", decline: lang === "ar" ? "رفض" : "Decline" };
    const press = (text, act) => one(text).getByRole("button", { name: says[act], exact: true }).click();
    const reply = `It is explained ${lang}`;
    await press(texts.answer, "answer");
    await page.locator(".case textarea").fill(reply);
    await page.locator(".case form button").click();
    await page.waitForFunction((text) => !document.querySelector("[data-inbox]").textContent.includes(text), texts.answer);
    await press(texts.decline, "decline");
    await page.locator(".case textarea").fill("Advertising");
    await page.locator(".case form button").click();
    await page.waitForFunction((text) => !document.querySelector("[data-inbox]").textContent.includes(text), texts.decline);
    await press(texts.publish, "publish");
    await page.waitForFunction((text) => !document.querySelector("[data-inbox]").textContent.includes(text), texts.publish.slice(-20));
    // On the page of the document all of it is words, and what was declined is not there.
    await page.goto(inLang(STATEMENT, lang), { waitUntil: "networkidle" });
    const words = await page.locator("section:has(> #comments)").textContent();
    assert.ok(words.includes(texts.answer) && words.includes(reply) && words.includes("<script>window.taken"));
    assert.ok(!words.includes(texts.decline));
    assert.equal(await page.evaluate(() => window.taken), undefined);
    assert.ok((await overflow(page)) <= 0, `${await overflow(page)} px too wide`);
    await close();
  });

  test(`what the desk counts has words for every number of ${lang}`, { skip }, async () => {
    const { page, close } = await open("/review", lang);
    const words = JSON.parse(await page.locator("[data-words]").getAttribute("data-words"));
    const counted = new Set(Object.keys(words).filter((key) => key.includes("#")).map((key) => key.split("#")[0]));
    assert.ok(counted.size > 3);
    for (const n of [0, 1, 2, 3, 11, 100, 103]) {
      const number = await page.evaluate((n) => new Intl.PluralRules(document.documentElement.lang).select(n), n);
      for (const key of counted) assert.ok(words[`${key}#${number}`], `${key}#${number}`);
    }
    await close();
  });

  for (const colorScheme of THEMES) {
    test(`the desk at work in ${lang}, ${colorScheme}: axe objects to nothing`, { skip }, async () => {
      for (const path of ["/review", "/review/comments", "/review/add", `/review/assess?about=${STATEMENT.slice(1)}`, "/review/resemblances"]) {
        const { page, close } = await signedIn(path, lang, { colorScheme, bypassCSP: true });
        if (path === "/review") {
          await page.keyboard.press("Enter");
          await page.keyboard.press("c");
        }
        if (path === "/review/add") {
          await page.locator("#title").fill("Seen");
          await page.locator("#pasted").fill("Human Rights Watch spoke of Aleppo.");
          await page.locator("form[data-add] button.main").click();
          await page.locator("[data-preview] tbody tr").first().waitFor();
        }
        assert.deepEqual(await violations(page), [], path);
        await close();
      }
    });
  }
}
