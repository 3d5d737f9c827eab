// Assessing, and adding a document: what would be linked in it is shown before anything is stored.
import { dirOf, element, lang, pageOf, wording } from "../page.js";
import { call } from "./api.js";

export function start(desk) {
  const form = document.querySelector("form[data-assess], form[data-add]");
  if (!form) return;
  form.querySelector("button[disabled]").disabled = false;
  (form.dataset.assess === undefined ? add : assess)(desk, form);
}

function assess(desk, form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const [scale, rating] = given.get("grade").split("/");
    const evidence = given.get("evidence").split(/\s+/).filter(Boolean);
    const made = await desk.attempt(() => call("POST", "/api/assessments", { about: form.dataset.assess, scale, rating, rationale: given.get("rationale"), evidence }));
    if (!made) return;
    desk.tell(`${desk.say("assessed")} ${wording(made.label)}`);
    form.after(element("p", {}, element("a", { href: `${pageOf(form.dataset.assess.split("#")[0])}#assessments` }, desk.say("open"))));
    form.reset();
  });
}

/** Pasted words as a file: a header that says what was filled in, and the text. */
function written(given) {
  const tag = given.get("language");
  const lines = ["---", `title: {${tag}: ${JSON.stringify(given.get("title").trim())}}`];
  if (given.get("issued").trim()) lines.push(`issued: ${JSON.stringify(given.get("issued").trim())}`);
  return new File([[...lines, "---", `::: ${tag}`, given.get("text"), ""].join("\n")], "pasted.md", { type: "text/markdown" });
}

function add(desk, form) {
  const { say } = desk;
  const place = document.querySelector("[data-preview]");
  const send = (file, isTry) => call("POST", `/api/documents?name=${encodeURIComponent(file.name)}${isTry ? "&dry_run=1" : ""}`, file);

  const links = (added) => {
    if (!added.links?.length) return element("p", {}, say("no-links"));
    const row = (link) => {
      const words = wording(link.label) || link.to;
      const thing = /^[a-z]+\//.test(link.to) ? element("a", { href: pageOf(link.to) }, element("bdi", { dir: dirOf(words) }, words)) : element("bdi", { dir: "ltr" }, words);
      return element("tr", {}, element("th", { scope: "row" }, element("bdi", { dir: dirOf(link.words) }, link.words)), element("td", {}, thing), element("td", {}, element("bdi", { dir: "ltr" }, String(link.times))), element("td", {}, element("bdi", { dir: "ltr" }, link.confidence.toFixed(2))));
    };
    const heads = ["words", "names", "times", "confidence"].map((key) => element("th", { scope: "col" }, say(key)));
    return element("div", { class: "scroll", role: "group", tabindex: 0, "aria-label": say("preview") },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...added.links.map(row))));
  };
  const path = (added) => added.id.replace(/^.*?graph\//, "");
  const show = (file, report) => {
    const store = element("button", { type: "button", class: "main", onclick: () => keep(file) }, say("store"));
    place.replaceChildren(
      element("h2", { tabindex: -1 }, say("preview")),
      ...report.added.flatMap((added) => [element("p", {}, say(`outcome.${added.outcome}`), " ", element("bdi", { dir: "ltr", class: "code" }, path(added)), " \u00B7 ", desk.counted("mentions", added.mentions)), links(added)]),
      ...report.notices.map((notice) => element("p", { class: "small", lang: "en", dir: "ltr" }, notice)),
      element("p", { class: "lead" }, say("nothing-stored")),
      element("p", { class: "buttons" }, store));
    place.firstChild.focus();
  };
  const keep = async (file) => {
    const report = await desk.attempt(() => send(file, false));
    if (!report) return;
    const done = report.added.map((added) => element("li", {}, say(`outcome-done.${added.outcome}`), " ", element("a", { href: `/${path(added)}?lang=${lang}` }, element("bdi", { dir: "ltr", class: "code" }, path(added)))));
    place.replaceChildren(element("h2", { tabindex: -1 }, say("stored")), element("ul", { class: "list" }, ...done));
    place.firstChild.focus();
    form.reset();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const chosen = given.get("file");
    const file = chosen?.size ? chosen : given.get("text").trim() ? written(given) : undefined;
    if (!file) return desk.tell(say("nothing-given"));
    place.replaceChildren();
    const report = await desk.attempt(() => send(file, true));
    if (report) show(file, report);
  });
}
