// Pages and changes over HTTP.

import { PATIENCE, failure } from "./answers.js";

/** @import { Change, Named, Page, PageQuery, Position, Stored } from "../bell.js" */
/** @import { Credentials } from "./credentials.js" */

/** @param {Position} position */
export const spelled = ({ epoch, offset }) => `${epoch}:${offset}`;

/** @param {string} text @returns {Position} */
export function read(text) {
  const at = text.lastIndexOf(":");
  return { epoch: text.slice(0, at), offset: Number(text.slice(at + 1)) };
}

export class Rest {
  /** @param {URL} base @param {Credentials} credentials */
  constructor(base, credentials) {
    this.base = base;
    this.credentials = credentials;
  }

  /** @param {PageQuery} query @returns {Promise<Page>} */
  async page({ limit, state, before }) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (state) query.set("state", state);
    if (before) query.set("before", spelled(before));
    const page = await (await this.ask(`inbox?${query}`)).json();
    return { ...page, cursor: page.cursor ? read(page.cursor) : null };
  }

  /** @param {Change} change @param {Named} named @returns {Promise<Stored>} */
  async mark(change, named) {
    const body = JSON.stringify({ ...named, all: named.through && true });
    const headers = { "Content-Type": "application/json" };
    const request = { method: "POST", body, headers, keepalive: true };
    return (await this.ask(`inbox/${change}`, request)).json();
  }

  /** What a WebSocket is opened with. @returns {Promise<string>} */
  async ticket() {
    return (await (await this.ask("ticket", { method: "POST" })).json()).ticket;
  }

  /**
   * Ask for something, with a newer token if this one is refused.
   * @param {string} path
   * @param {RequestInit} [request]
   * @returns {Promise<Response>}
   */
  async ask(path, request = {}) {
    const signal = request.signal ?? AbortSignal.timeout(PATIENCE);
    for (let last = false; ; last = true) {
      const token = await this.credentials.token();
      const headers = { ...request.headers, ...(token && { Authorization: `Bearer ${token}` }) };
      const response = await fetch(new URL(path, this.base), { ...request, headers, signal });
      if (response.ok) return response;
      const again = response.status === 401 && this.credentials.refused();
      if (!again || last) throw await failure(response);
    }
  }
}
