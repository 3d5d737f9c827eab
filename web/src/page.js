// What modules need to know of the page they work on.

export const lang = document.documentElement.lang;
export const isRightToLeft = document.documentElement.dir === "rtl";

/** The words of a module, as the page gives them. */
export const wordsOf = (place) => JSON.parse(place.dataset.words ?? "{}");

/** An element with attributes and children; nothing is ever parsed as HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The wording for this page, else one in another language; what overrides directions is left out. */
export const wording = (label) => {
  const words = label?.[lang] ?? Object.values(label ?? {})[0] ?? "";
  return words.replace(/[\u202A-\u202E\u2066-\u2069]/g, "");
};

/** Whether words begin from the right. */
export const dirOf = (words) => (/^[^A-Za-z\u0590-\u08FF]*[\u0590-\u08FF]/.test(words) ? "rtl" : "ltr");

/** The path of a thing under the base, `org/hrw`, whatever host the base names. */
export const pathOf = (iri) => /(?:doc|person|org|place|event|claim|collection)\/[^/#?]+$/.exec(iri)?.[0] ?? iri;

/** The page of a thing in the language of this one. */
export const pageOf = (iri) => `/${pathOf(iri)}?lang=${lang}`;

/** JSON from an address of ours. */
export async function ask(path, parameters, signal) {
  const query = new URLSearchParams(parameters);
  const answer = await fetch(`${path}?${query}`, { headers: { accept: "application/json" }, signal });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? answer.statusText);
  return answer.json();
}
