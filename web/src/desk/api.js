// Calls of the API with a token. It is kept for as long as the window is open, goes into a header and nowhere else.
import { lang } from "../page.js";

const KEY = "isnad-token";
export const token = {
  get: () => sessionStorage.getItem(KEY),
  keep: (secret) => sessionStorage.setItem(KEY, secret),
  forget: () => sessionStorage.removeItem(KEY),
};

/** What the service objects to, in the language of the page. */
export class Objection extends Error {
  constructor(status, problem) {
    super([problem.title, problem.detail].filter(Boolean).join(": ") || String(status));
    this.status = status;
  }
}

/** Asks the service; `body` is an object for JSON, or a blob with its own type. */
export async function call(method, path, body) {
  const headers = { accept: "application/json", "accept-language": lang, authorization: `Bearer ${token.get()}` };
  if (body && !(body instanceof Blob)) {
    headers["content-type"] = "application/json";
    body = JSON.stringify(body);
  } else if (body) {
    headers["content-type"] = body.type || "application/octet-stream";
  }
  const answer = await fetch(path, { method, headers, body, credentials: "omit", cache: "no-store" });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Objection(answer.status, said);
  return said;
}
