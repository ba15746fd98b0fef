// The entries as elements: made once each, moved where their order says, the focus kept.

import { make } from "./dom.js";
import { Row } from "./row.js";

/** @import { Entry } from "../bell.js" */
/** @import { Deeds } from "./row.js" */
/** @import { Say } from "./words.js" */

/** @type {Record<string, number>} */
const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export class List {
  element = make("ul", { part: "list", role: "list", keydown: (event) => this.#key(event) });
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @param {Deeds} deeds @param {HTMLElement} fallback has the focus where no row can have it */
  constructor(deeds, fallback) {
    this.deeds = deeds;
    this.fallback = fallback;
  }

  /** @param {readonly Entry[]} entries @param {Say} say @param {string} language */
  show(entries, say, language) {
    const focus = this.#focused();
    const rows = entries.map((entry) => this.#row(entry, say, language));
    const kept = new Set(rows);
    for (const [id, row] of this.#rows) {
      if (kept.has(row)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    this.#order(rows);
    this.#refocus(focus);
  }

  /** Forget all rows: they are made anew, in other words. */
  clear() {
    this.#rows.clear();
    this.element.replaceChildren();
  }

  /** @param {string} language */
  tick(language) {
    for (const row of this.#rows.values()) row.tick(language);
  }

  /** @param {Entry} entry @param {Say} say @param {string} language */
  #row(entry, say, language) {
    let row = this.#rows.get(entry.id);
    if (!row) this.#rows.set(entry.id, (row = new Row(entry, say, language, this.deeds)));
    else if (row.entry !== entry) row.show(entry);
    return row;
  }

  /** @param {Row[]} rows */
  #order(rows) {
    let at = this.element.firstElementChild;
    for (const { element } of rows) {
      if (element === at) at = at.nextElementSibling;
      else this.element.insertBefore(element, at);
    }
  }

  /** What has the focus, and in which row. */
  #focused() {
    const root = /** @type {ShadowRoot} */ (this.element.getRootNode());
    const element = /** @type {HTMLElement | null} */ (root.activeElement);
    const row = element?.closest("li");
    const index = row ? [...this.element.children].indexOf(row) : -1;
    return { root, element, index };
  }

  /** @param {{ root: ShadowRoot, element: HTMLElement | null, index: number }} focus */
  #refocus({ root, element, index }) {
    if (index < 0 || root.activeElement === element) return;
    const rows = [...this.#rows.values()];
    const next = rows.find((row) => row.element === this.element.children[Math.min(index, rows.length - 1)]);
    (element?.isConnected ? element : (next?.main ?? this.fallback)).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { index } = this.#focused();
    if (index < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = /** @type {HTMLElement[]} */ ([...this.element.children]);
    const move = MOVES[event.key];
    if (move) {
      const to = Math.max(0, Math.min(rows.length - 1, index + move));
      /** @type {HTMLElement} */ (rows[to].firstElementChild).focus();
    } else if (event.key === "Delete") {
      const row = [...this.#rows.values()].find((each) => each.element === rows[index]);
      if (row) this.deeds.archive(row.entry);
    } else return;
    event.preventDefault();
  }
}
