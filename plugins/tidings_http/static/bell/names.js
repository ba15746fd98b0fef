// How a user's channel is called; docs/glossary.md, and core/tidings/names.py says the same.

const PLAIN = /^(?!=|encrypted-|cache-)[A-Za-z0-9_\-=@,.;]{1,150}$/;

/** @param {string} user */
export function userChannel(user) {
  if (PLAIN.test(user)) return `private-user-${user}`;
  const bytes = String.fromCharCode(...new TextEncoder().encode(user));
  const text = btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `private-user-=${text}`;
}
