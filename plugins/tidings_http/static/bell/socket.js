// The plain dialect over a WebSocket: what happens, and what was missed.
// docs/reference/websocket-protocol.md describes it.

import { Failure, asFailure } from "./failure.js";
import { spelled } from "./rest.js";

/** @import { Position } from "../bell.js" */
/** @import { Hearer } from "./lines.js" */
/** @import { Rest } from "./rest.js" */

const QUIET = 25_000; // after so many milliseconds without a word the server is asked for one
const ANSWERED = 5_000; // and for so long an answer is waited for

export class Socket {
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;
  #ended = false;

  /** @param {Rest} rest @param {Position | null} after @param {Hearer} hearer */
  constructor(rest, after, hearer) {
    this.hearer = hearer;
    this.#open(rest, after).catch((error) => this.close(asFailure(error)));
  }

  /** Make sure that it is alive; if not, it ends. */
  check() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send('{"request":"ping","id":0}');
    this.#expect(ANSWERED, () => this.close(new Failure("unreachable", "the server is silent")));
  }

  /** @param {Failure} [failure] */
  close(failure = new Failure("unreachable", "the connection was closed")) {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#watch);
    this.#socket?.close();
    this.hearer.end(failure);
  }

  /** @param {Rest} rest @param {Position | null} after */
  async #open(rest, after) {
    const query = new URLSearchParams({ ticket: await rest.ticket() });
    if (after) query.set("after", spelled(after));
    if (this.#ended) return;
    const url = new URL(`ws?${query}`, rest.base);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url, "tidings.v1");
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    this.#socket.onclose = () => this.close();
    this.#expect(QUIET, () => this.close());
  }

  /** @param {any} frame */
  #take(frame) {
    if (this.#ended) return;
    this.#expect(QUIET, () => this.check());
    if (frame.event === "tidings:welcome") this.hearer.up();
    else if (frame.event === "tidings:reset") this.hearer.reset();
    else this.hearer.event(frame);
  }

  /** Do this if no frame comes for so long. @param {number} time @param {() => void} then */
  #expect(time, then) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(then, time);
  }
}
