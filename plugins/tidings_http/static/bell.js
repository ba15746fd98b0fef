// <tidings-bell> and the client under it; docs/guide/bell.md tells how to use both.

import { TidingsBell } from "./bell/element.js";
import { TidingsClient } from "./bell/client.js";

TidingsBell.home = new URL(".", import.meta.url).href;
const elements = globalThis.customElements;
if (elements && !elements.get("tidings-bell")) elements.define("tidings-bell", TidingsBell);

export { TidingsBell, TidingsClient };
