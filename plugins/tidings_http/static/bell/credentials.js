// Who is asking: a token, a function that gets one, or nothing but the page's cookies.

import { PATIENCE, failure } from "./answers.js";

/** @import { TokenSource } from "../bell.js" */

export class Credentials {
  #source;
  /** @type {string | null} */
  #known = null;

  /** @param {TokenSource | undefined} source */
  constructor(source) {
    this.#source = source;
  }

  /** Return the token; null: the browser's cookies say it. @returns {Promise<string | null>} */
  async token() {
    if (typeof this.#source !== "function") return this.#source || null;
    return (this.#known ??= await this.#source());
  }

  /** Forget a token that was refused; return whether another can be had. */
  refused() {
    this.#known = null;
    return typeof this.#source === "function";
  }
}

/** Return a function that gets a token by POST: as text, or as JSON's `token`. @param {URL} url */
export function tokenFrom(url) {
  return async () => {
    const response = await fetch(url, { method: "POST", signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw await failure(response);
    const json = response.headers.get("content-type")?.includes("json");
    return json ? (await response.json()).token : (await response.text()).trim();
  };
}
