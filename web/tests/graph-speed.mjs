// How much work the graph is for a machine without a graphics card: a made-up network is moved about in the explorer of a
// running service, and what each frame takes is printed. `ISNAD_BROWSER=... ISNAD_ADDRESS=... node web/tests/graph-speed.mjs
// [COUNT...]`; with `--check` it fails where 2,000 things take 16 ms of the main thread a frame or more.
import { ADDRESS, inLang, launch } from "./browser.mjs";

const FRAMES = 90;
const asked = process.argv.slice(2).map(Number).filter(Boolean);
const counts = asked.length ? asked : [2_000, 20_000];
const browser = await launch();
const whole = await browser.newBrowserCDPSession();
/** The processor time of every process of the browser, in milliseconds. */
const everything = async () => (await whole.send("SystemInfo.getProcessInfo")).processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);

for (const count of counts) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(inLang("/graph?id=org/jim", "en"), { waitUntil: "networkidle" });
  await page.waitForFunction(() => document.querySelector(".explorer")?.explorer?.shown?.nodes.length > 3);
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  const main = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  // Some things are joined to many, most to few.
  const ready = await page.evaluate((count) => {
    const { explorer } = document.querySelector(".explorer");
    const kinds = ["person", "place", "event", "document", "organization"];
    const nodes = Array.from({ length: count }, (_, n) => ({ id: `urn:made:${n}`, type: kinds[n % 5], label: { en: `Thing number ${n}` }, degree: 4 }));
    const edges = Array.from({ length: count * 2 }, (_, n) => ({ id: `e${n}`, source: nodes[n % count].id, target: nodes[Math.floor((n * 7919 % count) ** 2 / count)].id, predicate: "p", label: { en: "joins" }, directed: true }));
    const began = performance.now();
    explorer.scene.nodes.clear();
    explorer.scene.edges.clear();
    explorer.scene.add({ nodes, edges });
    explorer.settle(true);
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began))));
  }, count);
  /** Runs so many frames of something, and tells what each took. */
  const measured = async (name, prepare, frame) => {
    await page.evaluate(prepare);
    const [before, all] = [await main(), await everything()];
    // As text: the policy of the page lets nothing in it be made from text, the session of the test may.
    const took = await page.evaluate(`new Promise((done) => {
      const { explorer } = document.querySelector(".explorer");
      const act = ${frame};
      const began = performance.now();
      let left = ${FRAMES};
      const next = () => {
        if (!left--) return done(performance.now() - began);
        act(explorer, left);
        requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    })`);
    const [after, then] = [await main(), await everything()];
    const each = { main: (after - before) / FRAMES, all: (then - all) / FRAMES, fps: FRAMES / took * 1000 };
    console.log(`${String(count).padStart(6)} things, ${name}: ${each.main.toFixed(1)} ms of the main thread a frame, ${each.all.toFixed(1)} ms of all processes, ${each.fps.toFixed(1)} frames a second`);
    return each;
  };
  console.log(`${String(count).padStart(6)} things: first drawn after ${Math.round(ready)} ms`);
  const settling = await measured("finding their places", () => document.querySelector(".explorer").explorer.simulation.alpha(0.9).restart(), () => {});
  await page.evaluate(() => {
    const { explorer } = document.querySelector(".explorer");
    explorer.simulation.stop().alpha(0);
    explorer.drawing.fit(explorer.shown);
  });
  const moved = await measured("moved about", () => {}, (explorer, left) => {
    explorer.drawing.view.x += Math.sin(left / 9) * 6;
    explorer.drawing.view.scale *= left % 40 < 20 ? 1.01 : 1 / 1.01;
    explorer.paint(true);
  });
  const near = await measured("moved about from near", () => (document.querySelector(".explorer").explorer.drawing.view.scale = 1), (explorer, left) => {
    explorer.drawing.view.x += Math.sin(left / 9) * 6;
    explorer.paint(true);
  });
  if (process.argv.includes("--check") && count === 2_000 && Math.max(settling.main, moved.main, near.main) >= 16) {
    console.error("2,000 things take 16 ms a frame or more");
    process.exitCode = 1;
  }
  await context.close();
}
await browser.close();
console.log(`measured on ${ADDRESS}`);
