// What a change of state does to an entry: the names of docs/reference/websocket-protocol.md, without I/O.

/** @import { Change, Entry, Named } from "../bell.js" */

/** The events that tell of changes, by what asks for them. @type {Record<Change, string>} */
export const TOLD = {
  open: "tidings:opened",
  unopen: "tidings:unopened",
  see: "tidings:seen",
  archive: "tidings:archived",
  unarchive: "tidings:unarchived",
  delete: "tidings:deleted",
};

/** @type {Record<string, Partial<Entry> | null>} */
const SETS = {
  "tidings:opened": { opened: true, seen: true },
  "tidings:unopened": { opened: false },
  "tidings:seen": { seen: true },
  "tidings:archived": { archived: true },
  "tidings:unarchived": { archived: false },
  "tidings:deleted": null,
  "tidings:expired": null,
  "tidings:evicted": null,
};

/** Tell whether an event of this name changes states. @param {string} name */
export const isChange = (name) => Object.hasOwn(SETS, name);

/** Neither opened nor archived yet. @param {Entry} entry */
export const isPending = (entry) => !(entry.opened || entry.archived);

/** Pending, and not yet seen either. @param {Entry} entry */
export const isUnseen = (entry) => isPending(entry) && !entry.seen;

/**
 * Return what an event makes of an entry: the same object where nothing, null where it goes.
 * @param {Entry} entry
 * @param {string} name
 * @param {Named} named
 * @returns {Entry | null}
 */
export function changed(entry, name, named) {
  if (!isAbout(named, entry)) return entry;
  const sets = SETS[name];
  if (!sets) return null;
  const same = Object.entries(sets).every(([key, value]) => Reflect.get(entry, key) === value);
  return same ? entry : { ...entry, ...sets };
}

/** @param {Named} named @param {Entry} entry */
function isAbout({ ids, through, category }, entry) {
  if (!through) return !!ids?.includes(entry.id);
  const within = entry.offset <= through.offset;
  return within && (category == null || entry.notification.category === category);
}
