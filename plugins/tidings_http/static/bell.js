// <tidings-bell> and the client under it; docs/bell.md tells how to use both.

import { TidingsBell } from "./bell/element.js";
import { TidingsClient } from "./bell/client.js";

globalThis.customElements?.get("tidings-bell") ?? globalThis.customElements?.define("tidings-bell", TidingsBell);

export { TidingsBell, TidingsClient };
