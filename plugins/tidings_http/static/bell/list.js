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
  /** @type {Row[]} In order. */
  #shown = [];

  /** @param {Deeds} deeds @param {HTMLElement} fallback has the focus where no row can have it */
  constructor(deeds, fallback) {
    this.deeds = deeds;
    this.fallback = fallback;
  }

  /** @param {readonly Entry[]} entries @param {Say} say @param {string} language */
  show(entries, say, language) {
    const focus = this.#focused();
    this.#shown = entries.map((entry) => this.#row(entry, say, language));
    const kept = new Set(this.#shown);
    for (const [id, row] of this.#rows) {
      if (kept.has(row)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    this.#order();
    this.#refocus(focus);
  }

  /** Forget all rows: they are made anew, in other words. */
  clear() {
    this.#rows.clear();
    this.#shown = [];
    this.element.replaceChildren();
  }

  /** @param {string} language */
  tick(language) {
    for (const row of this.#shown) row.tick(language);
  }

  /** @param {Entry} entry @param {Say} say @param {string} language */
  #row(entry, say, language) {
    let row = this.#rows.get(entry.id);
    if (!row) this.#rows.set(entry.id, (row = new Row(entry, say, language, this.deeds)));
    else if (row.entry !== entry) row.show(entry);
    return row;
  }

  #order() {
    let at = this.element.firstElementChild;
    for (const { element } of this.#shown) {
      if (element === at) at = at.nextElementSibling;
      else this.element.insertBefore(element, at);
    }
  }

  /** What has the focus, and in which row. */
  #focused() {
    const root = /** @type {ShadowRoot} */ (this.element.getRootNode());
    const element = /** @type {HTMLElement | null} */ (root.activeElement);
    const index = this.#shown.findIndex((row) => row.element.contains(element));
    return { root, element, index };
  }

  /** @param {{ root: ShadowRoot, element: HTMLElement | null, index: number }} focus */
  #refocus({ root, element, index }) {
    if (index < 0 || root.activeElement === element) return;
    const next = this.#shown[index] ?? this.#shown.at(-1);
    (element?.isConnected ? element : (next?.main ?? this.fallback)).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { index } = this.#focused();
    if (index < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = MOVES[event.key];
    if (move) {
      const to = Math.max(0, Math.min(this.#shown.length - 1, index + move));
      this.#shown[to].main.focus();
    } else if (event.key === "Delete") this.deeds.archive(this.#shown[index].entry);
    else return;
    event.preventDefault();
  }
}
