// The two Plotly charts: drawn seldom, hovered together.

const DRAW_EVERY_MS = 100;

/** Calls `draw` at most every 100 ms, in an animation frame, and never while the page is hidden. */
class Easel {
  constructor(draw) {
    this.draw = draw;
    this.drawnAt = -Infinity;
    this.wanted = false;
    this.onVisible = () => this.wanted && this.wait();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  want() {
    if (this.wanted) return;
    this.wanted = true;
    this.wait();
  }

  wait() {
    if (document.hidden) return;
    clearTimeout(this.timer);
    const pause = Math.max(0, this.drawnAt + DRAW_EVERY_MS - performance.now());
    this.timer = setTimeout(() => {
      this.frame = requestAnimationFrame(() => this.paint());
    }, pause);
  }

  paint() {
    this.wanted = false;
    this.drawnAt = performance.now();
    this.draw();
  }

  destroy() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    document.removeEventListener("visibilitychange", this.onVisible);
  }
}

/** One chart: a skeleton from the server, filled with arrays. */
class Chart {
  constructor(box, { onHover, onLeave }) {
    this.box = box;
    this.plot = box.querySelector(".tl-plot");
    this.name = box.dataset.chart;
    Object.assign(this, { onHover, onLeave });
    this.stale = true; // the skeleton has changed since it was drawn
  }

  setSkeleton(figure, logScale, texts, revision) {
    Object.assign(this, { figure, logScale, texts, revision });
    this.box.setAttribute("aria-label", texts[`${this.name}.title`]);
    this.stale = true;
  }

  /** `points` are the arrays of each trace, in the skeleton's order. */
  draw(Plotly, points) {
    if (!this.plot.offsetParent) return; // in a closed tab there is nothing to measure
    if (this.stale) this.drawWhole(Plotly, points);
    else this.drawPoints(Plotly, points);
  }

  drawPoints(Plotly, points) {
    const arrays = { x: [], y: [], customdata: [] };
    for (const name of Object.keys(arrays)) arrays[name] = points.map((trace) => trace[name]);
    Plotly.restyle(this.plot, arrays);
  }

  drawWhole(Plotly, points) {
    const { data, layout } = JSON.parse(JSON.stringify(this.figure));
    const traces = data.map((trace, index) => ({ ...trace, ...points[index] }));
    Plotly.react(this.plot, traces, this.pageLayout(layout), this.config(Plotly));
    if (!this.box.classList.contains("drawn")) this.listen();
    this.box.classList.add("drawn");
    this.stale = false;
  }

  pageLayout(layout) {
    const isTouch = matchMedia("(pointer: coarse)").matches;
    const { clientWidth: width, clientHeight: height } = this.plot;
    layout.template.layout.legend.y *= layout.height / height; // as many pixels below the plot, whatever the height
    Object.assign(layout, { width, height });
    layout.uirevision = this.revision;
    if (this.logScale) Object.assign(layout.yaxis, { type: "log", autorangeoptions: {} });
    if (isTouch) layout.dragmode = false; // a finger on the chart scrolls the page
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

/** Both charts, with what they share: one hover, one size, one moment to draw. */
class Charts {
  /** `arraysFor(trace)` gives the arrays of a skeleton's trace as they are now. */
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

  draw() {
    if (!this.Plotly) return;
    for (const chart of this.all) {
      chart.draw(this.Plotly, chart.figure.data.map(this.arraysFor));
    }
    this.hoverAgain();
  }

  /** Scroll until the first chart is seen whole, and no further. */
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

  /** Drawing takes the hover away. */
  hoverAgain() {
    if (this.hovered) for (const chart of this.all) chart.hover(this.Plotly, this.hovered.x);
  }

  resize() {
    for (const chart of this.all) chart.resize();
    this.easel.want();
  }

  destroy() {
    this.sizes.disconnect();
    this.easel.destroy();
    for (const chart of this.all) chart.destroy(this.Plotly);
  }
}
