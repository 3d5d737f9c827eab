// Deciding on links: one key for each act, as long as the focus is in a case; by mouse and by touch the same as buttons.
import { element, pathOf } from "../page.js";
import { start as suggest } from "../suggest.js";
import { call } from "./api.js";

/** So many cases at least wait below the one that is looked at, as long as there are more. */
const AHEAD = 3;

export function start(desk) {
  const list = document.querySelector(".cases");
  if (!list) return;
  const { say } = desk;
  const left = document.querySelector("[data-left]");
  const paging = document.querySelector(".paging");
  const undone = [];
  const acts = [["a", "accept"], ["r", "reject"], ["c", "correct"], ["s", "skip"], ["u", "undo"]];

  const reason = element("input", { id: "reason", dir: "auto", value: say("reason-usual"), maxlength: 1000, autocomplete: "off" });
  const only = element("input", { type: "checkbox" });
  const help = element("ul", { class: "inline keys" }, ...acts.map(([key, act]) => element("li", {}, element("kbd", {}, key.toUpperCase()), ` ${say(act)}`)), element("li", {}, element("kbd", {}, "\u2191 \u2193"), ` ${say("walk")}`));
  const begin = element("button", { type: "button", class: "main", onclick: () => focus(open()[0]) }, say("begin"));
  desk.tools.replaceChildren(
    element("p", {}, say("keys")), help,
    element("p", {}, element("label", { for: "reason" }, say("reason")), reason),
    element("p", { class: "buttons" }, element("label", {}, only, ` ${say("only-this")}`), begin));

  const open = () => [...list.querySelectorAll(".case:not(.decided, .skipped)")];
  const focus = (one) => {
    if (!one) return begin.focus();
    one.focus();
    one.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  /** The next case that waits, else one before. */
  const next = (one) => {
    const all = [...list.children];
    const waits = open();
    return waits.find((other) => all.indexOf(other) > all.indexOf(one)) ?? waits[0];
  };
  const count = (by) => {
    left.dataset.left = Number(left.dataset.left) + by;
    left.textContent = desk.counted("left", Number(left.dataset.left));
  };

  const prepare = (one) => {
    one.tabIndex = -1;
    one.message = element("p", { role: "status", class: "state" });
    one.bar = element("p", { class: "buttons acts" }, ...acts.map(([key, act]) => element("button", { type: "button", "data-act": act, onclick: () => run(act, one) }, say(act), " ", element("kbd", { "aria-hidden": "true" }, key.toUpperCase()))));
    for (const reading of one.querySelectorAll(".readings [data-thing]:not(:first-child)")) {
      reading.append(" ", element("button", { type: "button", onclick: () => correct(one, reading.dataset.thing) }, say("instead")));
    }
    one.append(one.bar, one.message);
    show(one);
  };
  const show = (one) => {
    for (const button of one.bar.children) {
      const isUndo = button.dataset.act === "undo";
      button.hidden = one.classList.contains("decided") ? !isUndo : isUndo && !undone.length;
    }
  };
  const tell = (one) => (text) => (one.message.textContent = text);

  const decide = async (one, verdict, more = {}) => {
    if (one.busy || one.classList.contains("decided")) return;
    one.busy = true;
    const request = { verdict, mention: one.dataset.mention, scope: only.checked ? "mention" : "identical", ...more };
    const made = await desk.attempt(() => call("POST", "/api/reviews", request), tell(one));
    one.busy = false;
    if (!made) return;
    one.decision = made.href;
    one.querySelector(".correct")?.remove();
    one.classList.add("decided");
    undone.push(one);
    count(-1);
    tell(one)(`${say(`done.${verdict}`)} ${desk.counted("applies", made.applies_to.mentions)}`);
    show(one);
    more = next(one);
    fetchMore();
    focus(more);
  };
  const correct = (one, thing) => decide(one, "corrected", { correction: thing });

  const undo = async (one) => {
    const last = one?.classList.contains("decided") ? one : undone.at(-1);
    if (!last) return desk.tell(say("nothing-to-undo"));
    const gone = await desk.attempt(() => call("DELETE", last.decision), tell(last));
    if (!gone) return;
    undone.splice(undone.indexOf(last), 1);
    last.classList.remove("decided");
    count(1);
    tell(last)(say("undone"));
    [...list.children].filter((other) => other.bar).forEach(show);
    focus(last);
  };

  const ask = (one) => {
    if (one.querySelector(".correct")) return one.querySelector(".correct input").focus();
    const id = `correct-${[...list.children].indexOf(one)}`;
    const input = element("input", { id, dir: "auto", autocomplete: "off", "data-suggest": "choose" });
    input.addEventListener("chosen", (event) => correct(one, pathOf(event.detail.id)));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || input.getAttribute("aria-expanded") === "true") return;
      box.remove();
      one.focus();
    });
    const box = element("p", { class: "correct" }, element("label", { for: id }, say("correct-to")), input);
    one.bar.before(box);
    suggest(input);
    input.focus();
  };

  const run = (act, one) => {
    if (act === "accept") decide(one, "accepted");
    else if (act === "reject") decide(one, "rejected", { reason: reason.value });
    else if (act === "correct") ask(one);
    else if (act === "undo") undo(one);
    else if (!one.classList.contains("decided")) {
      one.classList.add("skipped");
      const after = next(one);
      // What was left out comes again when all others are through.
      if (after) focus(after);
      else {
        list.querySelectorAll(".skipped").forEach((other) => other.classList.remove("skipped"));
        focus(open()[0]);
      }
      fetchMore();
    }
  };

  list.addEventListener("keydown", (event) => {
    const one = event.target.closest(".case");
    if (!one?.bar || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = [...list.children];
      all[all.indexOf(one) + step]?.focus();
      return event.preventDefault();
    }
    // On a keyboard of another script the key at the same place counts.
    const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
    const act = acts.find(([known]) => known === key)?.[1];
    if (!act) return;
    event.preventDefault();
    run(act, one);
  });

  let fetching = false;
  const fetchMore = async () => {
    const link = paging?.querySelector("a");
    if (!link || fetching || open().length > AHEAD) return;
    fetching = true;
    const answer = await fetch(link.href).catch(() => undefined);
    fetching = false;
    if (!answer?.ok) return;
    // A page of our own, made and escaped by the service; its scripts do not run.
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const known = new Set([...list.children].map((one) => one.dataset.mention));
    for (const one of page.querySelectorAll(".case")) {
      if (known.has(one.dataset.mention)) continue;
      list.append(document.adoptNode(one));
      prepare(one);
    }
    const further = page.querySelector(".paging a");
    if (further) link.href = further.getAttribute("href");
    else link.remove();
  };

  [...list.children].forEach(prepare);
  begin.focus();
}
