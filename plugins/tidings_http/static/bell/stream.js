// Server-sent events, read by hand: so a token can stand in a header, a refusal can be told from
// an outage, and a connection that died in its sleep is found out.

import { Failure, asFailure } from "./failure.js";
import { spelled } from "./rest.js";

/** @import { Position } from "../bell.js" */
/** @import { Hearer } from "./lines.js" */
/** @import { Rest } from "./rest.js" */

const SILENCE = 40_000; // the server says something every 15 seconds
const LONGEST = 1 << 20;

export class Stream {
  #ending = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;
  #heard = Date.now();

  /** @param {Rest} rest @param {Position | null} after @param {Hearer} hearer */
  constructor(rest, after, hearer) {
    this.hearer = hearer;
    this.#read(rest, after).then(
      () => this.close(),
      (error) => this.close(asFailure(error)),
    );
  }

  /** Make sure that it is alive; if not, it ends. */
  check() {
    if (Date.now() - this.#heard > SILENCE / 2) this.#silent();
  }

  /** @param {Failure} [failure] */
  close(failure = new Failure("unreachable", "the connection was closed")) {
    if (this.#ending.signal.aborted) return;
    clearTimeout(this.#watch);
    this.#ending.abort();
    this.hearer.end(failure);
  }

  /** @param {Rest} rest @param {Position | null} after */
  async #read(rest, after) {
    this.#alive();
    const query = after ? `?after=${encodeURIComponent(spelled(after))}` : "";
    const { signal } = this.#ending;
    const response = await rest.ask(`inbox/events${query}`, { signal });
    const body = /** @type {ReadableStream<Uint8Array>} */ (response.body);
    for await (const { event, data } of messages(body, () => this.#alive())) {
      if (signal.aborted) return;
      if (event === "tidings:welcome") this.hearer.up();
      else if (event === "tidings:reset") this.hearer.reset();
      else this.hearer.event({ event, ...JSON.parse(data) });
    }
  }

  #alive() {
    this.#heard = Date.now();
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#silent(), SILENCE);
  }

  #silent() {
    this.close(new Failure("unreachable", "the server is silent"));
  }
}

/**
 * Read an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} alive is called whenever something came
 */
export async function* messages(body, alive) {
  const decoder = /** @type {TransformStream<Uint8Array, string>} */ (new TextDecoderStream());
  const reader = body.pipeThrough(decoder).getReader();
  for (let rest = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    const parts = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = parts.pop() ?? "";
    if (rest.length > LONGEST) throw new Failure("refused", "an event is too long");
    yield* parts.map(message).filter((each) => each.data);
  }
}

/** @param {string} text */
function message(text) {
  const fields = { event: "message", data: "" };
  for (const line of text.split("\n")) {
    const [, name, value] = /^(event|data): ?(.*)$/.exec(line) ?? [];
    if (name === "event") fields.event = value;
    if (name === "data") fields.data += value;
  }
  return fields;
}
