// Lines and bars, as SVG: what they show is told in words too.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 160;

function drawn(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function html(name, className, ...children) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}

function plot(figure, ...under) {
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  const most = html("p", "most");
  figure.append(html("div", "plot", svg, most, ...under));
  svg.append(drawn("line", { class: "grid", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }));
  return { svg, most };
}

/** The next of 1, 2, 5, 10, 20, ... that is as high. */
export function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

/** Lines over the last `span` milliseconds. */
export class Lines {
  #svg;
  #most;
  #lines;
  #span;

  constructor(figure, classes, span) {
    this.#span = span;
    const ends = html("p", "ends", html("span", "", `${span / 60_000} min ago`), html("span", "", "now"));
    ({ svg: this.#svg, most: this.#most } = plot(figure, ends));
    this.#lines = classes.map((name) => drawn("polyline", { class: name }));
    this.#svg.append(...this.#lines);
  }

  /** @param series for each line its points: [[at, value], ...]; `words` tell what they show. */
  show(series, now, words) {
    const most = ceiling(Math.max(...series.flat().map(([, value]) => value), 0));
    this.#most.textContent = `${most.toLocaleString("en")}`;
    this.#svg.setAttribute("aria-label", words);
    series.forEach((points, i) => {
      const placed = points.map(([at, value]) => this.#place(now - at, value / most));
      this.#lines[i].setAttribute("points", placed.join(" "));
    });
  }

  #place(ago, part) {
    return `${(WIDTH * (1 - ago / this.#span)).toFixed(1)},${((HEIGHT - 4) * (1 - part) + 2).toFixed(1)}`;
  }
}

/** Bars side by side, with a word under each. */
export class Bars {
  #svg;
  #most;
  #bounds = html("p", "bounds");
  #bars = [];

  constructor(figure) {
    ({ svg: this.#svg, most: this.#most } = plot(figure, this.#bounds));
  }

  show(counts, names, words) {
    if (this.#bars.length !== counts.length) this.#make(names);
    const most = ceiling(Math.max(...counts, 0));
    this.#most.textContent = most.toLocaleString("en");
    this.#svg.setAttribute("aria-label", words);
    counts.forEach((count, i) => {
      const height = count ? Math.max(3, (HEIGHT * count) / most) : 0;
      this.#bars[i].setAttribute("height", height);
      this.#bars[i].setAttribute("y", HEIGHT - height);
    });
  }

  #make(names) {
    const width = WIDTH / names.length;
    for (const bar of this.#bars) bar.remove();
    this.#bars = names.map((_, i) => drawn("rect", { x: i * width + 3, width: width - 6, y: HEIGHT, height: 0 }));
    this.#svg.append(...this.#bars);
    this.#bounds.replaceChildren(...names.map((name) => html("span", "", name)));
  }
}
