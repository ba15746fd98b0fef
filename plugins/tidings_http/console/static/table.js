// A table whose rows stay the same elements while what they are about is there.

/** Set an element's text, if it is another. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export class Table {
  #body;
  #cells;
  #key;
  #empty;
  #rows = new Map();

  /**
   * @param table the element
   * @param cells for each column a function that fills a cell from an item: (cell, item, row)
   * @param key tells items apart
   * @param none what is said where there are no items
   */
  constructor(table, cells, key, none) {
    this.#body = table.tBodies[0];
    this.#cells = cells;
    this.#key = key;
    this.#empty = document.createElement("tr");
    const cell = this.#empty.insertCell();
    cell.colSpan = table.tHead.rows[0].cells.length;
    cell.className = "empty";
    cell.textContent = none;
  }

  show(items) {
    const keys = new Set(items.map(this.#key));
    for (const [key, row] of this.#rows) if (!keys.has(key)) this.#remove(key, row);
    let next = this.#body.firstChild;
    for (const item of items) {
      const row = this.#row(item);
      if (row === next) next = next.nextSibling;
      else this.#body.insertBefore(row, next);
    }
    if (items.length) this.#empty.remove();
    else this.#body.append(this.#empty);
  }

  #remove(key, row) {
    this.#rows.delete(key);
    row.remove();
  }

  #row(item) {
    const key = this.#key(item);
    const row = this.#rows.get(key) ?? this.#made();
    this.#rows.set(key, row);
    this.#cells.forEach((fill, i) => fill(row.cells[i], item));
    return row;
  }

  #made() {
    const row = document.createElement("tr");
    this.#cells.forEach((_, i) => row.append(document.createElement(i ? "td" : "th")));
    row.cells[0].scope = "row";
    return row;
  }
}

/** A column of texts. */
export const text = (get) => (cell, item) => say(cell, get(item) ?? "–");

/** A column of numbers, below one another. */
export const figure = (get) => (cell, item) => {
  cell.className = "number";
  say(cell, get(item) ?? "–");
};
