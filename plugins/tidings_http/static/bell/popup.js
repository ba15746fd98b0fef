// A panel that opens below its button and closes by Escape, by a click elsewhere, and when the
// focus goes elsewhere.

export class Popup {
  #listening = new AbortController();

  /** @param {HTMLElement} button @param {HTMLElement} panel @param {HTMLElement} host */
  constructor(button, panel, host) {
    this.button = button;
    this.panel = panel;
    this.host = host;
  }

  get open() {
    return !this.panel.hidden;
  }

  /** @param {() => void} close */
  show(close) {
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.#place();
    this.panel.focus({ preventScroll: true });
    const { signal } = (this.#listening = new AbortController());
    const outside = (/** @type {Event} */ event) =>
      event.composedPath().includes(this.host) || close();
    document.addEventListener("pointerdown", outside, { signal, capture: true });
    this.host.addEventListener("keydown", (event) => event.key === "Escape" && close(), { signal });
    const left = (/** @type {FocusEvent} */ { relatedTarget: to }) =>
      !to || this.host.contains(/** @type {Node} */ (to)) || close();
    this.host.addEventListener("focusout", left, { signal });
  }

  hide() {
    const root = /** @type {ShadowRoot} */ (this.panel.getRootNode());
    const focused = this.panel.contains(root.activeElement);
    this.#listening.abort();
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (focused) this.button.focus({ preventScroll: true });
  }

  /** Below the button at its end; at its start where there is no room. */
  #place() {
    const { left, right } = this.button.getBoundingClientRect();
    const rtl = getComputedStyle(this.host).direction === "rtl";
    const room = rtl ? document.documentElement.clientWidth - left : right;
    this.panel.classList.toggle("start", room < this.panel.offsetWidth);
  }
}
