// <tidings-bell>: attributes in, events out; between them a client and a view.

import { TidingsClient } from "./client.js";
import { tokenFrom } from "./credentials.js";
import { safe } from "./links.js";
import { Popup } from "./popup.js";
import { language } from "./times.js";
import { View } from "./view.js";
import { ATTRIBUTES, speaker } from "./words.js";

/** @import { Button, ClientOptions, EchoLike, Entry, PusherLike } from "../bell.js" */

const CONNECTION = ["src", "token", "token-url", "transport", "user", "order", "limit"];
const PROPERTIES = /** @type {const} */ (["client", "pusher", "echo"]);
const LEAVING = 500; // so long a page is kept for what was opened to be stored, in milliseconds
const TICK = 30_000;

const Base = globalThis.HTMLElement ?? Object; // a server that renders may import this

/** Described in bell.d.ts and docs/guide/bell.md. */
export class TidingsBell extends Base {
  /** Where the server is if `src` does not say it: where this came from. */
  static home = ".";
  static observedAttributes = [...CONNECTION, "lang", ...ATTRIBUTES];

  /** @type {TidingsClient | null} */
  #client = null;
  /** @type {TidingsClient | null} Given by the page, which starts and stops it. */
  #given = null;
  /** @type {PusherLike | undefined} */
  #pusher;
  /** @type {EchoLike | undefined} */
  #echo;
  #view;
  #popup;
  #say = speaker(this);
  #listening = new AbortController();
  #connecting = false;
  #rendering = false;
  #stuck = false; // a page could not be loaded: asked for by the reader alone
  #seenAt = -1;
  #counted = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  constructor() {
    super();
    this.#view = new View(this.attachShadow({ mode: "open" }), {
      toggle: () => this.toggle(),
      open: (entry, event) => this.#follow(entry, event),
      press: (entry, button) => this.#press(entry, button),
      archive: (entry) => this.#quietly(this.#client?.archive(entry.id)),
      openAll: () => this.#quietly(this.#client?.openAll()),
      retry: () => this.#client?.retry(),
      scrolled: () => this.#stuck || this.#client?.loadMore(),
      more: () => this.#client?.loadMore(),
    });
    this.#popup = new Popup(this.#view.button, this.#view.panel, this);
  }

  get client() {
    return this.#client;
  }
  set client(client) {
    this.#given = client;
    this.#reconnect();
  }
  get pusher() {
    return this.#pusher;
  }
  set pusher(pusher) {
    this.#pusher = pusher;
    this.#reconnect();
  }
  get echo() {
    return this.#echo;
  }
  set echo(echo) {
    this.#echo = echo;
    this.#reconnect();
  }

  get open() {
    return this.#popup.open;
  }
  set open(open) {
    if (open !== this.open) open ? this.#show() : this.#hide();
  }

  toggle() {
    this.open = !this.open;
  }

  connectedCallback() {
    for (const name of PROPERTIES) this.#adopt(name);
    this.#view.speak(this.#say);
    this.#reconnect();
  }

  disconnectedCallback() {
    this.open = false;
    this.#view.toasts.clear();
    this.#disconnect();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.isConnected) return;
    if (CONNECTION.includes(name)) return this.#reconnect();
    this.#view.speak(this.#say);
    this.#changed();
  }

  /**
   * What was set before the element was defined stands in the setter's way.
   * @param {"client" | "pusher" | "echo"} name
   */
  #adopt(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    Reflect.set(this, name, value);
  }

  /** Connect as attributes and properties say once all of them are set. */
  #reconnect() {
    if (this.#connecting) return;
    this.#connecting = true;
    queueMicrotask(() => {
      this.#connecting = false;
      if (!this.isConnected) return;
      this.#disconnect();
      this.#connect();
    });
  }

  #connect() {
    const transport = this.getAttribute("transport") ?? "websocket";
    const waits = { pusher: !this.#pusher, echo: !this.#echo }[transport];
    this.#client = this.#given ?? (waits ? null : new TidingsClient(this.#options(transport)));
    const client = this.#client;
    if (!client) return;
    const { signal } = (this.#listening = new AbortController());
    /** @type {(name: string, then: (detail: any) => void) => void} */
    const on = (name, then) =>
      client.addEventListener(name, (event) => then(/** @type {CustomEvent} */ (event).detail), {
        signal,
      });
    on("change", () => this.#changed());
    on("notification", (detail) => this.#arrived(detail.entry));
    on("status", (detail) => this.#became(detail));
    on("error", (detail) => this.#wrong(detail));
    const wake = () => this.#changed();
    document.addEventListener("visibilitychange", wake, { signal });
    if (!this.#given) client.start();
    this.#changed();
  }

  #disconnect() {
    this.#listening.abort();
    if (!this.#given) this.#client?.stop();
  }

  /** @param {string} transport @returns {ClientOptions} */
  #options(transport) {
    const attribute = (/** @type {string} */ name) => this.getAttribute(name) ?? undefined;
    const url = attribute("token-url");
    return {
      src: attribute("src") ?? TidingsBell.home,
      token: url ? tokenFrom(new URL(url, document.baseURI)) : attribute("token"),
      transport: transport === "sse" ? "sse" : "websocket",
      pusher: this.#pusher,
      echo: this.#echo,
      user: attribute("user"),
      order: attribute("order") === "pending" ? "pending" : "newest",
      limit: Number(attribute("limit")) || undefined,
    };
  }

  /** Render once for all that changes until the next frame. */
  #changed() {
    if (this.#rendering) return;
    this.#rendering = true;
    const soon = document.hidden ? setTimeout : requestAnimationFrame; // it has no frames then
    soon(() => {
      this.#rendering = false;
      this.#render();
    });
  }

  #render() {
    const snapshot = this.#client?.snapshot;
    if (!snapshot) return;
    this.#view.count(snapshot.counts.unseen, this.#say);
    if (this.open) this.#view.show(snapshot, this.#say, language(this));
    const { known, counts } = snapshot;
    const counted = `${counts.pending} ${counts.unseen}`;
    if (known && counted !== this.#counted) {
      this.#counted = counted;
      this.#tell("tidings-counts", counts);
    }
    this.#see();
  }

  /** @param {{ status: string, error: Error }} detail */
  #became(detail) {
    if (detail.status === "live") {
      this.#seenAt = -1;
      this.#stuck = false;
    }
    if (detail.status === "failed") console.warn("tidings-bell:", detail.error.message);
    this.#tell("tidings-status", detail);
  }

  /** What stands in an open list is seen; asked for once at each position of the log. */
  #see() {
    const client = this.#client;
    if (!client || !this.open || document.visibilityState === "hidden") return;
    const { counts, entries, status } = client.snapshot;
    const newest = entries.reduce((most, entry) => Math.max(most, entry.offset), 0);
    if (status !== "live" || !counts.unseen || newest === this.#seenAt) return;
    this.#seenAt = newest;
    this.#quietly(client.seeAll());
  }

  #show() {
    this.#seenAt = -1;
    this.#view.toasts.clear();
    this.#popup.show(() => this.#hide());
    this.#ticking = setInterval(() => this.#view.list.tick(language(this)), TICK);
    this.#render();
    this.#tell("tidings-toggle", { open: true });
  }

  #hide() {
    clearInterval(this.#ticking);
    this.#popup.hide();
    this.#view.notice.textContent = "";
    this.#tell("tidings-toggle", { open: false });
  }

  /** @param {Entry} entry */
  #arrived(entry) {
    const allowed = this.#tell("tidings-notification", { entry });
    const { heading } = entry.notification;
    this.#view.told.textContent = heading;
    const wanted = this.getAttribute("toast") !== "off" && !this.open;
    if (!allowed || !wanted || document.visibilityState === "hidden") return;
    this.#view.toasts.show(entry, this.#say, language(this));
  }

  /** @param {{ error: Error, change?: string }} detail */
  #wrong(detail) {
    this.#tell("tidings-error", detail);
    if (!detail.change) this.#stuck = true;
    if (detail.change && detail.change !== "see")
      this.#view.notice.textContent = this.#say("undone");
  }

  /**
   * Mark it as opened and go where it leads, unless the page does that itself.
   * @param {Entry} entry
   * @param {MouseEvent} event
   */
  async #follow(entry, event) {
    if (event.type === "auxclick" && event.button !== 1) return;
    const url = safe(entry.notification.payload?.path);
    const opened = entry.opened ? null : this.#quietly(this.#client?.open(entry.id));
    const elsewhere = event.type === "auxclick" || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!this.#tell("tidings-open", { entry, url: url?.href ?? null }))
      return event.preventDefault();
    if (!url || elsewhere) return; // the browser itself opens another tab
    event.preventDefault();
    this.open = false;
    await Promise.race([opened, new Promise((done) => setTimeout(done, LEAVING))]);
    location.assign(url);
  }

  /** @param {Entry} entry @param {Button} button */
  #press(entry, button) {
    if (this.#tell("tidings-button", { entry, button }) && !entry.opened) {
      this.#quietly(this.#client?.open(entry.id));
    }
  }

  /** A failure is told by the client's error event. @param {Promise<unknown> | undefined} deed */
  async #quietly(deed) {
    this.#view.notice.textContent = "";
    await deed?.catch(() => {});
  }

  /**
   * Tell the page; return false if it prevents what follows.
   * @param {string} name
   * @param {object} detail
   */
  #tell(name, detail) {
    const options = { detail, bubbles: true, composed: true, cancelable: true };
    return this.dispatchEvent(new CustomEvent(name, options));
  }
}
