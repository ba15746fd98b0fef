// How it looks: custom properties and parts are the page's to set (docs/guide/bell.md lists them).

const CSS = `
:host {
  color-scheme: light dark;
  --surface: var(--tidings-surface, light-dark(#fff, #1c1f26));
  --text: var(--tidings-text, light-dark(#1a1d23, #eceef2));
  --muted: var(--tidings-muted, light-dark(#59606e, #a6aebb));
  --line: var(--tidings-line, light-dark(#dfe3ea, #363c48));
  --hover: var(--tidings-hover, light-dark(#f2f5fa, #272c36));
  --accent: var(--tidings-accent, light-dark(#1d5bc9, #8ab4ff));
  --radius: var(--tidings-radius, 0.75rem);
  --shadow: 0 0.75rem 2rem light-dark(#0f1a2e33, #000a);
  display: inline-block;
  position: relative;
  font: var(--tidings-font, 400 0.9375rem/1.45 system-ui, sans-serif);
  color: var(--text);
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([theme="page"]) { color-scheme: inherit; }
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
button, a {
  font: inherit; color: inherit; background: none; border: 0; padding: 0; margin: 0;
  text-align: start; text-decoration: none; cursor: pointer; border-radius: 0.375rem;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
svg {
  display: block; inline-size: 1.5rem; block-size: 1.5rem; fill: none; stroke: currentColor;
  stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round;
}
.aside {
  position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
[part="button"] {
  position: relative; padding: 0.5rem; border-radius: 50%; color: var(--tidings-icon, inherit);
}
[part="button"]:hover { background: var(--hover); }
[part="badge"] {
  position: absolute; inset-block-start: -0.125rem; inset-inline-end: -0.375rem;
  min-inline-size: 1.25rem; padding: 0 0.25rem; border-radius: 1rem; text-align: center;
  font: 600 0.6875rem/1.25rem system-ui, sans-serif;
  color: var(--tidings-badge-text, #fff); background: var(--tidings-badge, #c8102e);
}
[part="panel"] {
  position: absolute; z-index: var(--tidings-z, 1000);
  inset-block-start: calc(100% + 0.375rem); inset-inline-end: 0;
  inline-size: min(var(--tidings-width, 24rem), calc(100vw - 1.5rem));
  max-block-size: min(var(--tidings-height, 36rem), calc(100dvh - 6rem));
  display: flex; flex-direction: column; overflow: hidden; outline: none;
  background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius);
  box-shadow: var(--shadow);
}
[part="panel"].start { inset-inline: 0 auto; }
[part="header"] {
  display: flex; align-items: center; gap: 0.75rem; padding: 0.75rem 1rem;
  border-block-end: 1px solid var(--line);
}
[part="title"] { flex: 1; margin: 0; font-size: 1.0625rem; font-weight: 650; }
.plain {
  min-block-size: 1.75rem; padding: 0.125rem 0.5rem; font-weight: 550; color: var(--accent);
}
.plain:hover { background: var(--hover); }
[part="retry"], [part="more"] { display: block; margin: 0.5rem auto; }
[part~="state"] { padding: 2.5rem 1.5rem; text-align: center; color: var(--muted); }
[part~="loading"] { padding-block: 1rem; }
[part="notice"] { margin: 0; }
[part="notice"]:not(:empty), [part~="offline"] {
  padding: 0.5rem 1rem; text-align: start; font-size: 0.875rem;
  border-block-end: 1px solid var(--line);
  background: light-dark(#fdf3d8, #3b3118); color: light-dark(#5c4300, #ffe2a1);
}
[part="scroller"] { overflow-y: auto; overscroll-behavior: contain; }
[part="list"] { list-style: none; margin: 0; padding: 0; }
[part~="entry"] {
  content-visibility: auto; contain-intrinsic-block-size: auto 5rem;
  display: grid; grid-template-columns: 1fr auto; align-items: start;
  border-block-end: 1px solid var(--line);
}
[part~="entry"]:last-child { border: 0; }
[part~="entry"]:hover, [part="toast"]:hover { background: var(--hover); }
[part="open"] {
  position: relative; display: grid; grid-template-columns: auto 1fr; align-content: start;
  inline-size: 100%; padding-block: 0.75rem; padding-inline: 1.75rem 0;
}
[part="open"] > * {
  grid-column: 2; overflow-wrap: anywhere;
  text-align: -webkit-match-parent; text-align: match-parent;
}
[part="open"] > [part="image"] {
  grid-column: 1; grid-row: 1 / span 3; inline-size: 2.5rem; block-size: 2.5rem;
  margin-inline-end: 0.75rem; object-fit: cover; border-radius: 0.5rem;
}
[part="heading"] { color: var(--muted); }
:is([part~="pending"], [part="toast"]) [part="heading"] { color: var(--text); font-weight: 600; }
[part="content"] {
  color: var(--muted); font-size: 0.875rem; white-space: pre-line;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden;
}
[part="time"] { color: var(--muted); font-size: 0.8125rem; }
[part="open"] > .dot {
  grid-area: auto; position: absolute; inset-block-start: 1.125rem; inset-inline-start: 0.6875rem;
  inline-size: 0.5rem; block-size: 0.5rem; border-radius: 50%; background: var(--accent);
}
.small { margin: 0.625rem 0.75rem 0 0.5rem; padding: 0.25rem; color: var(--muted); }
.small svg { inline-size: 1.25rem; block-size: 1.25rem; }
.small:hover { color: var(--text); background: var(--line); }
[part="actions"] {
  grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0.5rem;
  padding-block-end: 0.75rem; padding-inline: 1.75rem 1rem;
}
[part="action"] {
  display: inline-flex; align-items: center; gap: 0.375rem; min-block-size: 1.75rem;
  padding: 0.125rem 0.75rem; font-size: 0.875rem; font-weight: 550;
  border: 1px solid var(--line); background: var(--surface);
}
[part="action"]:hover { border-color: var(--accent); }
[part="icon"] { inline-size: 1rem; block-size: 1rem; }
[part="toasts"] {
  position: fixed; inset-block: auto 1rem; inset-inline: auto 1rem; overflow: visible;
  margin: 0; padding: 0; border: 0;
  inline-size: min(22rem, calc(100vw - 2rem)); background: none; color: inherit;
}
[part="toast"] {
  display: grid; grid-template-columns: 1fr auto; align-items: start; margin-block-start: 0.5rem;
  background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius);
  box-shadow: var(--shadow); animation: rise 0.2s ease-out;
}
@keyframes rise { from { opacity: 0; transform: translateY(0.5rem); } }
@media (prefers-reduced-motion: reduce) { [part="toast"] { animation: none; } }
@media (forced-colors: active) {
  .dot, [part="badge"] { forced-color-adjust: none; }
}
@media (max-width: 30rem) {
  [part="panel"], [part="panel"].start {
    position: fixed; inset: auto 0.75rem 0.75rem; inline-size: auto; max-block-size: 80dvh;
  }
}
`;

/** @type {CSSStyleSheet | undefined} */
let shared;

/** Return the one style sheet of all bells: constructed, so that no page's policy forbids it. */
export function sheet() {
  if (!shared) {
    shared = new CSSStyleSheet();
    shared.replaceSync(CSS);
  }
  return shared;
}
