// Keeps a copy of an inbox up to date: connects, reads the first page, applies what happens behind
// it, and comes back from wherever it was cut off.

import { delay, pause } from "./backoff.js";
import { Failure, asFailure } from "./failure.js";

/** @import { Backoff, Happening, Status } from "../bell.js" */
/** @import { Copy } from "./copy.js" */
/** @import { Line, Lines } from "./lines.js" */

/**
 * @typedef {object} Told
 * @property {(event: Happening) => void} event was applied
 * @property {() => void} paged the first page was read
 * @property {(status: Status, failure: Failure | null) => void} status
 */

const HELD = 1_000; // so many events may come while a page is read; if more, it is read again

const IN_VAIN = 2; // after so many failures pages are read at each: perhaps only the line is barred

export class Follower {
  /** @type {Line | null} */
  line = null;
  /** @type {Happening[] | null} Not null while the first page is read. */
  #held = null;
  #failures = 0;
  #running = Promise.resolve();
  #stop = new AbortController();
  #wake = new AbortController();

  /**
   * @param {Copy} copy
   * @param {Lines} lines
   * @param {{ limit: number, backoff: Backoff }} options
   * @param {Told} told
   */
  constructor(copy, lines, options, told) {
    this.copy = copy;
    this.lines = lines;
    this.options = options;
    this.told = told;
  }

  /** Whether the first page is being read. */
  get reading() {
    return this.#held !== null;
  }

  /** Follow until `stop`. */
  start() {
    const { signal } = (this.#stop = new AbortController());
    this.#failures = 0;
    this.#running = this.#running.then(() => this.#run(signal)); // one connection at a time
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    while (!signal.aborted) {
      if (!this.#failures) this.told.status("connecting", null);
      const failure = await this.#session(signal).catch(asFailure);
      if (signal.aborted) return;
      this.told.status(failure.code === "unreachable" ? "offline" : "failed", failure);
      this.#wake = new AbortController();
      const forever = failure.code !== "unreachable";
      const wait = forever ? 2 ** 31 - 1 : delay((this.#failures += 1), this.options.backoff);
      await pause(wait, this.#wake.signal);
    }
  }

  stop() {
    this.#stop.abort();
    this.#wake.abort();
    this.line?.close();
    this.lines.leave();
  }

  /** Try now rather than later; make sure that the connection is alive. */
  retry() {
    this.#wake.abort();
    this.line?.check();
  }

  /** Read the first page anew. */
  async read() {
    if (this.#held) return;
    this.#held = [];
    try {
      await this.#load();
    } catch (error) {
      this.#held = null;
      if (!this.line) throw error;
      this.line.close(asFailure(error));
    }
  }

  /** Connect, and follow until that ends; return why. @param {AbortSignal} signal */
  async #session(signal) {
    const without = !this.lines.recovers || this.#failures > IN_VAIN;
    if (!this.copy.position || without) await this.read();
    if (signal.aborted) return new Failure("unreachable", "stopped");
    try {
      return await new Promise((/** @type {(why: Failure) => void} */ end) => {
        const event = (/** @type {Happening} */ event) => this.#hear(event);
        const hearer = { up: () => this.#up(), event, reset: () => this.read(), end };
        this.line = this.lines.open(this.copy.position, hearer);
      });
    } finally {
      this.line = null;
      this.#held = null;
    }
  }

  async #up() {
    if (!this.lines.recovers) await this.read();
    if (!this.line) return;
    this.#failures = 0;
    this.told.status("live", null);
  }

  async #load() {
    const { line } = this;
    const page = await this.lines.rest.page({ ...this.copy.first, limit: this.options.limit });
    const held = this.#held;
    if (this.line !== line || !held) return; // cut off meanwhile: the next connection reads it
    this.#held = null;
    this.copy.load(page);
    this.told.paged();
    if (held.length > HELD) return this.read();
    for (const event of held) this.#hear(event);
  }

  /** @param {Happening} event */
  #hear(event) {
    const known = this.copy.position;
    if (!event.position) return;
    if (this.#held || !known) return this.#hold(event);
    const { epoch, offset } = event.position;
    if (epoch === known.epoch && offset <= known.offset) return;
    if (epoch !== known.epoch || offset > known.offset + 1) return this.#missed(event);
    const shown = this.copy.apply(event, this.options.limit);
    this.told.event(event);
    if (!shown) this.read();
  }

  /** @param {Happening} event */
  #hold(event) {
    if (this.#held && this.#held.length <= HELD) this.#held.push(event);
  }

  /** Something before this is missing: a page has it, and what it has not comes behind it. */
  #missed(/** @type {Happening} */ event) {
    this.read();
    this.#hold(event);
  }
}
