// Names while somebody types, as a list that follows the keyboard (the combobox pattern of ARIA).
import { ask, dirOf, element, pageOf, pathOf, wording } from "./page.js";

const WAIT = 150;
let count = 0;

export function start(input) {
  const id = `suggestions-${++count}`;
  const list = element("ul", { id, class: "suggestions", role: "listbox", "aria-label": input.labels?.[0]?.textContent ?? "", hidden: true });
  document.body.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" })) {
    input.setAttribute(name, value);
  }
  let timer, running, at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    const options = [...list.children];
    if (!options.length) return;
    at = (next + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    options[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[at].id);
  };
  // In the graph a name is one more thing to begin with, in a form what is filled in, elsewhere its page.
  const choose = (suggestion) => {
    if (input.dataset.suggest === "value") {
      input.value = pathOf(suggestion.id);
      return close();
    }
    if (input.dataset.suggest === "choose") {
      input.value = wording(suggestion.label) || suggestion.name;
      close();
      input.dispatchEvent(new CustomEvent("chosen", { detail: suggestion }));
      return;
    }
    if (input.dataset.suggest !== "graph") {
      location.href = pageOf(suggestion.id);
      return;
    }
    const here = new URL(location.href);
    here.searchParams.append("id", pathOf(suggestion.id));
    if (here.pathname !== "/graph") here.pathname = "/graph";
    location.href = here;
  };
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((suggestion, index) => {
      const words = wording(suggestion.label) || suggestion.name;
      const kind = element("span", { class: `mark ${suggestion.kind}`, "aria-hidden": "true" }, "\u25CF");
      const option = element("li", { id: `${id}-${index}`, role: "option", "aria-selected": "false" }, element("bdi", { dir: dirOf(words) }, words), kind);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(suggestion);
      });
      option.chosen = () => choose(suggestion);
      return option;
    }));
    if (!suggestions.length) return close();
    const box = input.getBoundingClientRect();
    list.style.top = `${box.bottom + scrollY + 4}px`;
    list.style.left = `${box.left + scrollX}px`;
    list.style.width = `${Math.max(box.width, 200)}px`;
    list.hidden = false;
    at = -1;
    input.setAttribute("aria-expanded", "true");
  };
  const look = async () => {
    running?.abort();
    const typed = input.value.trim();
    if (typed.length < 2) return close();
    running = new AbortController();
    try {
      show((await ask("/api/suggest", { q: typed, limit: 8 }, running.signal)).suggestions);
    } catch {
      // A suggestion that does not come is not missed.
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "ArrowDown" && !list.hidden) mark(at + 1);
    else if (event.key === "ArrowUp" && !list.hidden) mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) list.children[at].chosen();
    else return;
    event.preventDefault();
  });
}
