// All that is shown of one look at the server.

import { Bars, Lines } from "./charts.js";
import { History, total, within } from "./history.js";
import { Table, figure, say, text } from "./table.js";
import { duration, number, rate, span, tally, time } from "./words.js";

const SPAN = 120_000;
const at = (id) => document.getElementById(id);
const sum = (items, get) => items.reduce((all, item) => all + get(item), 0);

export class Board {
  #history = new History();
  #events = new Lines(at("events-chart"), ["first", "second"], SPAN);
  #deliveries = new Lines(at("deliveries-chart"), ["first"], SPAN);
  #latency = new Bars(at("latency-chart"));
  #tables;

  /** @param cut called with the user whose connections are to be cut */
  constructor(cut) {
    this.#tables = {
      transports: new Table(at("transports"), TRANSPORT, (each) => each.name, "There are none."),
      fronts: new Table(at("fronts"), FRONT, (each) => each.name, "There are none."),
      channels: new Table(at("channels"), CHANNEL, (each) => each.channel, "Nobody hears any."),
      connections: new Table(at("connections"), connection(cut), (each) => each.id, "There are none."),
      events: new Table(at("events"), EVENT, (each) => `${each.channel} ${each.id}`, "There were none yet."),
    };
  }

  clear() {
    this.#history.clear();
    for (const table of Object.values(this.#tables)) table.show([]);
  }

  show(state) {
    this.#history.add(state);
    this.#figures(state);
    this.#charts(state.at * 1000);
    this.#latencies();
    this.#tables.transports.show(state.transports);
    this.#tables.fronts.show(state.fronts);
    this.#tables.channels.show(state.channels.rows);
    this.#tables.connections.show(state.connections);
    this.#tables.events.show(state.events);
    this.#more(state);
  }

  #figures(state) {
    const now = this.#history.rates.at(-1);
    say(at("connections-now"), number(sum(state.fronts, (front) => front.connections)));
    say(at("channels-now"), number(state.channels.total));
    say(at("events-now"), now ? rate(Math.max(now.accepted, now.heard)) : "–");
    say(at("deliveries-now"), now ? rate(now.delivered) : "–");
    say(at("slow-now"), number(sum(state.fronts, (front) => front.slow)));
    say(at("recoveries-now"), number(sum(state.fronts, (front) => sum(Object.values(front.resumed), Number))));
  }

  #charts(now) {
    const { rates } = this.#history;
    const line = (name) => rates.map((each) => [each.at, each[name]]);
    const most = (name) => rate(Math.max(...rates.map((each) => each[name]), 0));
    const last = (name) => rate(rates.at(-1)?.[name] ?? 0);
    const words = (name, what) => `${what}: ${last(name)} a second now, at most ${most(name)} in two minutes.`;
    this.#events.show(
      [line("accepted"), line("heard")],
      now,
      `${words("accepted", "Events accepted")} ${words("heard", "Events heard")}`,
    );
    this.#deliveries.show([line("delivered")], now, words("delivered", "Deliveries"));
  }

  #latencies() {
    const found = this.#history.latency();
    const words = found === null ? "No front here measures it." : told(found);
    say(at("latency-words"), words);
    if (found !== null) this.#latency.show(found.counts, names(found.bounds), words);
  }

  #more(state) {
    const { rows, total: channels } = state.channels;
    say(at("channels-more"), channels > rows.length ? `And ${number(channels - rows.length)} more.` : "");
    say(at("connections-more"), state.connections.length >= 100 ? "The first 100; name a user to see theirs." : "");
    at("events-hidden").hidden = state.shows_data;
    at("events-data").hidden = !state.shows_data;
  }
}

/** What a latency histogram says, in words. */
function told(found) {
  if (!total(found)) return "Nothing was delivered.";
  const below = (part) => {
    const bound = within(found, part);
    return bound === Infinity ? `over ${span(found.bounds.at(-1))}` : `within ${span(bound)}`;
  };
  return `Half ${below(0.5)}, 99 % ${below(0.99)}.`;
}

/** The words under the bars: under every third, for there is little room. */
const names = (bounds) => [...bounds.map((bound, i) => (i % 3 || i === bounds.length - 1 ? "" : span(bound))), "more"];

const TRANSPORT = [
  text((each) => each.name),
  text((each) => each.role),
  (cell, each) => {
    cell.className = each.error ? "bad" : "";
    say(cell, each.error ? `retrying: ${each.error}` : "carries");
  },
  figure((each) => number(each.carried)),
  figure((each) => number(each.given_up)),
  figure((each) => number(each.waiting) + (each.owes ? ", and more" : "")),
];

const FRONT = [
  text((each) => each.name),
  figure((each) => number(each.connections)),
  figure((each) => number(each.opened)),
  text((each) => tally(each.ended)),
  figure((each) => number(each.slow)),
  text((each) => tally(each.refused)),
  text((each) => tally(each.resumed)),
];

const CHANNEL = [text((each) => each.channel), figure((each) => number(each.connections))];

const EVENT = [
  text((each) => each.name),
  text((each) => each.channel),
  text((each) => time(each.at)),
  text((each) => each.id),
  figure((each) => (each.offset === null ? null : number(each.offset))),
  figure((each) => number(each.bytes)),
  (cell, each) => {
    cell.hidden = each.data === undefined;
    if (!cell.firstChild) cell.append(document.createElement("code"));
    say(cell.firstChild, each.data ?? "");
  },
];

function connection(cut) {
  return [
    text((each) => each.user ?? "nobody in particular"),
    text((each) => each.language),
    text((each) => each.address),
    figure((each) => (each.channels === null ? null : number(each.channels))),
    figure((each) => (each.seconds === null ? null : duration(each.seconds))),
    (cell, each) => {
      if (cell.firstChild || each.user === null) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Disconnect…";
      button.setAttribute("aria-label", `Disconnect ${each.user}…`);
      button.addEventListener("click", () => cut(each.user));
      cell.append(button);
    },
  ];
}
