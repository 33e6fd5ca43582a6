// A chart whose lines grow step by step, with a play button and a slider.

const STEP_MS = 30;
const STILLS = 10; // with reduced motion, this many pictures, one per second
const STILL_MS = 1000;

class Player {
  constructor(root) {
    this.root = root;
    this.plot = root.querySelector(".tl-plot");
    this.button = root.querySelector("button");
    this.slider = root.querySelector("input");
    this.button.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    this.slider.addEventListener("input", () => {
      this.pause();
      this.show(this.slider.valueAsNumber);
    });
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(root);
  }

  update(data) {
    const print = JSON.stringify(data);
    if (print === this.print) return;
    Object.assign(this, { data, print });
    this.pause();
    this.root.lang = data.lang;
    this.plot.style.height = `${data.figure.layout.height}px`;
    this.plot.setAttribute("aria-label", data.alt);
    this.root.querySelector("span").textContent = data.texts.step;
    this.slider.max = data.steps;
    this.load();
  }

  async load() {
    const { plotlyUrl, texts } = this.data;
    this.Plotly = await loadPlotly(plotlyUrl).catch(() => null);
    this.root.querySelector(".tl-lost").textContent = this.Plotly ? "" : texts.lost;
    if (this.Plotly && this.root.isConnected) this.draw();
  }

  draw() {
    const { data, layout } = JSON.parse(JSON.stringify(this.data.figure));
    const isTouch = matchMedia("(pointer: coarse)").matches;
    layout.width = this.plot.clientWidth;
    layout.xaxis.fixedrange = layout.yaxis.fixedrange = isTouch;
    this.Plotly.react(this.plot, data, layout, this.data.config);
    this.show(this.data.steps);
  }

  /** The lines up to a step, with their heads. A path that has ended stays at its end. */
  show(step) {
    this.step = step;
    this.slider.value = step;
    this.root.querySelector("output").textContent = step;
    if (!this.Plotly) return;
    const { figure, lines, heads } = this.data;
    const part = (axis) => lines.map((line) => figure.data[line][axis].slice(0, step + 1));
    const [x, y] = [part("x"), part("y")];
    const last = (paths) => paths.map((path) => path.slice(-1));
    this.Plotly.restyle(this.plot, { x: [...x, ...last(x)], y: [...y, ...last(y)] }, [...lines, ...heads]);
  }

  play() {
    if (!this.Plotly) return this.load();
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const by = isStill ? Math.ceil(this.data.steps / STILLS) : 1;
    if (this.step >= this.data.steps) this.show(0);
    this.timer = setInterval(() => this.advance(by), isStill ? STILL_MS : STEP_MS);
    this.label();
  }

  advance(by) {
    this.show(Math.min(this.step + by, this.data.steps));
    if (this.step === this.data.steps) this.pause();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.label();
  }

  label() {
    const { play, pause } = this.data.texts;
    this.button.textContent = this.timer ? pause : play;
    this.root.dataset.state = this.timer ? "playing" : "paused";
  }

  resize() {
    if (this.Plotly && this.plot.clientWidth) this.Plotly.relayout(this.plot, { width: this.plot.clientWidth });
  }

  destroy() {
    this.pause();
    this.sizes.disconnect();
    if (this.Plotly) this.Plotly.purge(this.plot);
  }
}

export default lasting(Player, ".tl-player");
