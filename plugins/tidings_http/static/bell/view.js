// The bell's own elements: button and badge, panel and list, and what there is to say.

import { drawing, make } from "./dom.js";
import { List } from "./list.js";
import { sheet } from "./style.js";
import { Toasts } from "./toasts.js";

/** @import { Snapshot } from "../bell.js" */
/** @import { Deeds } from "./row.js" */
/** @import { Say, Word } from "./words.js" */

/** @typedef {"toggle" | "openAll" | "retry" | "more" | "scrolled"} Deed */
/** @typedef {Deeds & Record<Deed, () => void>} AllDeeds */

const BELL = "M12 3a6 6 0 0 0-6 6v4.5L4 17h16l-2-3.5V9a6 6 0 0 0-6-6zM9.5 20a2.6 2.6 0 0 0 5 0";
const BADGE_MOST = 99;

export class View {
  /** @param {ShadowRoot} root @param {AllDeeds} deeds */
  constructor(root, deeds) {
    this.root = root;
    this.badge = make("span", { part: "badge", hidden: true, "aria-hidden": "true" });
    this.button = make(
      "button",
      {
        part: "button",
        "aria-haspopup": "dialog",
        "aria-controls": "panel",
        "aria-expanded": "false",
        click: deeds.toggle,
      },
      make("slot", { name: "icon" }, drawing(BELL)),
      this.badge,
    );
    this.panel = make("div", {
      part: "panel",
      id: "panel",
      role: "dialog",
      "aria-labelledby": "title",
      tabindex: "-1",
      hidden: true,
    });
    this.list = new List(deeds, this.panel);
    this.toasts = new Toasts(deeds);
    this.title = make("slot", { name: "title" });
    this.all = make("button", { part: "all", class: "plain", click: deeds.openAll });
    this.notice = make("p", { part: "notice", role: "alert" });
    this.told = make("div", { class: "aside", role: "status" });
    this.more = make("button", { part: "more", class: "plain", click: deeds.more });
    this.retry = make("button", { part: "retry", class: "plain", click: deeds.retry });
    this.offline = this.#state("offline");
    this.empty = this.#state("empty");
    this.loading = this.#state("loading");
    this.failed = this.#state("failed", this.retry);
    this.#put();
    new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && deeds.scrolled()).observe(
      this.more,
    );
  }

  /** @param {number} unseen @param {Say} say */
  count(unseen, say) {
    this.badge.hidden = !unseen;
    this.badge.textContent = unseen > BADGE_MOST ? `${BADGE_MOST}+` : String(unseen);
    const label = unseen ? `${say("title")}, ${say("unseen", { count: unseen })}` : say("title");
    if (this.button.ariaLabel !== label) this.button.ariaLabel = label;
  }

  /**
   * Show the list, and what state it is in.
   * @param {Snapshot} snapshot
   * @param {Say} say
   * @param {string} language
   */
  show(snapshot, say, language) {
    const { entries, counts, known, loading, more, status } = snapshot;
    const failed = status === "failed";
    this.list.show(entries, say, language);
    this.all.hidden = !counts.pending;
    this.offline.hidden = status !== "offline";
    this.failed.hidden = !failed;
    this.loading.hidden = !(loading || (!known && status === "connecting"));
    this.empty.hidden = !known || entries.length > 0 || more || loading || failed;
    this.more.hidden = !more || loading || !known;
    if (/** @type {HTMLElement} */ (this.root.activeElement)?.hidden) this.panel.focus();
  }

  /** Say everything anew. @param {Say} say */
  speak(say) {
    this.count(0, say);
    this.title.textContent = say("title");
    this.all.textContent = say("openAll");
    this.more.textContent = say("more");
    this.retry.textContent = say("retry");
    for (const word of /** @type {const} */ (["offline", "empty", "loading", "failed"])) {
      const slot = this[word].querySelector("slot");
      if (slot) slot.textContent = say(word);
    }
    this.list.clear();
  }

  /** @param {Word & string} name @param {Node[]} more */
  #state(name, ...more) {
    return make("div", { part: `state ${name}`, hidden: true }, make("slot", { name }), ...more);
  }

  #put() {
    const heading = make("h2", { part: "title", id: "title" }, this.title);
    const scroller = make("div", { part: "scroller" });
    scroller.append(this.list.element, this.empty, this.failed, this.loading, this.more);
    this.panel.append(
      make("div", { part: "header" }, heading, make("slot", { name: "header" }), this.all),
      this.notice,
      this.offline,
      scroller,
      make("slot", { name: "footer" }),
    );
    this.root.adoptedStyleSheets = [sheet()];
    this.root.append(this.button, this.panel, this.told, this.toasts.element);
  }
}
