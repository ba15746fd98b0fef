// How long ago something was, in the reader's language.

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** @type {Map<string, { ago: Intl.RelativeTimeFormat, at: Intl.DateTimeFormat }>} */
const formats = new Map(); // to make one takes longer than to use it a hundred times

/** @param {string} language */
function format(language) {
  let found = formats.get(language);
  if (!found) {
    const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
    const at = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
    formats.set(language, (found = { ago, at }));
  }
  return found;
}

/** Return how long ago it was, and the date in full. @param {Date} date @param {string} language */
export function told(date, language) {
  const { ago, at } = format(language);
  const seconds = Math.min(0, (date.getTime() - Date.now()) / 1_000);
  const [unit, length] = UNITS.find((each) => -seconds >= each[1]) ?? ["second", 1];
  const count = unit === "second" ? 0 : Math.round(seconds / length); // "now"
  return { ago: ago.format(count, unit), at: at.format(date) };
}

/** The language an element is in. @param {Element} element */
export const language = (element) =>
  element.closest("[lang]")?.getAttribute("lang") || navigator.language;
