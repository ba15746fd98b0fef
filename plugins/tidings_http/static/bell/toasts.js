// What has just come in, shown for a moment above everything else.

import { drawing, make } from "./dom.js";
import { Row } from "./row.js";

/** @import { Entry } from "../bell.js" */
/** @import { Deeds } from "./row.js" */
/** @import { Say } from "./words.js" */

const MOST = 3;
const LASTING = 6_000; // milliseconds, while nobody points at it

export const CROSS = "M7 7l10 10M17 7L7 17";

export class Toasts {
  element = make("div", { part: "toasts", popover: "manual" });

  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.deeds = deeds;
  }

  /** @param {Entry} entry @param {Say} say @param {string} language */
  show(entry, say, language) {
    const toast = make("div", { part: "toast" });
    const open = (/** @type {Entry} */ entry, /** @type {MouseEvent} */ event) => {
      this.#remove(toast);
      this.deeds.open(entry, event);
    };
    const { main } = new Row(entry, say, language, { ...this.deeds, open });
    const label = say("dismiss");
    const given = { part: "dismiss", class: "small", "aria-label": label, title: label };
    toast.append(
      main,
      make("button", { ...given, click: () => this.#remove(toast) }, drawing(CROSS)),
    );
    this.element.append(toast);
    while (this.element.children.length > MOST) this.element.firstElementChild?.remove();
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    this.#last(toast);
  }

  clear() {
    this.element.replaceChildren();
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }

  /** @param {HTMLElement} toast */
  #last(toast) {
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const stay = () => clearTimeout(timer);
    const go = () => {
      stay();
      timer = setTimeout(() => this.#remove(toast), LASTING);
    };
    for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, stay);
    for (const event of ["pointerleave", "focusout"]) toast.addEventListener(event, go);
    go();
  }

  /** @param {HTMLElement} toast */
  #remove(toast) {
    toast.remove();
    if (!this.element.children.length) this.clear();
  }
}
