// What readers have sent: published, answered, taken over or declined. All of it is somebody's words, and stays words.
import { dirOf, element, lang, wording } from "../page.js";
import { start as suggest } from "../suggest.js";
import { call } from "./api.js";

const STATES = ["received", "published", "declined"];
const MOST = 50;

export function start(desk) {
  const { say } = desk;
  const list = document.querySelector("[data-inbox]");
  const states = element("select", { id: "state" }, ...STATES.map((state) => element("option", { value: state }, say(`comment.${state}`))));
  states.addEventListener("change", () => fill());
  const left = element("strong", { class: "left" });
  desk.tools.replaceChildren(element("p", { class: "buttons" }, element("label", { for: "state" }, say("comment.state")), states, left));

  const own = (text, name = "span") => element(name, { dir: dirOf(text), class: "words" }, ...text.split("\n").flatMap((line, at) => (at ? [element("br"), line] : [line])));

  const show = (comment) => {
    const message = element("p", { role: "status", class: "state" });
    const box = element("div");
    const { sender } = comment;
    const said = [sender?.name, sender?.contact].filter(Boolean);
    const one = element("li", { class: "case" },
      element("p", { class: "hit-kind" }, say(`comment.${comment.kind}`), " \u00B7 ", element("bdi", { dir: "ltr" }, comment.at.slice(0, 10)), " \u00B7 ", element("a", { href: `/${comment.about.replace("#", `?lang=${lang}#`)}${comment.about.includes("#") ? "" : `?lang=${lang}`}` }, element("bdi", { dir: "ltr", class: "code" }, comment.about))),
      own(comment.text, "blockquote"),
      ...(said.length ? [element("p", { class: "small" }, say("comment.sender"), " ", ...said.flatMap((text) => [element("bdi", {}, text), " "]), sender.consents ? say("comment.consents") : "")] : []),
      ...(comment.answer ? [element("p", {}, say("comment.answered"), " ", own(comment.answer))] : []),
      ...(comment.reason ? [element("p", {}, say("reason"), " ", own(comment.reason))] : []));
    const act = async (request) => {
      const after = await desk.attempt(() => call("POST", comment.href, request), (text) => (message.textContent = text));
      if (!after) return;
      one.replaceChildren(element("p", { role: "status", tabindex: -1 }, say(`comment.done.${request.action}`)));
      one.firstChild.focus();
      count(-1);
    };
    const form = (fields, make) => {
      const inputs = fields.map(([name, label, isLong, value]) => {
        const id = `${name}-${comment.href.split("/").pop()}`;
        const input = element(isLong ? "textarea" : "input", { id, dir: "auto", required: true, autocomplete: "off", ...(name === "thing" ? { "data-suggest": "choose" } : {}) });
        input.value = value ?? "";
        if (name === "thing") {
          input.addEventListener("chosen", (event) => (input.value = /(?:doc|person|org|place|event)\/[^/]+$/.exec(event.detail.id)?.[0] ?? wording(event.detail.label)));
          suggest(input);
        }
        return [name, input, element("p", {}, element("label", { for: id }, say(label)), input)];
      });
      const made = element("form", { class: "query letter" }, ...inputs.map(([, , row]) => row), element("p", { class: "buttons" }, element("button", { class: "main" }, say("send"))));
      made.addEventListener("submit", (event) => {
        event.preventDefault();
        act(make(Object.fromEntries(inputs.map(([name, input]) => [name, input.value.trim()]))));
      });
      box.replaceChildren(made);
      inputs[0][1].focus();
    };
    const isLink = comment.about.includes("#m-");
    const button = (key, onclick) => element("button", { type: "button", onclick }, say(key));
    const buttons = [
      comment.state === "received" && button("comment.publish", () => act({ action: "publish" })),
      comment.state !== "declined" && button("comment.answer", () => form([["answer", "comment.answer-words", true, comment.answer]], ({ answer }) => ({ action: "answer", answer }))),
      comment.state !== "declined" && comment.kind === "correction" && button("comment.correct", () => (isLink
        ? form([["thing", "correct-to"]], ({ thing }) => ({ action: "correct", thing }))
        : form([["property", "comment.property", false, "dct:title"], ["from", "comment.from", true], ["to", "comment.to", true]], (values) => ({ action: "correct", ...values })))),
      comment.state === "received" && button("comment.decline", () => form([["reason", "comment.decline-why", true]], ({ reason }) => ({ action: "decline", reason }))),
    ];
    one.append(element("p", { class: "buttons acts" }, ...buttons.filter(Boolean)), box, message);
    return one;
  };

  let waiting = 0;
  const count = (by) => {
    waiting += by;
    left.textContent = desk.counted("comments", waiting);
  };
  const fill = async () => {
    const found = await desk.attempt(() => call("GET", `/api/comments?state=${states.value}&limit=${MOST}`));
    if (!found) return;
    waiting = found.total;
    count(0);
    list.replaceChildren(...found.comments.map(show));
  };
  fill();
}
