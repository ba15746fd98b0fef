// A program that uses what bell.d.ts offers, as an editor would want it.
import { TidingsBell, TidingsClient } from "STATIC/bell.js";
import type { ClientOptions, Entry, Snapshot } from "STATIC/bell.js";

const options: ClientOptions = { src: "/", token: async () => "token", order: "pending" };
const client = new TidingsClient(options);

export function subscribe(changed: () => void): () => void {
  client.addEventListener("change", changed);
  client.start();
  return () => client.removeEventListener("change", changed);
}

export const look = (): Snapshot => client.snapshot;

client.addEventListener("notification", ({ detail }) => show(detail.entry));
client.addEventListener("error", ({ detail }) => console.warn(detail.error.code, detail.change));

function show({ notification, opened }: Entry): string {
  return opened ? "" : notification.heading;
}

const bell: TidingsBell = document.createElement("tidings-bell");
bell.client = client;
bell.addEventListener("tidings-open", (event) => {
  const { entry, url } = event.detail;
  if (url) event.preventDefault();
  void client.archive(entry.id).then(({ counts }) => counts.pending);
});

// @ts-expect-error: there is no such transport
new TidingsClient({ transport: "pigeon" });
// @ts-expect-error: snapshots are not to be written to
client.snapshot.counts.pending = 0;
