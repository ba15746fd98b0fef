// The plain dialect over a WebSocket: events, pages and changes on one connection.

import { Failure, asFailure } from "./failure.js";
import { spelled } from "./rest.js";

/** @import { Change, Named, Page, PageQuery, Position, Stored } from "../bell.js" */
/** @import { Hearer } from "./lines.js" */
/** @import { Rest } from "./rest.js" */

const QUIET = 25_000; // after so many milliseconds without a word the server is asked for one
const PATIENCE = 10_000; // and for so long an answer is waited for

const SIGN_IN = new Set(["unauthenticated", "invalid_token", "denied"]);
const LATER = new Set(["failed", "limit"]);

export class Socket {
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {Map<number, { done: (reply: any) => void, failed: (error: Failure) => void }>} */
  #asked = new Map();
  #ids = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;
  #ended = false;

  /**
   * @param {Rest} rest where it is
   * @param {Position | null} after what is known
   * @param {Hearer} hearer
   */
  constructor(rest, after, hearer) {
    this.rest = rest;
    this.hearer = hearer;
    this.#open(after).catch((error) => this.#end(asFailure(error)));
  }

  /** @param {PageQuery} query @returns {Promise<Page>} */
  async page({ limit, state, before }) {
    const page = await this.#ask({ request: "page", limit, state, before });
    const entries = page.entries.map((/** @type {any} */ { data, ...entry }) => ({
      ...entry,
      notification: data,
    }));
    return { ...page, entries, cursor: page.cursor ?? null };
  }

  /** @param {Change} change @param {Named} named @param {string} id @returns {Promise<Stored>} */
  mark(change, named, id) {
    return this.#ask({ request: "mark", change, ...named, event_id: id });
  }

  /** Make sure that it is alive; if not, it ends. @param {number} [patience] milliseconds */
  check(patience = PATIENCE / 2) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#send({ request: "ping", id: 0 });
    this.#expect(patience, () => this.#end(new Failure("unreachable", "the server is silent")));
  }

  /** @param {Failure} [failure] */
  close(failure = new Failure("unreachable", "the connection was closed")) {
    this.#end(failure);
  }

  /** @param {Position | null} after */
  async #open(after) {
    const token = await this.rest.credentials.token();
    const url = new URL("ws", this.rest.base);
    url.protocol = url.protocol.replace("http", "ws");
    if (!token) url.searchParams.set("ticket", await this.rest.ticket());
    if (!token && after) url.searchParams.set("after", spelled(after));
    if (this.#ended) return;
    const socket = (this.#socket = new WebSocket(url, "tidings.v1"));
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = ({ code }) => this.#end(this.#failure(code));
    if (token) socket.onopen = () => this.#authenticate(token, after);
    this.#expect(PATIENCE, () => this.#end(new Failure("unreachable", "no connection in time")));
  }

  /** @param {string} token @param {Position | null} after */
  #authenticate(token, after) {
    this.#ask({ request: "authenticate", token, after: after ?? undefined }).then(
      () => this.hearer.up(),
      (error) => this.#end(this.#refusal(error)),
    );
  }

  /** @param {any} frame */
  #take(frame) {
    this.#expect(QUIET, () => this.check(PATIENCE));
    if ("reply" in frame) this.#answer(frame);
    else if (frame.event === "tidings:reset") this.hearer.reset();
    else if (frame.event === "tidings:welcome") frame.channel && this.hearer.up();
    else if (frame.position) this.hearer.event(frame);
  }

  /** @param {any} frame */
  #answer({ reply, error, ...answer }) {
    const asked = this.#asked.get(reply);
    this.#asked.delete(reply);
    if (!error) return asked?.done(answer);
    const code = SIGN_IN.has(error.code) ? "denied" : LATER.has(error.code) ? "unreachable" : "refused";
    asked?.failed(new Failure(code, error.message));
  }

  /** @param {object} request @returns {Promise<any>} */
  #ask(request) {
    return new Promise((done, failed) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        return failed(new Failure("unreachable", "there is no connection just now"));
      }
      const id = (this.#ids += 1);
      this.#asked.set(id, { done, failed });
      this.#send({ ...request, id });
    });
  }

  /** @param {object} request */
  #send(request) {
    this.#socket?.send(JSON.stringify(request));
  }

  /** Let something happen if no frame comes for so long. @param {number} ms @param {() => void} then */
  #expect(ms, then) {
    clearTimeout(this.#watch);
    if (!this.#ended) this.#watch = setTimeout(then, ms);
  }

  /** @param {number} code of the close */
  #failure(code) {
    const failure = new Failure("unreachable", `the connection ended (${code})`);
    const proof = code === 4001 || code === 4002 || code === 4004;
    return proof ? this.#refusal(new Failure("denied", failure.message)) : failure;
  }

  /** What is refused now may be granted to another token. @param {Failure} failure */
  #refusal(failure) {
    const another = failure.code === "denied" && this.rest.credentials.refused();
    return another ? new Failure("unreachable", failure.message) : failure;
  }

  /** @param {Failure} failure */
  #end(failure) {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#watch);
    this.#socket?.close();
    for (const { failed } of this.#asked.values()) failed(failure);
    this.#asked.clear();
    this.hearer.end(failure);
  }
}
