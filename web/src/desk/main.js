// The desk: whoever shows a token that is good gets the means to act. What is shown to all stands in the page already.
import { dirOf, element, wordsOf } from "../page.js";
import { call, token } from "./api.js";

const parts = {
  links: () => import("./queue.js"),
  comments: () => import("./inbox.js"),
  assess: () => import("./forms.js"),
  add: () => import("./forms.js"),
  resemblances: () => import("./pairs.js"),
};
const NEEDED = { links: "reviewer", comments: "moderator", assess: "reviewer", add: "archivist", resemblances: "reviewer" };

export function start(place) {
  const words = wordsOf(place);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const desk = {
    part: place.dataset.part,
    say: (key) => words[key] ?? key,
    counted: (key, n) => (words[`${key}#${plural.select(n)}`] ?? "{n}").replace("{n}", n),
    tools: element("div", { class: "means" }),
  };
  const state = element("p", { role: "status", class: "state" });
  const who = element("div");
  place.append(who, desk.tools, state);

  desk.tell = (text) => (state.textContent = text);
  /** Does something and tells what the service objects to; a token that is refused is asked for again. */
  desk.attempt = async (what, tell = desk.tell) => {
    tell("");
    try {
      return await what();
    } catch (error) {
      if (error.status === 401) {
        token.forget();
        ask();
      }
      tell(error.status ? error.message : desk.say("failed"));
      return undefined;
    }
  };

  const ask = () => {
    desk.tools.replaceChildren();
    document.body.classList.remove("at-work");
    const input = element("input", { id: "token", type: "password", autocomplete: "off", required: true, dir: "ltr" });
    const form = element("form", { class: "query" },
      element("p", {}, element("label", { for: "token" }, desk.say("token")), input),
      element("p", { class: "buttons" }, element("button", { class: "main" }, desk.say("sign-in"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      token.keep(input.value.trim());
      enter(true);
    });
    who.replaceChildren(form);
  };

  const enter = async (isNew) => {
    const caller = await desk.attempt(() => call("GET", "/api/tokens/own"));
    if (!caller) {
      // A token that tells of nobody is of no use, whatever the objection was.
      if (isNew && token.get()) ask();
      return;
    }
    const name = caller.name ?? caller.by;
    const leave = element("button", { type: "button", onclick: () => { token.forget(); location.reload(); } }, desk.say("sign-out"));
    who.replaceChildren(element("p", { class: "buttons" }, element("span", {}, desk.say("signed-in"), " ", element("bdi", { dir: dirOf(name) }, name), ` (${desk.say(`role.${caller.role}`)})`), leave));
    if (!caller.may.includes(NEEDED[desk.part])) {
      desk.tell(`${desk.say("needs")} ${desk.say(`role.${NEEDED[desk.part]}`)}`);
      return;
    }
    document.body.classList.add("at-work");
    (await parts[desk.part]()).start(desk);
  };

  if (token.get()) enter();
  else ask();
}
