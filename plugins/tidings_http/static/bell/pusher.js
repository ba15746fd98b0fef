// A channel of a pusher-js client that the page has already: what happens comes by it, without
// what was missed. docs/backends/pusher-server.md tells of `_tidings`.

import { Failure } from "./failure.js";

/** @import { PusherLike } from "../bell.js" */
/** @import { Hearer } from "./lines.js" */

export class PusherChannel {
  #ended = false;

  /** @param {PusherLike} pusher @param {string} name @param {Hearer} hearer */
  constructor(pusher, name, hearer) {
    this.pusher = pusher;
    this.hearer = hearer;
    this.own = !pusher.channel(name); // else others hear it too
    this.channel = pusher.subscribe(name);
    this.channel.bind_global(this.#take);
    pusher.connection.bind("state_change", this.#changed);
    if (this.channel.subscribed) queueMicrotask(hearer.up);
  }

  /** pusher-js does that by itself. */
  check() {}

  /** @param {Failure} [failure] */
  close(failure = new Failure("unreachable", "the channel was left")) {
    if (this.#ended) return;
    this.#ended = true;
    this.channel.unbind_global(this.#take);
    this.pusher.connection.unbind("state_change", this.#changed);
    if (this.own) this.pusher.unsubscribe(this.channel.name);
    this.hearer.end(failure);
  }

  #take = (/** @type {string} */ event, /** @type {any} */ data) => {
    if (event === "pusher:subscription_succeeded") this.hearer.up();
    else if (event === "pusher:subscription_error") this.close(refusal(data));
    else if (data?._tidings) {
      const { _tidings: about, ...rest } = data;
      const { id, epoch, offset, counts } = about;
      this.hearer.event({ event, data: rest, id, position: { epoch, offset }, counts });
    }
  };

  #changed = (/** @type {{ current: string }} */ { current }) => {
    if (current !== "connected") this.close(new Failure("unreachable", `Pusher is ${current}`));
  };
}

/** @param {any} error */
const refusal = ({ status, error }) =>
  new Failure(status === 401 || status === 403 ? "denied" : "unreachable", String(error));
