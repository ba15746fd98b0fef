// What bell.d.ts says is what the modules are.
import { TidingsClient as Client } from "STATIC/bell/client.js";
import { TidingsBell as Bell } from "STATIC/bell/element.js";
import { TidingsBell, TidingsClient } from "STATIC/bell.js";

export const client: typeof TidingsClient = Client;
export const bell: new () => TidingsBell = Bell;
