// The class probabilities of one image over the epochs, as a small line chart.

const HEIGHT_PX = 200;
const EDGE = { left: 40, right: 84, top: 20, bottom: 36 };
const NOTABLE = 0.15; // a class that was never this probable is a thin grey line without a name
const MAX_NAMED = 4;
const MAX_LETTERS = 12; // of a name
const LETTER_PX = 7;
const LINE_PX = 15;
const NEAREST_FIRST = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7, -7, 8, -8]; // lines down or up
const DASHES = ["6 3", "2 3", "8 3 2 3", "12 4"];
const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes, text = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** The width of a text in Latin letters; a Chinese character counts as two. */
function letters(text) {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);
}

function shortened(name) {
  let short = name;
  while (letters(short) > MAX_LETTERS) short = short.replace(/.…?$/u, "…");
  return short;
}

class Course {
  constructor(box) {
    this.box = box;
  }

  set({ image, names, epochs, texts }) {
    Object.assign(this, { image, names: names.map(shortened), epochs, texts });
    this.resize();
  }

  resize() {
    const width = this.box.clientWidth;
    if (!this.image || !width) return;
    this.width = width;
    this.chart = svg("svg", { width, height: HEIGHT_PX, role: "img", "aria-label": this.texts.course });
    this.axes();
    this.lines();
    this.marker = svg("line", { y1: EDGE.top, y2: HEIGHT_PX - EDGE.bottom, class: "tl-marker" });
    this.chart.append(this.marker);
    this.box.replaceChildren(this.chart);
    if (this.epoch != null) this.mark(this.epoch);
  }

  mark(epoch) {
    this.epoch = epoch;
    if (!this.marker) return;
    for (const name of ["x1", "x2"]) this.marker.setAttribute(name, this.x(Math.min(epoch, this.epochs.length - 1)));
  }

  x(index) {
    const inside = this.width - EDGE.left - EDGE.right;
    return EDGE.left + (this.epochs.length > 1 ? (index / (this.epochs.length - 1)) * inside : inside / 2);
  }

  y(share) {
    return EDGE.top + (1 - share) * (HEIGHT_PX - EDGE.top - EDGE.bottom);
  }

  axes() {
    for (const share of [0, 0.5, 1]) {
      const y = this.y(share);
      this.chart.append(svg("line", { x1: EDGE.left, x2: this.width - EDGE.right, y1: y, y2: y, class: "tl-grid" }));
      this.chart.append(svg("text", { x: EDGE.left - 6, y: y + 4, class: "tl-tick tl-end" }, percent(share)));
    }
    const every = Math.ceil(this.epochs.length / Math.max(2, Math.floor((this.width - 120) / 45)));
    this.epochs.forEach((epoch, index) => {
      if ((this.epochs.length - 1 - index) % every) return;
      this.chart.append(svg("text", { x: this.x(index), y: HEIGHT_PX - 21, class: "tl-tick tl-middle" }, epoch));
    });
    const middle = (EDGE.left + this.width - EDGE.right) / 2;
    this.chart.append(svg("text", { x: middle, y: HEIGHT_PX - 4, class: "tl-tick tl-middle" }, this.texts.epoch));
  }

  /** The true class is the thick line; the other named ones differ in their dashes. */
  lines() {
    const most = (at) => Math.max(...this.image.shares.map((shares) => shares[at]));
    const order = [...this.image.shares[0].keys()].sort((one, other) => most(other) - most(one));
    const others = order.filter((at) => at !== this.image.truth);
    const named = others.filter((at) => most(at) >= NOTABLE).slice(0, MAX_NAMED);
    for (const at of others.filter((each) => !named.includes(each))) this.line(at, { class: "tl-other" });
    named.forEach((at, rank) => this.line(at, { class: "tl-rival", "stroke-dasharray": DASHES[rank] }));
    this.line(this.image.truth, { class: "tl-truth" });
    this.labels(this.image.truth, named);
  }

  line(at, attributes) {
    const points = this.image.shares.map((shares, index) => `${this.x(index)},${this.y(shares[at])}`);
    if (points.length === 1) {
      const [cx, cy] = points[0].split(",");
      this.chart.append(svg("circle", { cx, cy, r: 4, class: attributes.class }));
    } else this.chart.append(svg("polyline", { points: points.join(" "), ...attributes }));
  }

  /** Label the true class at the end of its line, others at their peaks, without overlap. */
  labels(truth, rivals) {
    const end = this.epochs.length - 1;
    const last = this.y(this.image.shares[end][truth]);
    this.chart.append(svg("text", { x: this.x(end) + 8, y: last + 4, class: "tl-truth" }, this.names[truth]));
    const placed = [];
    for (const at of rivals) {
      const top = this.image.shares.reduce((best, shares, index, all) => (shares[at] > all[best][at] ? index : best), 0);
      const half = 4 + (LETTER_PX / 2) * letters(this.names[at]);
      const x = Math.max(EDGE.left + half, Math.min(this.x(end) - half, this.x(top)));
      const y = this.freeLine(x, this.y(this.image.shares[top][at]) - 5, half, placed);
      placed.push({ x, y, half });
      this.chart.append(svg("text", { x, y, class: "tl-middle" }, this.names[at]));
    }
  }

  /** The height nearest to `y` at which a label of that half width overlaps no other. */
  freeLine(x, y, half, placed) {
    const isFree = (height) =>
      !placed.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - height) < LINE_PX);
    const heights = NEAREST_FIRST.map((lines) => y + lines * LINE_PX);
    return heights.find((each) => each > LINE_PX - 5 && each < HEIGHT_PX - EDGE.bottom && isFree(each));
  }
}
