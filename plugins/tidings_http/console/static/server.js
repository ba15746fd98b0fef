// Asking the server: with the token that was entered, which stays in this variable and nowhere else.

/** What the server refused, in its words. */
export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }

  /** Whether somebody else must ask, or the same with another token. */
  get isOfWhoAsks() {
    return this.status === 401 || this.status === 403;
  }
}

export class Server {
  #token = null;

  /** Whether it asks with a token. */
  get identified() {
    return this.#token !== null;
  }

  /** Ask with a token from now on; with null, with the browser's cookies alone. */
  identify(token) {
    this.#token = token;
  }

  /** Ask for what stands at a path beside this page, or send something there. */
  async ask(path, body) {
    const headers = {};
    if (this.#token !== null) headers.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
    const told = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refused(response.status, told.detail ?? `status ${response.status}`);
    return told;
  }
}
