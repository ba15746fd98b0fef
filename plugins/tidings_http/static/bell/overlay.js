// Changes made here that the log has not shown yet: laid over the copy, and taken off again.

import { TOLD, changed, isPending, isUnseen } from "./changes.js";

/** @import { Change, Counts, Entry, Named, Position, Stored } from "../bell.js" */
/** @typedef {{ name: string, named: Named, stored: Stored | null }} Own */

export class Overlay {
  /** @type {Own[]} */
  #own = [];

  /**
   * Lay a change over what is shown.
   * @param {Change} change
   * @param {Named} named
   */
  add(change, named) {
    const own = { name: TOLD[change], named, stored: /** @type {Stored | null} */ (null) };
    this.#own.push(own);
    return own;
  }

  /** Take a change off: it failed. @param {Own} own */
  remove(own) {
    this.#own = this.#own.filter((each) => each !== own);
  }

  /** Take off what the copy has come to. @param {Position} position */
  reached(position) {
    this.#own = this.#own.filter(({ stored }) => !stored || isBehind(position, stored.position));
  }

  /**
   * Return entries and counts as they are with these changes.
   * @param {Entry[]} entries
   * @param {Counts} counts
   * @returns {{ entries: Entry[], counts: Counts }}
   */
  over(entries, counts) {
    for (const own of this.#own.filter((each) => each.stored).sort(byOffset)) {
      entries = folded(entries, own);
      counts = own.stored?.counts ?? counts;
    }
    for (const own of this.#own.filter((each) => !each.stored)) {
      const now = folded(entries, own);
      counts = recounted(counts, entries, now, own.named);
      entries = now;
    }
    return { entries, counts };
  }
}

/** @param {Position} position @param {Position} other */
const isBehind = (position, other) =>
  position.epoch === other.epoch && position.offset < other.offset;

/** @param {Own} a @param {Own} b */
const byOffset = (a, b) => (a.stored?.position.offset ?? 0) - (b.stored?.position.offset ?? 0);

/** @param {Entry[]} entries @param {Own} own */
const folded = (entries, { name, named }) =>
  entries.flatMap((entry) => changed(entry, name, named) ?? []);

/**
 * Guess what the badge will show. Of "all" not everything is loaded, but what is newer is.
 * @param {Counts} counts
 * @param {Entry[]} before
 * @param {Entry[]} after
 * @param {Named} named
 */
function recounted(counts, before, after, named) {
  const all = named.through && named.category == null;
  const count = (/** @type {(entry: Entry) => boolean} */ is, /** @type {number} */ was) => {
    const now = after.filter(is).length;
    const more = now - before.filter(is).length;
    return all && more < 0 ? now : Math.max(0, was + more);
  };
  return { pending: count(isPending, counts.pending), unseen: count(isUnseen, counts.unseen) };
}
