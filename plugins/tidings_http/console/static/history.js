// What was between one look and the next: the server only counts, and never forgets.

const KEPT = 120_000;
const MINUTE = 60_000;
const GAP = 10_000; // what is further apart was not watched

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

/** Of one look: the counters that only grow, of all fronts together. */
function counted(state) {
  return {
    at: state.at * 1000,
    opened_at: state.opened_at,
    accepted: state.accepted,
    heard: state.heard,
    delivered: sum(state.fronts.map((front) => front.deliveries)),
    latency: latencies(state.fronts),
  };
}

/** The latencies of all fronts that measure them alike, added up. */
function latencies(fronts) {
  const measured = fronts.map((front) => front.latency).filter((each) => each !== null);
  if (!measured.length) return null;
  const { bounds } = measured[0];
  const alike = measured.filter((each) => `${each.bounds}` === `${bounds}`);
  return { bounds, counts: bounds.concat(Infinity).map((_, i) => sum(alike.map((each) => each.counts[i]))) };
}

export class History {
  #looks = [];

  /** Events and deliveries a second, oldest first: [{at, accepted, heard, delivered}]. */
  rates = [];

  add(state) {
    const look = counted(state);
    const before = this.#looks.at(-1);
    if (before && (before.opened_at !== look.opened_at || look.at <= before.at)) this.clear();
    else if (before) this.#rate(before, look);
    this.#looks.push(look);
    while (look.at - this.#looks[0].at > MINUTE) this.#looks.shift();
    while (this.rates.length && look.at - this.rates[0].at > KEPT) this.rates.shift();
  }

  clear() {
    this.#looks = [];
    this.rates = [];
  }

  /** The latencies of the last minute, or null. */
  latency() {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)];
    if (!last?.latency) return null;
    const { bounds, counts } = last.latency;
    return { bounds, counts: counts.map((count, i) => count - (first.latency?.counts[i] ?? 0)) };
  }

  #rate(before, look) {
    const seconds = (look.at - before.at) / 1000;
    if (look.at - before.at > GAP) this.rates = [];
    const per = (name) => (look[name] - before[name]) / seconds;
    this.rates.push({ at: look.at, accepted: per("accepted"), heard: per("heard"), delivered: per("delivered") });
  }
}

/** The bound below which this part of what was counted lies; Infinity: it is beyond the last. */
export function within({ bounds, counts }, part) {
  const wanted = sum(counts) * part;
  let found = 0;
  for (const [i, count] of counts.entries()) {
    found += count;
    if (found >= wanted) return bounds[i] ?? Infinity;
  }
  return Infinity;
}

export const total = ({ counts }) => sum(counts);
