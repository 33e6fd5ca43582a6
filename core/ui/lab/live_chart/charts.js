// The two Plotly charts, with shared hover.

/** One chart: a skeleton from the server, filled with data arrays. */
class Chart {
  constructor(box, { onHover, onLeave }) {
    this.box = box;
    this.plot = box.querySelector(".tl-plot");
    this.name = box.dataset.chart;
    Object.assign(this, { onHover, onLeave });
    this.stale = true; // the skeleton has changed since it was drawn
    this.points = []; // as drawn
  }

  setSkeleton(figure, logScale, texts, revision) {
    Object.assign(this, { figure, logScale, texts, revision });
    this.box.querySelector(".tl-empty").style.bottom = `${figure.layout.template.layout.margin.b}px`;
    this.stale = true;
  }

  /** The label for screen readers, which includes the last measurements. */
  setLabel(measured) {
    const label = [this.texts[`${this.name}.title`], ...measured].join(this.texts.separator);
    if (this.box.getAttribute("aria-label") !== label) this.box.setAttribute("aria-label", label);
  }

  /** Whether `points`, the arrays of each trace in the skeleton's order, have changed. */
  isDue(points) {
    if (!this.plot.offsetParent) return false; // a hidden tab has no size to measure
    return this.stale || !points.every((trace, index) => sameArrays(trace, this.points[index]));
  }

  draw(Plotly, points) {
    this.points = points;
    if (this.stale) this.drawWhole(Plotly, points);
    else this.drawPoints(Plotly, points);
    this.fitLegend(Plotly);
  }

  drawPoints(Plotly, points) {
    Plotly.restyle(this.plot, Object.fromEntries(ARRAYS.map((name) => [name, points.map((trace) => trace[name])])));
  }

  drawWhole(Plotly, points) {
    const { data, layout } = JSON.parse(JSON.stringify(this.figure));
    const traces = data.map((trace, index) => ({ ...trace, ...points[index] }));
    Plotly.react(this.plot, traces, this.pageLayout(layout), this.config(Plotly));
    if (!this.box.classList.contains("drawn")) this.listen();
    this.box.classList.add("drawn");
    this.stale = false;
  }

  /** Long names of runs take more rows on a phone than the skeleton has room for. */
  fitLegend(Plotly) {
    const names = this.plot.querySelector(".legend"); // only of traces with points
    if (!names) return;
    const plot = this.plot.getBoundingClientRect();
    const missing = Math.ceil(names.getBoundingClientRect().bottom - plot.bottom);
    if (missing <= 0) return;
    const { margin, legend } = this.plot._fullLayout;
    Plotly.relayout(this.plot, { "margin.b": margin.b + missing, "legend.y": legend.y + missing / plot.height });
  }

  pageLayout(layout) {
    const isTouch = matchMedia("(pointer: coarse)").matches;
    const { clientWidth: width, clientHeight: height } = this.plot;
    layout.template.layout.legend.y *= layout.height / height; // keeps the distance in pixels below the plot
    Object.assign(layout, { width, height });
    layout.uirevision = this.revision;
    if (this.logScale) Object.assign(layout.yaxis, { type: "log", autorangeoptions: {} });
    layout.dragmode = isTouch ? false : "zoom"; // a finger on the chart scrolls the page
    layout.xaxis.fixedrange = layout.yaxis.fixedrange = isTouch;
    return layout;
  }

  config(Plotly) {
    const png = {
      name: "png",
      title: this.texts.download,
      icon: Plotly.Icons.camera,
      click: (plot) => Plotly.downloadImage(plot, this.imageOptions()),
    };
    const reset = {
      name: "reset",
      title: this.texts.reset,
      icon: Plotly.Icons.home,
      click: (plot) => Plotly.relayout(plot, this.resetRanges()),
    };
    const modeBarButtons = [[png, reset]];
    return { displayModeBar: "hover", displaylogo: false, modeBarButtons, showTips: false, doubleClick: "reset" };
  }

  imageOptions() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    return { format: "png", filename: `trendlab-${this.name}`, scale: 2, width, height };
  }

  resetRanges() {
    const { xaxis, yaxis } = this.figure.layout;
    const y = yaxis.range ? { "yaxis.range": [...yaxis.range] } : { "yaxis.autorange": true };
    return { "xaxis.range": [...xaxis.range], ...y };
  }

  listen() {
    this.plot.on("plotly_hover", (event) => this.onHover(event.xvals ? event.xvals[0] : event.points[0].x));
    this.plot.on("plotly_unhover", () => this.onLeave());
  }

  hover(Plotly, x) {
    if (this.box.classList.contains("drawn")) Plotly.Fx.hover(this.plot, { xval: x }, "xy", true);
  }

  unhover(Plotly) {
    if (this.box.classList.contains("drawn")) Plotly.Fx.unhover(this.plot);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    const drawn = this.plot.layout;
    if (width && drawn && (drawn.width !== width || drawn.height !== height)) this.stale = true;
  }

  destroy(Plotly) {
    if (Plotly) Plotly.purge(this.plot);
  }
}

const ARRAYS = ["x", "y", "customdata"];

function sameArrays(trace, before) {
  return ARRAYS.every((name) => {
    const [now, then] = [trace[name] || [], before[name] || []];
    return now.length === then.length && now.every((value, index) => value === then[index]);
  });
}

/** Both charts, with shared hover, size and drawing. */
class Charts {
  /** `arraysFor(trace)` returns the current arrays of a skeleton's trace. */
  constructor(root, arraysFor) {
    this.arraysFor = arraysFor;
    this.easel = new Easel(() => this.draw());
    this.all = Array.from(root.querySelectorAll(".tl-chart"), (box) => this.newChart(box));
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(root);
  }

  newChart(box) {
    const chart = new Chart(box, {
      onHover: (x) => this.hoverOthers(chart, x),
      onLeave: () => this.leaveOthers(chart),
    });
    return chart;
  }

  async load(url) {
    this.Plotly = await loadPlotly(url);
    this.easel.want();
  }

  setSkeletons(figures, logScale, texts, revision) {
    for (const chart of this.all) {
      chart.setSkeleton(figures[chart.name], logScale && chart.name === "loss", texts, revision);
    }
    this.easel.want();
  }

  /** `measured` has the text parts of each chart, by name. */
  setLabel(measured) {
    for (const chart of this.all) chart.setLabel(measured[chart.name]);
  }

  /** Draws one chart at a time, so that the first is on the screen while the other is being drawn. */
  *draw() {
    if (!this.Plotly) return;
    for (const chart of this.all) {
      const points = chart.figure.data.map(this.arraysFor);
      if (!chart.isDue(points)) continue;
      chart.draw(this.Plotly, points);
      if (this.hovered) chart.hover(this.Plotly, this.hovered.x); // drawing removed it
      yield;
    }
  }

  /** Scroll just far enough to show the whole first chart. */
  reveal() {
    const { box } = this.all[0];
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    box.scrollIntoView({ block: "nearest", behavior });
  }

  hoverOthers(chart, x) {
    this.hovered = { chart, x };
    for (const other of this.all) if (other !== chart) other.hover(this.Plotly, x);
  }

  leaveOthers(chart) {
    this.hovered = null;
    for (const other of this.all) if (other !== chart) other.unhover(this.Plotly);
  }

  /** On paper a drawing keeps its size, as its box follows it there. */
  resize() {
    if (matchMedia("print").matches) return;
    for (const chart of this.all) chart.resize();
    this.easel.want();
  }

  destroy() {
    this.sizes.disconnect();
    this.easel.destroy();
    for (const chart of this.all) chart.destroy(this.Plotly);
  }
}
