// One notification, as an entry of the list shows it.

import { isPending } from "./changes.js";
import { drawing, make } from "./dom.js";
import { safe, safeIcon } from "./links.js";
import { told } from "./times.js";

/** @import { Button, Entry } from "../bell.js" */
/** @import { Say } from "./words.js" */

/**
 * @typedef {object} Deeds what a reader can do
 * @property {(entry: Entry, event: MouseEvent) => void} open
 * @property {(entry: Entry, button: Button) => void} press
 * @property {(entry: Entry) => void} archive
 */

const BOX = "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4";

export class Row {
  #time = make("time", { part: "time" });
  #dot;

  /** @param {Entry} entry @param {Say} say @param {string} language @param {Deeds} deeds */
  constructor(entry, say, language, deeds) {
    this.entry = entry;
    this.#dot = make("span", { class: "dot" }, make("span", { class: "aside" }, say("unread")));
    this.main = this.#main(deeds);
    this.element = make(
      "li",
      { part: "entry" },
      this.main,
      this.#archive(say, deeds),
      this.#buttons(deeds),
    );
    this.show(entry);
    this.tick(language);
  }

  /** Show the entry's states. @param {Entry} entry */
  show(entry) {
    this.entry = entry;
    const pending = isPending(entry);
    this.element.setAttribute("part", pending ? "entry pending" : "entry");
    this.#dot.hidden = !pending;
  }

  /** Show how long ago it was by now. @param {string} language */
  tick(language) {
    const date = new Date(this.entry.notification.created_at);
    if (Number.isNaN(date.getTime())) return;
    const { ago, at } = told(date, language);
    this.#time.dateTime = date.toISOString();
    this.#time.title = at;
    this.#time.textContent = ago;
  }

  /** @param {Deeds} deeds */
  #main(deeds) {
    const { heading, content, image_url, payload } = this.entry.notification;
    const link = safe(payload?.path);
    const image = safe(image_url);
    const open = (/** @type {MouseEvent} */ event) => deeds.open(this.entry, event);
    const given = { part: "open", href: link?.href, click: open, auxclick: open };
    return make(
      link ? "a" : "button",
      given,
      image && picture("image", image),
      make("span", { part: "heading", dir: "auto" }, heading),
      content ? make("span", { part: "content", dir: "auto" }, content) : null,
      this.#time,
      this.#dot,
    );
  }

  /** @param {Say} say @param {Deeds} deeds */
  #archive(say, deeds) {
    const title = say("archive");
    const label = `${title}: ${this.entry.notification.heading}`;
    const click = () => deeds.archive(this.entry);
    const given = { part: "archive", class: "small", title, "aria-label": label, click };
    return make("button", given, drawing(BOX));
  }

  /** @param {Deeds} deeds */
  #buttons(deeds) {
    const { buttons } = this.entry.notification;
    if (!buttons?.length) return null;
    const made = buttons.map((button) => {
      const icon = safeIcon(button.icon);
      const click = () => deeds.press(this.entry, button);
      const given = { part: "action", dir: "auto", click };
      return make("button", given, icon && picture("icon", icon), button.text);
    });
    return make("div", { part: "actions" }, ...made);
  }
}

/** @param {string} part @param {URL} url */
function picture(part, url) {
  const image = make("img", { part, alt: "", referrerpolicy: "no-referrer", src: url.href });
  image.addEventListener("error", () => image.remove());
  return image;
}
