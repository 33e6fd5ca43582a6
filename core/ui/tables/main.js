// A table with sortable columns and selectable rows. It is redrawn only when its data changes.

const LEAST_GROUPED = 10000; // so that years are not grouped
const LARGE = 1e15;
const SMALL = 1e-4;
const LABEL_CELLS = 3; // cells that identify a row without a name
const DIGITS = 6; // of non-integers
const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const ORDERS = ["ascending", "descending"];

class Table {
  constructor(root) {
    this.root = root;
    this.sorted = { column: -1, order: "none" };
    this.chosen = new Set(); // ids, including rows that are not shown now
  }

  update(data, { setStateValue }) {
    this.sendChosen = (ids) => setStateValue("chosen", ids);
    const print = JSON.stringify(data);
    if (print === this.print) return;
    Object.assign(this, { data, print });
    this.root.lang = data.lang;
    this.root.classList.toggle("prose", data.prose);
    this.root.classList.toggle("few", data.height === null);
    this.root.style.maxHeight = data.height ? `${data.height}px` : "";
    this.root.style.width = data.width ? `min(${data.width}px, 78vw)` : ""; // the container does not set a width
    this.table = make("table", { role: "table", "aria-label": data.label });
    this.table.append(this.head(), make("tbody", { role: "rowgroup" }));
    const { part } = this.root.getRootNode().activeElement?.dataset ?? {};
    this.root.replaceChildren(this.table);
    this.fill();
    if (part) this.part(part)?.focus({ preventScroll: true });
    if (data.focus) this.part(`row ${data.focus}`)?.focus();
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  head() {
    const row = make("tr", { role: "row" });
    if (this.canChoose) row.append(make("td", { role: "cell" }));
    this.data.columns.forEach(({ name }, column) => {
      const button = make("button", { type: "button", "data-part": `column ${column}` }, name);
      button.addEventListener("click", () => this.sort(column));
      row.append(make("th", { role: "columnheader", scope: "col", class: this.kind(column) }, button));
    });
    return make("thead", { role: "rowgroup" }, row);
  }

  get canChoose() {
    return this.data.ids.length > 0;
  }

  /** Columns of numbers are right-aligned. */
  kind(column) {
    const isNumber = (row) => typeof row[column] === "number" || row[column] === null;
    return this.data.rows.every(isNumber) ? "number" : "text";
  }

  /** Cycle through ascending, descending and the original order. */
  sort(column) {
    const next = this.sorted.column === column ? ORDERS.indexOf(this.sorted.order) + 1 : 0;
    this.sorted = next < ORDERS.length ? { column, order: ORDERS[next] } : { column: -1, order: "none" };
    this.fill();
  }

  fill() {
    const { column, order } = this.sorted;
    this.table.querySelectorAll("th").forEach((head, at) => {
      head.setAttribute("aria-sort", at === column ? order : "none");
    });
    this.table.tBodies[0].replaceChildren(...this.order().map((at) => this.row(at)));
  }

  /** The indices of the rows in display order; empty cells come last in any order. */
  order() {
    const { rows, lang } = this.data;
    const { column, order } = this.sorted;
    const places = rows.map((_, at) => at);
    if (column < 0 || column >= this.data.columns.length) return places;
    const sign = order === "ascending" ? 1 : -1;
    const isEmpty = (cell) => cell === null || cell === "";
    return places.sort((first, second) => {
      const [a, b] = [rows[first][column], rows[second][column]];
      if (isEmpty(a) || isEmpty(b)) return isEmpty(a) - isEmpty(b);
      if (typeof a === "number" && typeof b === "number") return sign * (a - b);
      return sign * String(a).localeCompare(String(b), lang, { numeric: true });
    });
  }

  row(at) {
    const cells = this.data.rows[at].map((cell, column) => this.cell(cell, column));
    if (this.canChoose) cells.unshift(this.box(at));
    return make("tr", { role: "row" }, ...cells);
  }

  cell(value, column) {
    const { name, percent } = this.data.columns[column];
    const attributes = { role: "cell", class: this.kind(column), "data-name": name };
    const cell = make("td", attributes, ...this.content(value, column));
    if (percent && value !== null) cell.style.setProperty("--share", value / 100);
    return cell;
  }

  content(value, column) {
    if (value === null) return [];
    if (typeof value === "number") return [this.data.columns[column].percent ? `${value.toFixed(1)}%` : written(value)];
    if (this.canChoose || !/^https?:\/\//.test(value)) return [value];
    const link = { href: value, target: "_blank", rel: "noopener noreferrer" };
    return [make("a", link, new URL(value).hostname.replace(/^www\./, ""))];
  }

  box(at) {
    const id = this.data.ids[at];
    const first = this.data.rows[at].slice(0, LABEL_CELLS).flatMap((cell, column) => this.content(cell, column));
    const label = fill(this.data.choose, { name: first.join(" · ") });
    const box = make("input", { type: "checkbox", "aria-label": label, "data-part": `row ${id}` });
    box.checked = this.chosen.has(id);
    box.addEventListener("change", () => {
      if (box.checked) this.chosen.add(id);
      else this.chosen.delete(id);
      this.sendChosen([...this.chosen]);
    });
    return make("td", { role: "cell", class: "box" }, make("label", {}, box));
  }
}

/** Numbers as in the pages' texts: thin spaces between groups, powers of ten for very large ones. */
function written(number) {
  const size = Math.abs(number);
  if (size && (size >= LARGE || size < SMALL)) {
    const [digits, power] = number.toExponential(3).split("e");
    const raised = String(Number(power)).replace(/./g, (sign) => SUPERSCRIPTS[sign]);
    return `${Number(digits)} × 10${raised}`;
  }
  const text = String(Number.isInteger(number) ? number : Number(number.toPrecision(DIGITS)));
  return size < LEAST_GROUPED ? text : text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, "\u202f");
}

export default lasting(Table, ".tl-table");
