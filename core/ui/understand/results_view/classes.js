// Precision and recall of each class.

class Classes {
  constructor(table) {
    this.table = table;
  }

  draw(counts) {
    counts.forEach((row, at) => {
      const [taken, there] = [counts.reduce((sum, other) => sum + other[at], 0), row.reduce((sum, n) => sum + n, 0)];
      const [images, precision, recall] = this.cells[at];
      images.textContent = there;
      this.fillIn(precision, counts[at][at], taken);
      this.fillIn(recall, counts[at][at], there);
    });
  }

  setNames(names, texts) {
    this.texts = texts;
    const head = ["class", "images", "precision", "recall"];
    this.cells = names.map(() => ["", "tl-bar", "tl-bar"].map((className) => make("td", { class: className })));
    this.table.replaceChildren(
      make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, texts[name])))),
      make(
        "tbody",
        {},
        ...names.map((name, at) => make("tr", {}, make("th", { scope: "row" }, name), ...this.cells[at])),
      ),
    );
  }

  /** A class that was never predicted has no precision. */
  fillIn(cell, right, all) {
    cell.textContent = all ? percent(right / all) : this.texts.none;
    cell.style.setProperty("--share", all ? right / all : 0);
  }
}
