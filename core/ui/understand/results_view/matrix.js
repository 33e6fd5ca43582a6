// The confusion matrix: a grid of numbers that can be navigated with the arrow keys.

const STRONGEST = 45; // percent of colour in a cell's background, on which text is still readable
const LONG_NAME = 3; // letters; longer column names are vertical
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

class Matrix {
  /** `onChoose(cell)` gets a cell `{truth, taken}`, or null if the selected one was chosen again. */
  constructor(table, onChoose) {
    Object.assign(this, { table, onChoose, focused: [0, 0] });
    table.onclick = ({ target }) => this.choose(target.closest("td"));
    table.onkeydown = (event) => this.onKey(event);
  }

  /** `names` of the columns; the first ones are also those of the rows. */
  setNames(names, numRows, texts) {
    this.texts = texts;
    const key = JSON.stringify([names, numRows, texts.taken]);
    if (this.key === key) return;
    Object.assign(this, { key, names, focused: [0, 0] });
    const isLong = names.some((name) => name.length > LONG_NAME);
    const column = (name) => make("th", { scope: "col", class: isLong ? "tl-long" : "" }, make("span", {}, name));
    const across = make("th", { colspan: names.length, class: "tl-axis" }, texts.taken);
    const corner = make("th", { class: "tl-axis" }, texts.truth);
    const inRows = names.slice(0, numRows);
    this.cells = inRows.map(() => names.map(() => make("td", { role: "gridcell", tabindex: -1 })));
    const rows = inRows.map((name, at) => make("tr", {}, make("th", { scope: "row" }, name), ...this.cells[at]));
    this.table.replaceChildren(
      make("tr", {}, make("td", { class: "tl-void" }), across),
      make("tr", {}, corner, ...names.map(column)),
      ...rows,
    );
    this.cells[0][0].tabIndex = 0;
    this.table.setAttribute("aria-label", texts.matrix);
  }

  draw(counts, cell, isShares) {
    const most = Math.max(1, ...counts.flatMap((row, truth) => row.filter((_, taken) => taken !== truth)));
    counts.forEach((row, truth) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      row.forEach((count, taken) => {
        const isRight = truth === taken;
        const td = this.cells[truth][taken];
        const strength = isRight ? count / Math.max(total, 1) : count / most;
        td.className = isRight ? "tl-right" : "tl-wrong";
        td.style.setProperty("--strength", `${Math.round(count ? 5 + (STRONGEST - 5) * strength : 0)}%`);
        td.textContent = !count ? "" : isShares ? Math.round((100 * count) / total) : count;
        td.setAttribute("aria-label", this.cellLabel(truth, taken, count, total));
        td.setAttribute("aria-selected", Boolean(cell && cell.truth === truth && cell.taken === taken));
      });
    });
  }

  cellLabel(truth, taken, count, total) {
    const facts = { truth: this.names[truth], taken: this.names[taken], n: count, of: total };
    return fill(this.texts.cell, facts);
  }

  choose(td) {
    const truth = this.cells.findIndex((row) => row.includes(td));
    if (truth < 0) return;
    const taken = this.cells[truth].indexOf(td);
    this.focus(truth, taken);
    const isChosen = td.getAttribute("aria-selected") === "true";
    this.onChoose(isChosen ? null : { truth, taken });
  }

  onKey(event) {
    const step = STEPS[event.key];
    if (step) {
      const last = [this.cells.length - 1, this.names.length - 1];
      this.focus(...this.focused.map((at, axis) => Math.min(last[axis], Math.max(0, at + step[axis]))));
    } else if (event.key === "Enter" || event.key === " ") this.choose(event.target.closest("td"));
    else return;
    event.preventDefault();
  }

  focus(truth, taken) {
    const [row, column] = this.focused;
    this.cells[row][column].tabIndex = -1;
    this.focused = [truth, taken];
    this.cells[truth][taken].tabIndex = 0;
    this.cells[truth][taken].focus();
  }
}
