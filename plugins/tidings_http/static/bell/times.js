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

/**
 * @param {Date} date
 * @param {string} language
 * @param {number} [now]
 */
export function ago(date, language, now = Date.now()) {
  const seconds = Math.min(0, (date.getTime() - now) / 1_000);
  const [unit, length] = UNITS.find((each) => -seconds >= each[1]) ?? ["second", 1];
  const count = unit === "second" ? 0 : Math.round(seconds / length); // "now"
  return new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }).format(count, unit);
}

/** The language an element is in. @param {Element} element */
export const language = (element) =>
  element.closest("[lang]")?.getAttribute("lang") || navigator.language;
