// Looking again and again, while anybody can see it.

const EVERY = 1_000;
const LATER = 5_000;

export class Watch {
  #look;
  #timer;
  #wanted = false;
  #looking = false;

  /** `look` returns, or promises, whether it went well; after a failure it is called less often. */
  constructor(look) {
    this.#look = look;
    document.addEventListener("visibilitychange", () => this.#next(0));
  }

  get running() {
    return this.#wanted;
  }

  start() {
    this.#wanted = true;
    this.#next(0);
  }

  stop() {
    this.#wanted = false;
    clearTimeout(this.#timer);
  }

  #next(wait) {
    clearTimeout(this.#timer);
    if (this.#wanted && !this.#looking && document.visibilityState === "visible") {
      this.#timer = setTimeout(() => this.#now(), wait);
    }
  }

  async #now() {
    const began = performance.now();
    this.#looking = true;
    const well = await this.#look();
    this.#looking = false;
    this.#next(Math.max(0, (well ? EVERY : LATER) - (performance.now() - began)));
  }
}
