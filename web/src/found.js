// What was found, brought up to another address without loading the page anew: what a map or a timeline chooses is one
// more filter of the same search, and the address, the filters and the list of the page are what the server makes of it.
import { begin } from "./modules.js";

const followers = [];
let running = null;
let shown = location.pathname + location.search;

/** Has `tell` called whenever the page shows something else, as long as `place` stands on it. */
export const follow = (place, tell) => followers.push({ place, tell });

/** What the page says to a module: for the whole of it where it changes, else beside the module's own place. */
export const given = (place, name) => document.querySelector("[data-part=asked]")?.dataset[name] ?? place.dataset[name] ?? "";

/** This address, or another, with some parameters changed; the first page of what it asks for. */
export function address(changes, from = location.href) {
  const url = new URL(from, location.href);
  url.searchParams.delete("cursor");
  for (const [name, value] of Object.entries(changes)) {
    url.searchParams.delete(name);
    if (value) url.searchParams.append(name, value);
  }
  url.hash = "";
  return url;
}

/** Shows what another address asks for. */
export async function go(url, { remembers = true } = {}) {
  const parts = [...document.querySelectorAll("[data-part]")];
  if (!parts.length || url.pathname !== location.pathname) {
    location.href = url;
    return;
  }
  running?.abort();
  const own = (running = new AbortController());
  const main = document.querySelector("main");
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" }, signal: own.signal });
    // What is wrong with it is a page of its own.
    if (!answer.ok) return void (location.href = url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (remembers) history.pushState(null, "", url);
    shown = url.pathname + url.search;
    for (const part of parts) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (fresh) part.replaceWith(document.adoptNode(fresh));
    }
    const [here, there] = [document, page].map((one) => one.querySelector("a.language"));
    if (here && there) here.href = there.getAttribute("href");
    begin(document);
    const status = document.getElementById("told");
    if (status) status.textContent = document.querySelector("[data-part=total] h2")?.textContent ?? "";
    for (const { place, tell } of followers) if (place.isConnected) tell();
  } catch (error) {
    if (error.name !== "AbortError") location.href = url;
  } finally {
    if (running === own) main.removeAttribute("aria-busy");
  }
}

addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) go(new URL(location.href), { remembers: false });
});
