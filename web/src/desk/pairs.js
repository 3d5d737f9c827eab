// Texts that seem to come again: whoever may decide says whether they do, where the service takes decisions on it.
import { element } from "../page.js";
import { call } from "./api.js";

const CALL = "/api/reviews/resemblances";

export async function start(desk) {
  const { say } = desk;
  const list = document.querySelector(".cases");
  if (!list) return;
  const known = await desk.attempt(() => call("GET", `${CALL}?limit=1`));
  // A service that tells no state of a proposal has no call that decides on one.
  if (!known?.resemblances[0]?.state) return;
  const reason = element("input", { id: "reason", dir: "auto", value: say("reason-resemblance"), maxlength: 1000, autocomplete: "off" });
  desk.tools.replaceChildren(element("p", {}, element("label", { for: "reason" }, say("reason")), reason));
  for (const one of list.children) {
    const { document: own, resembles } = one.dataset;
    const message = element("p", { role: "status", class: "state" });
    const bar = element("p", { class: "buttons acts" });
    const tell = (text) => (message.textContent = text);
    const offer = (...acts) => bar.replaceChildren(...acts.map(([key, act]) => element("button", { type: "button", onclick: act }, say(key))));
    const wait = () => offer(["accept", () => decide("accepted")], ["reject", () => decide("rejected")]);
    const decide = async (verdict) => {
      const more = verdict === "rejected" ? { reason: reason.value } : {};
      if (!(await desk.attempt(() => call("POST", CALL, { document: own, resembles, verdict, ...more }), tell))) return;
      tell(say(`done.${verdict}`));
      offer(["undo", undo]);
      bar.firstChild.focus();
    };
    const undo = async () => {
      const path = [own, resembles].map((id) => encodeURIComponent(id.replace("doc/", ""))).join("/");
      if (!(await desk.attempt(() => call("DELETE", `${CALL}/${path}`), tell))) return;
      tell(say("undone"));
      wait();
      bar.firstChild.focus();
    };
    wait();
    one.append(bar, message);
  }
}
