// What every page loads: it finds what on the page can be made better, and loads the module that does it.
// A page is whole without any of this.
import { begin } from "./modules.js";

begin(document);

// Names while somebody types: loaded with the first letter.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  input.addEventListener("focus", () => import("./suggest.js").then((module) => module.start(input)), { once: true });
}

// The other language keeps what is shown and where somebody stands in the page.
document.querySelector("a.language")?.addEventListener("click", (event) => (event.currentTarget.hash = location.hash));

// What is shown while something has the focus or is pointed at goes away with Escape.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.activeElement?.closest(".mention")) document.activeElement.blur();
});
