// A channel of a pusher-js client that the page has already: what happens comes by it, without
// what was missed. docs/backends/pusher-server.md tells of `_tidings`.

import { PATIENCE } from "./answers.js";
import { Failure } from "./failure.js";

/** @import { PusherLike } from "../bell.js" */
/** @import { Hearer } from "./lines.js" */

/** @type {WeakSet<object>} Channels that nobody was on when a bell came. */
const ours = new WeakSet();

/**
 * Unsubscribe from a channel, unless the page was on it first or has bound to it since.
 * @param {PusherLike} pusher
 * @param {string} name
 */
export function leave(pusher, name) {
  const channel = pusher.channel(name);
  if (channel && ours.has(channel) && !bound(channel)) pusher.unsubscribe(name);
}

/** pusher-js has no word for it; where it cannot be seen, it counts as bound. @param {any} channel */
const bound = ({ global_callbacks: all, callbacks }) =>
  all?.length !== 0 || Object.keys(callbacks?._callbacks ?? "?").length > 0;

export class PusherChannel {
  #ended = false;
  #asking;

  /** @param {PusherLike} pusher @param {string} name @param {Hearer} hearer */
  constructor(pusher, name, hearer) {
    this.pusher = pusher;
    this.hearer = hearer;
    const known = pusher.channel(name);
    this.channel = pusher.subscribe(name);
    if (!known) ours.add(this.channel);
    this.channel.bind_global(this.#take);
    pusher.connection.bind("state_change", this.#changed);
    this.#asking = setInterval(this.#ask, PATIENCE);
    if (this.channel.subscribed) queueMicrotask(hearer.up);
  }

  /** pusher-js does that by itself, as far as its connection goes. */
  check() {}

  /**
   * It stays subscribed to: pusher-js comes back with it, for all who bound to it meanwhile.
   * @param {Failure} [failure]
   */
  close(failure = new Failure("unreachable", "the channel is not heard")) {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#asking);
    this.channel.unbind_global(this.#take);
    this.pusher.connection.unbind("state_change", this.#changed);
    this.hearer.end(failure);
  }

  /** It waits for ever for a signature, which a connection that died in its sleep never brings. */
  #ask = () => {
    const { channel, pusher } = this;
    if (!channel.subscribed && pusher.connection.state === "connected") channel.subscribe?.();
  };

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
