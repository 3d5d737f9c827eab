// The query editor: colours, completion from the archive's own words and things, errors where they are, run and stop.
// It stands in a shadow root, where its styles need no leave of the content security policy; the form's own text area
// keeps what is typed, so that whatever the form can do it still does.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { begin } from "./modules.js";
import { ask, element, lang, pathOf, wording, wordsOf } from "./page.js";

const KEYWORDS = "SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS BIND VALUES GRAPH SERVICE ORDER BY GROUP BY HAVING LIMIT OFFSET CONSTRUCT DESCRIBE ASK PREFIX COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG CONTAINS REGEX BOUND EXISTS NOT".split(" ");

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--document)" },
  { tag: [tags.atom, tags.url, tags.labelName], color: "var(--place)" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--event)" },
  { tag: [tags.number, tags.bool], color: "var(--person)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

const theme = EditorView.theme({
  "&": { fontSize: "14px", color: "var(--ink)", backgroundColor: "var(--sheet)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "14rem", maxHeight: "70vh", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--line) 30%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--accent) 25%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--muted)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", marginInlineStart: "1em" },
});

let terms;

/** The classes and properties of the ontology, asked for once. */
async function ontology() {
  terms ??= fetch("/ontology.jsonld").then((answer) => answer.json()).then((found) => {
    const known = new Map();
    const walk = (thing) => {
      if (Array.isArray(thing)) thing.forEach(walk);
      else if (thing && typeof thing === "object") {
        const name = String(thing.id ?? thing["@id"] ?? "").replace(/^isn:|^.*ontology#/, "");
        const types = [thing.type ?? thing["@type"] ?? []].flat().join(" ");
        const kind = /Class/.test(types) ? "class" : /Property/.test(types) ? "property" : null;
        if (kind && /^\w+$/.test(name)) known.set(name, { name, kind, label: labelOf(thing) });
        Object.values(thing).forEach(walk);
      }
    };
    walk(found["@graph"] ?? found);
    return [...known.values()];
  });
  return terms;
}

/** The label of a term in each language, however the context writes it. */
function labelOf(thing) {
  const label = thing["rdfs:label"] ?? thing.label ?? thing.prefLabel ?? {};
  if (!Array.isArray(label) && !label["@value"]) return typeof label === "string" ? { en: label } : label;
  return Object.fromEntries([label].flat().map((one) => [one["@language"] ?? "en", one["@value"] ?? String(one)]));
}

const both = (label) => [...new Set([label?.[lang], label?.[lang === "ar" ? "en" : "ar"]].filter(Boolean))].join(" \u00B7 ");

/** What can stand at the cursor. */
function completions(prefixes, words) {
  return async (context) => {
    const own = context.matchBefore(/isn:\w*/);
    if (own) {
      const options = (await ontology()).map(({ name, kind, label }) => ({ label: `isn:${name}`, detail: both(label), type: kind }));
      return { from: own.from, options, validFor: /^isn:\w*$/ };
    }
    const variable = context.matchBefore(/\?\w*/);
    if (variable) {
      const known = new Set(context.state.doc.toString().match(/\?\w+/g));
      known.delete(variable.text);
      return { from: variable.from, options: [...known].map((label) => ({ label, type: "variable" })), validFor: /^\?\w*$/ };
    }
    const thing = context.matchBefore(/<[^<>\s]*|[\p{L}\p{M}][\p{L}\p{M}\d-]*/u);
    if (!thing || (thing.text.length < 2 && !context.explicit)) return null;
    const typed = thing.text.replace(/^<(?:\w+\/)?/, "");
    const begun = thing.text.toUpperCase();
    const plain = thing.text.startsWith("<") ? [] : [
      ...KEYWORDS.filter((word) => word.startsWith(begun)).map((label) => ({ label, type: "keyword", boost: 2 })),
      ...Object.entries(prefixes).filter(([prefix]) => prefix.startsWith(thing.text)).map(([prefix, iri]) => ({ label: `${prefix}:`, detail: iri, type: "namespace", boost: 1 })),
    ];
    const named = typed.length < 2 ? [] : (await ask("/api/suggest", { q: typed, limit: 12 }).catch(() => ({ suggestions: [] }))).suggestions;
    const things = named.map(({ id, label, name, weight }) => ({
      label: wording(label) || name,
      detail: `${both(label) === wording(label) ? "" : both(label)} <${pathOf(id)}> ${weight} ${words.uses}`,
      apply: `<${pathOf(id)}>`,
      type: "constant",
    }));
    // The service has chosen among names by sound and spelling: what it gives is not sifted again.
    return { from: thing.from, options: [...plain, ...things], filter: false };
  };
}

export function start(form) {
  const area = form.querySelector("textarea");
  const state = document.getElementById("state");
  const words = wordsOf(form);
  const host = element("div", { class: "editor", dir: "ltr", lang: "en" });
  const root = host.attachShadow({ mode: "open" });
  const inner = document.createElement("div");
  root.append(inner);
  area.before(host);
  const runner = new Runner(form, state, words);
  const view = new EditorView({
    root,
    parent: inner,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), closeBrackets(), lintGutter(),
        StreamLanguage.define(sparql), syntaxHighlighting(colours), theme,
        autocompletion({ override: [completions(JSON.parse(form.dataset.prefixes ?? "{}"), words)] }),
        EditorView.contentAttributes.of({ "aria-label": words.label, spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) area.value = update.state.doc.toString();
        }),
        keymap.of([
          { key: "Mod-Enter", run: () => (runner.run(view), true) },
          { key: "Mod-/", run: toggleComment },
          ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab,
        ]),
      ],
    }),
  });
  // The text area stays in the form with what is typed; a person sees one of the two.
  area.hidden = true;
  area.required = false;
  form.querySelector("label[for=query]").addEventListener("click", () => view.focus());
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) return;
    event.preventDefault();
    runner.run(view);
  });
  host.view = view;
  // A way to look at the answer is written into the query and asked for without leaving the page.
  form.parentNode.addEventListener("click", (event) => {
    const way = event.target.closest?.("a[data-view]");
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const query = remembered(view.state.doc.toString(), way.dataset.view);
    if (query !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });
    runner.run(view, way.dataset.view).then(() => document.querySelector(`a[data-view="${way.dataset.view}"]`)?.focus());
  });
}

/** The query with a way to look at its answer in its head; a table needs no remembering. */
export function remembered(query, way) {
  const lines = query.split("\n");
  const body = lines.findIndex((line) => !/^\s*(#|$)/.test(line));
  const kept = lines.filter((line, at) => (body >= 0 && at >= body) || !/^\s*#\s*view:/.test(line)).join("\n");
  return way === "table" ? kept : `# view: ${way}\n${kept}`;
}

/** Runs the query in its page, and can be stopped. */
class Runner {
  constructor(form, state, words) {
    Object.assign(this, { form, state, words });
    this.stop = element("button", { type: "button", hidden: true, onclick: () => this.running?.abort() }, words.stop);
    form.querySelector("button.main").after(" ", this.stop);
  }

  async run(view, way = "") {
    this.running?.abort();
    const running = (this.running = new AbortController());
    this.stop.hidden = false;
    this.state.textContent = this.words.running;
    view.dispatch(setDiagnostics(view.state, []));
    const query = new URLSearchParams({ lang, query: view.state.doc.toString() });
    if (way) query.set("view", way);
    try {
      const answer = await fetch(`/sparql?${query}`, { headers: { accept: "application/problem+json, text/html;q=0.9" }, signal: running.signal });
      if (!answer.ok) return this.#tell(view, await answer.json());
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("answer")?.closest("section");
      const here = document.getElementById("answer")?.closest("section") ?? document.getElementById("help")?.closest("section");
      if (found && here) here.replaceWith(document.adoptNode(found));
      begin(document);
      this.state.textContent = "";
      // What was asked is the address, as it is without a script.
      window.history.replaceState(null, "", `/sparql?${query}`);
      const other = document.querySelector("a.language");
      if (other) other.href = page.querySelector("a.language").getAttribute("href");
    } catch (error) {
      this.state.textContent = error.name === "AbortError" ? this.words.stopped : error.message;
    } finally {
      if (this.running === running) this.stop.hidden = true;
    }
  }

  /** Shows what is wrong, where it is. */
  #tell(view, problem) {
    const place = problem.line ? ` ${this.words.line} ${problem.line}, ${this.words.column} ${problem.column ?? 1}` : "";
    this.state.replaceChildren(element("bdi", { dir: "ltr", lang: "en" }, `${problem.detail ?? problem.title}`), place);
    if (!problem.line) return;
    const { doc } = view.state;
    const line = doc.line(Math.min(Math.max(problem.line, 1), doc.lines));
    const at = Math.min(line.from + Math.max((problem.column ?? 1) - 1, 0), line.to);
    const from = at === line.to && at > line.from ? at - 1 : at;
    view.dispatch(setDiagnostics(view.state, [{ from, to: Math.min(from + 1, doc.length), severity: "error", message: problem.detail }]));
    view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
    view.focus();
  }
}
