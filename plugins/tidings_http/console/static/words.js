// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" });

export const number = (value) => whole.format(value);

export const rate = (value) => (value < 10 ? tenths : whole).format(value);

export const time = (seconds) => clock.format(seconds * 1000);

/** A bound of latency: 0.0025 is "2.5 ms". */
export const span = (seconds) => (seconds < 1 ? `${tenths.format(seconds * 1000)} ms` : `${tenths.format(seconds)} s`);

/** How long something has been so: "3 min". */
export function duration(seconds) {
  const [size, name] = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ].find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${name}`;
}

/** What was counted by name: "gone 3, slow 1". */
export function tally(counts) {
  const told = Object.entries(counts).filter(([, count]) => count);
  return told.map(([name, count]) => `${name.replaceAll("_", " ")} ${number(count)}`).join(", ") || "–";
}
