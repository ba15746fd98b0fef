// The ways to hear what happens: which there are, and what each is made of.

import { Credentials } from "./credentials.js";
import { Failure } from "./failure.js";
import { PusherChannel, leave } from "./pusher.js";
import { Rest } from "./rest.js";
import { Socket } from "./socket.js";
import { Stream } from "./stream.js";
import { userChannel } from "./names.js";

/** @import { ClientOptions, Happening, Position } from "../bell.js" */

/**
 * @typedef {object} Hearer what a line calls
 * @property {() => void} up from now on it hears
 * @property {(event: Happening) => void} event
 * @property {() => void} reset what was missed is gone: read the first page
 * @property {(failure: Failure) => void} end it hears no more
 */

/**
 * @typedef {object} Line one connection, from when it is made until it ends
 * @property {() => void} check make sure that it is alive; if not, it ends
 * @property {(failure?: Failure) => void} close
 */

/**
 * @typedef {object} Lines
 * @property {Rest} rest where pages and changes are asked for
 * @property {boolean} recovers whether a line brings what was missed
 * @property {(after: Position | null, hearer: Hearer) => Line} open
 * @property {() => void} leave no line is opened for now: give up what outlives them
 */

/** Return what these options ask for. @param {ClientOptions} options @returns {Lines} */
export function lines({ src, token, transport, pusher, echo, user }) {
  const base = new URL(src || ".", globalThis.document?.baseURI ?? src);
  const rest = new Rest(base, new Credentials(token));
  const connected = pusher ?? echo?.connector.pusher;
  if (connected) {
    if (!user) throw new TypeError('a bell over Pusher needs to know its user: user="..."');
    const channel = userChannel(user);
    const open = (/** @type {any} */ _, /** @type {Hearer} */ hearer) =>
      new PusherChannel(connected, channel, hearer);
    return { rest, recovers: false, open, leave: () => leave(connected, channel) };
  }
  const Kind = transport === "sse" ? Stream : Socket;
  const open = (/** @type {Position | null} */ after, /** @type {Hearer} */ hearer) =>
    new Kind(rest, after, hearer);
  return { rest, recovers: true, open, leave() {} };
}
