// What the bell says, in English; each can be said otherwise by an attribute: text-empty="...".

export const WORDS = {
  title: "Notifications",
  unseen: "{count} new",
  openAll: "Mark all as read",
  archive: "Archive",
  unread: "Unread",
  empty: "Nothing here yet",
  loading: "Loading…",
  more: "Load more",
  offline: "No connection. Trying again…",
  failed: "Notifications cannot be shown.",
  retry: "Try again",
  undone: "That could not be saved, and was undone.",
  dismiss: "Dismiss",
};

/** @typedef {keyof typeof WORDS} Word */
/** @typedef {(word: Word, values?: Record<string, unknown>) => string} Say */

/** @param {string} word */
const attribute = (word) =>
  `text-${word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const ATTRIBUTES = Object.keys(WORDS).map(attribute);

/** Say words as an element's attributes want them. @param {Element} element @returns {Say} */
export const speaker =
  (element) =>
  (word, values = {}) =>
    (element.getAttribute(attribute(word)) ?? WORDS[word]).replace(/\{(\w+)\}/g, (whole, key) =>
      String(values[key] ?? whole),
    );
