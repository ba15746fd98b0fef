// The bell's copy of an inbox, for a test that asks it one thing after another.
import { Copy } from "/unjoined/bell/copy.js";

let copy;

window.copy = {
  make: ({ order }) => void (copy = new Copy(order)),
  first: () => copy.first,
  load: ({ page }) => copy.load(page),
  apply: ({ event, limit }) => copy.apply(event, limit),
  older: () => (copy.more ? copy.older() : null),
  extend: ({ page }) => copy.extend(page),
  stay: () => copy.stay(),
  shown: () => ({ entries: copy.sorted(), counts: copy.counts, position: copy.position }),
};
