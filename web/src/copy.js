// A button beside each text that is to be taken elsewhere.
import { element, wordsOf } from "./page.js";

export function start(place) {
  const words = wordsOf(place);
  const status = element("span", { role: "status", class: "small" });
  for (const head of place.querySelectorAll("h3")) {
    const text = () => head.parentNode.querySelector("code").textContent;
    const copy = () => navigator.clipboard?.writeText(text()).then(() => (status.textContent = words.copied), () => (status.textContent = words.failed));
    head.after(element("button", { type: "button", "data-copy": head.textContent, onclick: copy }, `${words.copy} `, element("bdi", { dir: "ltr" }, head.textContent)));
  }
  place.querySelector("summary").after(status);
}
