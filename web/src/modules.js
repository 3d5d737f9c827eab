// The modules that make parts of a page better, each loaded where a part asks for it, and the large ones of those that
// are further down only when somebody comes near them.

const modules = {
  graph: () => import("./graph/main.js"),
  copy: () => import("./copy.js"),
  desk: () => import("./desk/main.js"),
  editor: () => import("./editor.js"),
  map: () => import("./map/main.js"),
  timeline: () => import("./timeline.js"),
};
const LATER = ["map"];

const load = (place) => modules[place.dataset.module]?.().then((module) => place.isConnected && module.start(place));

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    load(target);
  }
}, { rootMargin: "300px" });

/** Begins what has not begun in a part of the page. */
export function begin(part) {
  for (const place of part.querySelectorAll("[data-module]")) {
    if (place.dataset.begun !== undefined) continue;
    place.dataset.begun = "";
    if (LATER.includes(place.dataset.module)) near.observe(place);
    else load(place);
  }
}
