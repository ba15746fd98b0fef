// Which addresses of a notification are followed and shown: the web's, and no others.

/**
 * Return the address if it leads to a page: http or https, or relative to this page; else null.
 * @param {unknown} text
 * @returns {URL | null}
 */
export function safe(text) {
  if (typeof text !== "string" || !URL.canParse(text, document.baseURI)) return null;
  const url = new URL(text, document.baseURI);
  return /^https?:$/.test(url.protocol) ? url : null;
}

/** An icon may also be a name that only the page understands. @param {unknown} text */
export const safeIcon = (text) =>
  typeof text === "string" && /^(https?:\/\/|\.?\.?\/)/i.test(text) ? safe(text) : null;
