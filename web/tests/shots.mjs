// A picture of every page: in both languages, light and dark, on a phone, without scripts, and printed; of the desk also
// with its means, where there is a token.
import { mkdirSync } from "node:fs";
import { PAGES, LANGS, inLang, launch } from "./browser.mjs";

const folder = process.argv[2] ?? "shots";
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const browser = await launch();
const ways = {
  light: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 320, height: 700 } },
  plain: { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false },
};
if (process.env.ISNAD_TOKEN) {
  ways.work = { viewport: { width: 1280, height: 900 } };
  ways["work-phone"] = { viewport: { width: 320, height: 700 }, colorScheme: "dark" };
}
for (const [way, options] of Object.entries(ways)) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const isAtWork = way.startsWith("work");
  if (isAtWork) await page.addInitScript((token) => sessionStorage.setItem("isnad-token", token), process.env.ISNAD_TOKEN);
  for (const [name, path] of Object.entries(PAGES)) {
    if (isAtWork && !name.startsWith("review")) continue;
    if (only && !new RegExp(only).test(`${name}-${way}`)) continue;
    for (const lang of LANGS) {
      await page.goto(inLang(path, lang), { waitUntil: "networkidle" });
      await page.screenshot({ path: `${folder}/${name}-${lang}-${way}.png`, fullPage: false });
      if (way === "light") {
        await page.screenshot({ path: `${folder}/${name}-${lang}-whole.png`, fullPage: true });
        await page.emulateMedia({ media: "print" });
        await page.screenshot({ path: `${folder}/${name}-${lang}-print.png`, fullPage: false });
        await page.emulateMedia({ media: null });
      }
    }
  }
  await context.close();
}
await browser.close();
console.log(`pictures are in ${folder}/`);
