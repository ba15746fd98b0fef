// The console: it asks who looks at it, and then once a second what there is to see.

import { Board } from "./board.js";
import { cutting, pushing } from "./forms.js";
import { Refused, Server } from "./server.js";
import { say } from "./table.js";
import { Watch } from "./watch.js";

const at = (id) => document.getElementById(id);
const server = new Server();
const cut = cutting(server);
const board = new Board(cut);
const watch = new Watch(look);
let filter = "";

/** Look once; tell whether it went well. */
async function look() {
  try {
    const state = await server.ask(filter ? `console/state?${new URLSearchParams({ user: filter })}` : "console/state");
    if (!watch.running) return true;
    signedIn();
    board.show(state);
    status("Live");
    return true;
  } catch (error) {
    if (error instanceof Refused && error.isOfWhoAsks) signedOut(error);
    else if (error instanceof Refused) return misunderstood(error);
    else status("The server cannot be reached. Trying again.", true);
    return false;
  }
}

function status(words, bad = false) {
  say(at("status"), words);
  at("status").className = bad ? "bad" : "";
}

function signedIn() {
  if (!at("board").hidden) return;
  const asked = !at("sign-in").hidden;
  at("sign-in").hidden = true;
  for (const id of ["board", "pause", "sign-out"]) at(id).hidden = false;
  if (asked) at("now-title").focus();
}

/** Show nothing any more, and ask for a token. */
function signedOut(error) {
  watch.stop();
  const words = error && (server.identified || error.status !== 401) ? error.message : "";
  server.identify(null);
  board.clear();
  at("cut").close();
  for (const id of ["board", "pause", "sign-out"]) at(id).hidden = true;
  status("");
  say(at("sign-in-why"), words);
  at("sign-in").hidden = false;
  at("token").focus();
}

/** What was asked for was not understood: that is the filter's fault, if there is one. */
function misunderstood(error) {
  if (!filter) status(`The server says: ${error.message}`, true);
  else say(at("filter-why"), error.message);
  const mended = filter !== "";
  filter = "";
  return mended;
}

function pause(paused) {
  if (paused) watch.stop();
  else watch.start();
  at("pause").setAttribute("aria-pressed", `${paused}`);
  if (paused) status("Paused");
}

at("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  server.identify(at("token").value.trim());
  at("token").value = "";
  pause(false);
});

at("sign-out").addEventListener("click", () => signedOut());

at("pause").addEventListener("click", () => pause(watch.running));

at("filter").addEventListener("submit", (event) => {
  event.preventDefault();
  say(at("filter-why"), "");
  filter = at("filter-user").value.trim();
  pause(false);
});

at("cut-any").addEventListener("click", () => cut());

pushing(server);
watch.start();
