// The headless client: an inbox that follows what happens, for any framework or none.

import { Copy } from "./copy.js";
import { asFailure } from "./failure.js";
import { Follower } from "./follower.js";
import { lines } from "./lines.js";
import { Overlay } from "./overlay.js";

/** @import { Change, ClientOptions, Happening, Named, Snapshot } from "../bell.js" */
/** @import { Status, Stored } from "../bell.js" */
/** @import { Failure } from "./failure.js" */

/** Described in bell.d.ts and docs/guide/bell.md. */
export class TidingsClient extends EventTarget {
  #limit;
  #copy;
  #lines;
  #follower;
  #overlay = new Overlay();
  #loading = false;
  /** @type {Status} */
  #status = "idle";
  /** @type {Failure | null} */
  #error = null;
  /** @type {Snapshot | null} */
  #snapshot = null;
  #listening = new AbortController();

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    super();
    const { order = "newest", limit = 30, backoff = { first: 1_000, most: 30_000 } } = options;
    this.#limit = limit;
    this.#copy = new Copy(order);
    this.#lines = lines(options);
    this.#follower = new Follower(
      this.#copy,
      this.#lines,
      { limit, backoff },
      {
        event: (event) => this.#heard(event),
        paged: () => this.#paged(),
        status: (status, failure) => this.#become(status, failure),
      },
    );
  }

  get snapshot() {
    return (this.#snapshot ??= this.#look());
  }

  start() {
    if (this.#status !== "idle") return;
    this.#status = "connecting";
    const { signal } = (this.#listening = new AbortController());
    const page = globalThis.document;
    const wake = () => page.hidden || this.retry();
    for (const event of page ? ["online", "pageshow", "visibilitychange"] : []) {
      addEventListener(event, wake, { signal }); // what the page hears goes on to its window
    }
    if (page) addEventListener("offline", () => this.#follower.line?.close(), { signal });
    this.#follower.start();
  }

  stop() {
    this.#listening.abort();
    this.#follower.stop();
    this.#become("idle", null);
  }

  retry() {
    this.#follower.retry();
  }

  async loadMore() {
    if (this.#loading || this.#follower.reading || !this.#copy.position || !this.#copy.more) return;
    this.#load(true);
    try {
      const query = { ...this.#copy.older(), limit: this.#limit };
      this.#copy.extend(await this.#lines.rest.page(query));
    } catch (error) {
      this.#copy.stay();
      this.#tell("error", { error: asFailure(error) });
    } finally {
      this.#load(false);
    }
  }

  /** @param {string[]} ids */
  open = (...ids) => this.#mark("open", { ids });
  /** @param {string[]} ids */
  unopen = (...ids) => this.#mark("unopen", { ids });
  /** @param {string[]} ids */
  see = (...ids) => this.#mark("see", { ids });
  /** @param {string[]} ids */
  archive = (...ids) => this.#mark("archive", { ids });
  /** @param {string[]} ids */
  unarchive = (...ids) => this.#mark("unarchive", { ids });
  /** @param {string[]} ids */
  delete = (...ids) => this.#mark("delete", { ids });
  /** @param {string} [category] */
  openAll = (category) => this.#markAll("open", category);
  /** @param {string} [category] */
  seeAll = (category) => this.#markAll("see", category);
  /** @param {string} [category] */
  archiveAll = (category) => this.#markAll("archive", category);

  /** @param {Change} change @param {string} [category] */
  async #markAll(change, category) {
    const through = this.#copy.position;
    return through && this.#mark(change, { through, category });
  }

  /**
   * Show a change at once; take it back if it fails.
   * @param {Change} change
   * @param {Named} named
   * @returns {Promise<Stored>}
   */
  async #mark(change, named) {
    const own = this.#overlay.add(change, named);
    this.#changed();
    try {
      own.stored = await this.#lines.rest.mark(change, named);
      if (this.#copy.position) this.#overlay.reached(this.#copy.position);
      return own.stored;
    } catch (error) {
      this.#overlay.remove(own);
      this.#tell("error", { error: asFailure(error), change, named });
      throw error;
    } finally {
      this.#changed();
    }
  }

  /** @param {Happening} event */
  #heard(event) {
    this.#overlay.reached(event.position);
    this.#changed();
    if (event.event === "tidings:notification") {
      const entry = this.#copy.entries.get(event.id);
      if (entry) this.#tell("notification", { entry });
    }
  }

  #paged() {
    if (this.#copy.position) this.#overlay.reached(this.#copy.position);
    this.#changed();
  }

  /** @param {Status} status @param {Failure | null} error */
  #become(status, error) {
    this.#status = status;
    this.#error = error;
    this.#changed();
    this.#tell("status", { status, error });
  }

  /** @param {boolean} loading */
  #load(loading) {
    this.#loading = loading;
    this.#changed();
  }

  #changed() {
    this.#snapshot = null;
    this.#tell("change");
  }

  /** @param {string} name @param {object} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** @returns {Snapshot} */
  #look() {
    const copy = this.#copy;
    const { entries, counts } = this.#overlay.over([...copy.entries.values()], copy.counts);
    return Object.freeze({
      entries: copy.sorted(entries.filter((entry) => !entry.archived)),
      counts,
      status: this.#status,
      error: this.#error,
      known: copy.position !== null,
      more: copy.more,
      loading: this.#loading || this.#follower.reading,
    });
  }
}
