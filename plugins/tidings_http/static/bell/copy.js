// A device's copy of the newest entries of an inbox: a fold over pages and events, without I/O.

import { changed, isChange } from "./changes.js";

/** @import { Counts, Entry, Happening, Page, Position, Order } from "../bell.js" */

/** Which pages follow one another, in each order. @type {Record<Order, (string | undefined)[]>} */
const SECTIONS = { newest: [undefined], pending: ["pending", "opened"] };

/** Holds so many entries as were loaded, and no more: what comes in pushes the last ones out. */
export class Copy {
  /** @type {Map<string, Entry>} */
  entries = new Map();
  /** @type {Counts} */
  counts = { pending: 0, unseen: 0 };
  /** @type {Position | null} Of what it shows; null before the first page. */
  position = null;
  #section = 0;
  /** @type {Position | null} */
  #cursor = null;
  #size = 0;
  /** @type {Happening[] | null} What happens while an older page is read. */
  #meanwhile = null;

  /** @param {Order} order */
  constructor(order) {
    this.order = order;
  }

  /** Whether there are older entries to load. */
  get more() {
    return this.#cursor !== null || this.#section + 1 < SECTIONS[this.order].length;
  }

  /** What to ask the first page with. */
  get first() {
    return { state: SECTIONS[this.order][0] };
  }

  /** Take the first page in place of all that is here. @param {Page} page */
  load(page) {
    this.entries = new Map(page.entries.map((entry) => [entry.id, entry]));
    this.counts = page.counts;
    this.position = page.position;
    this.#section = 0;
    this.#cursor = page.cursor;
    this.#size = page.entries.length;
    this.#meanwhile = null;
  }

  /** Begin to read an older page; return what to ask for it. */
  older() {
    this.#meanwhile = [];
    if (!this.#cursor) this.#section += 1;
    return { state: SECTIONS[this.order][this.#section], before: this.#cursor ?? undefined };
  }

  /**
   * Take the older page. It may have been read before events that are known here already: these
   * are told it once more. An entry that is here is newer than the page's.
   * @param {Page} page
   */
  extend(page) {
    if (!this.#meanwhile) return; // all has been read anew since
    const later = this.#meanwhile.filter((e) => e.position.offset > page.position.offset);
    this.#meanwhile = null;
    for (let entry of page.entries) {
      if (this.entries.has(entry.id)) continue;
      const now = later.reduce(fold, /** @type {Entry | null} */ (entry));
      if (now) this.entries.set(now.id, now);
    }
    this.#cursor = page.cursor;
    this.#size = Math.max(this.#size, this.entries.size);
  }

  /** Give up reading an older page: it can be asked for again. */
  stay() {
    if (this.#meanwhile && !this.#cursor) this.#section -= 1;
    this.#meanwhile = null;
  }

  /**
   * Do what the next event says.
   * @param {Happening} event
   * @param {number} limit keep at least so many entries
   * @returns {boolean} false if only a new first page can show it
   */
  apply(event, limit) {
    this.position = event.position;
    if (event.counts) this.counts = event.counts;
    this.#meanwhile?.push(event);
    if (event.event === "tidings:forgotten") this.entries.clear();
    else if (event.event === "tidings:notification") this.#add(event, Math.max(limit, this.#size));
    else if (isChange(event.event)) return this.#change(event);
    return true;
  }

  /** @param {Happening} event @param {number} size */
  #add({ id, position, data }, size) {
    if (this.entries.has(id)) return;
    const states = { opened: false, seen: false, archived: false };
    this.entries.set(id, { id, offset: position.offset, ...states, notification: data });
    // what is dropped while an older page is read would be missing between it and the rest
    if (this.entries.size > size && !this.#meanwhile) this.#drop(this.sorted().at(-1));
  }

  /** @param {Happening} event */
  #change(event) {
    for (const entry of [...this.entries.values()]) this.#set(entry, fold(entry, event));
    const { ids, through } = event.data;
    const back = event.event === "tidings:unopened" || event.event === "tidings:unarchived";
    const known = through
      ? !this.more && !this.#meanwhile
      : ids.every((/** @type {string} */ id) => this.entries.has(id));
    return this.order === "newest" || !back || known; // another section may have what comes back
  }

  /** @param {Entry} entry @param {Entry | null} now */
  #set(entry, now) {
    if (!now) this.entries.delete(entry.id);
    else if (now !== entry) this.entries.set(entry.id, now);
  }

  /** Let go of an entry: the next older page begins with it. @param {Entry | undefined} last */
  #drop(last) {
    if (!last || !this.position) return;
    this.entries.delete(last.id);
    const section = this.order === "pending" && rank(last) ? 1 : 0;
    if (section > this.#section) return; // its pages are still to be read, all of them
    this.#section = section;
    this.#cursor = { epoch: this.position.epoch, offset: last.offset + 1 };
  }

  /** All entries, in order. @param {Iterable<Entry>} [entries] those here, as they look by now */
  sorted(entries = this.entries.values()) {
    const ranked = this.order === "pending" ? rank : () => 0;
    return [...entries].sort((a, b) => ranked(a) - ranked(b) || b.offset - a.offset);
  }
}

/** @param {Entry} entry */
const rank = (entry) => Number(entry.opened || entry.archived);

/** @param {Entry | null} entry @param {Happening} event */
const fold = (entry, event) =>
  entry && isChange(event.event) ? changed(entry, event.event, event.data) : entry;
