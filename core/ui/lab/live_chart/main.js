// The component: one stream, one status line, two charts. It is updated whenever the page's data or theme changes.

const choice = { logScale: false }; // the reader's, outlives the element

class Live {
  constructor(root, data) {
    this.root = root;
    this.curves = new Map(); // run id -> Curve
    choice.smoothing ??= data.smoothing;
    this.choice = choice;
    this.status = new StatusLine(root);
    this.rowFocus = new RowFocus();
    this.tools = new Tools(root, this.choice, (change) => this.onTool(change));
    this.charts = new Charts(root, (trace) => this.arraysFor(trace));
    this.stream = new EventStream({
      onEvent: (name, event) => this.onEvent(name, event),
      onTrouble: (isLost) => this.onTrouble(isLost),
      onBlocked: () => this.poll(),
    });
    this.replay = new Replay(
      () => this.refresh(),
      () => this.onReplayed(),
    );
    this.charts.load(data.plotlyUrl).catch(() => this.poll());
    this.news = new News({ drawn: () => this.main, send: (news) => this.setTriggerValue("changed", news) });
    this.onKey = (event) => this.pressOnce(event);
    window.addEventListener("keydown", this.onKey, true);
  }

  update(data, { setStateValue, setTriggerValue }) {
    Object.assign(this, { data, setStateValue, setTriggerValue });
    this.keepRuns(data.runs);
    this.label(data);
    this.root.dataset.only = data.only;
    this.tools.button.hidden = data.powers; // the axis is already logarithmic
    this.setSkeletons();
    this.listen();
    this.news.tellUnheard(this.curves.get(this.mainId).state);
    this.showStatus();
    this.rowFocus.keep();
  }

  destroy() {
    this.stream.close();
    this.replay.stop();
    this.rowFocus.destroy();
    this.news.destroy();
    window.removeEventListener("keydown", this.onKey, true);
    this.charts.destroy();
  }

  get main() {
    return this.data.runs.find((run) => run.role === "main");
  }

  /** A run that is still shown keeps its points, in colour or as a ghost. */
  keepRuns(runs) {
    const before = this.curves;
    this.curves = new Map(runs.map((run) => [run.id, before.get(run.id) || new Curve()]));
    if (this.mainId === this.main.id) return;
    this.mainId = this.main.id;
    this.news.forget();
    const isNew = !before.has(this.mainId);
    this.replay.prepare(isNew && this.main.replay);
    if (isNew && this.main.begun) requestAnimationFrame(() => this.charts.reveal());
  }

  label({ texts, lang }) {
    this.root.lang = lang;
    putTexts(this.root, texts);
    this.root.querySelector(".tl-progress").setAttribute("aria-label", texts.progress);
  }

  setSkeletons() {
    const { figures, texts } = this.data;
    const { logScale } = this.choice;
    const mode = this.isDark() ? "dark" : "light";
    this.charts.setSkeletons(figures[mode], logScale, texts, `${this.mainId} ${logScale}`);
  }

  isDark() {
    const style = getComputedStyle(this.root);
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = style.getPropertyValue("--st-background-color").trim() || "white";
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(probe.fillStyle.slice(at, at + 2), 16));
    return red + green + blue < 3 * 128;
  }

  /** Complete runs are not requested again, unless the page knows that they go on. */
  listen() {
    const { streamUrl, runs } = this.data;
    for (const run of runs) if (this.goesOn(run)) this.curves.get(run.id).complete = false;
    const wanted = runs.filter((run) => !this.curves.get(run.id).complete).map((run) => run.id);
    const url = new URL(streamUrl, appRoot());
    url.searchParams.delete("run");
    for (const id of wanted) url.searchParams.append("run", id);
    const address = wanted.length ? url.href : "";
    if (address !== this.stream.url || (address && !this.stream.isOpen)) this.stream.follow(address);
  }

  goesOn(run) {
    const { complete, state } = this.curves.get(run.id);
    const hasOtherEnd = state && (run.totalSteps !== state.total_steps || (run.state && run.state !== state.state));
    return complete && (hasOtherEnd || (run.state && !FINAL_STATES.includes(run.state)));
  }

  onEvent(name, event) {
    if (name === "end") return this.onEnd();
    const curve = this.curves.get(event.run);
    if (!curve) return;
    if (name === "metrics") curve.addPoints(event);
    else if (name === "epoch") curve.addEpoch(event);
    else if (name === "reset") curve.forget();
    else if (name === "state") this.onState(curve, event);
    this.refresh();
  }

  onEnd() {
    for (const curve of this.curves.values()) curve.complete = true;
    const curve = this.curves.get(this.mainId);
    this.replay.begin(curve.lastStep);
    if (this.replay.isOver) this.onReplayed();
    this.refresh();
  }

  /** Show the result of the run only once it has been shown to the end. */
  onReplayed() {
    if (this.main.replay) this.news.tell({ run: this.mainId, state: "replayed", finding: null });
  }

  onState(curve, state) {
    const before = curve.state;
    curve.state = state;
    if (state.run !== this.mainId) return;
    if (isOtherState(before || this.main, state)) this.news.tell(state);
  }

  /** In the presenter's view, holding down the space bar counts as one press of its button. */
  pressOnce(event) {
    if (!this.data.only || !event.repeat || event.code !== "Space") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  onTrouble(isLost) {
    this.isLost = isLost;
    if (this.data) this.showStatus();
  }

  poll() {
    if (this.isPolling) return;
    this.isPolling = true;
    this.setStateValue("poll", true);
  }

  onTool(change) {
    if ("logScale" in change) this.setSkeletons();
    else this.charts.easel.want();
  }

  refresh() {
    this.charts.easel.want();
    this.showStatus();
  }

  arraysFor(trace) {
    const { run: id, series } = trace.meta;
    if (series === "guess") return { x: trace.x, y: trace.y };
    const run = this.data.runs.find((each) => each.id === id);
    const limit = id === this.mainId ? this.replay.limit : Infinity;
    return SERIES[series](run, this.curves.get(id), { smoothing: this.choice.smoothing, limit });
  }

  showStatus() {
    const { texts } = this.data;
    const state = this.visibleState();
    const share = state.total_steps ? state.step / state.total_steps : 0;
    const result = this.result(state);
    const parts = [this.isLost && texts.lost, sentence(texts, state, this.main.replay), result];
    const news = this.isLost ? [texts.lost] : [stateText(texts, state), findingText(texts, state), result];
    this.status.show(parts.filter(Boolean).join(texts.separator), share);
    this.status.announce(news.filter(Boolean).join(texts.separator));
    this.charts.setLabel(this.measured());
  }

  /** The last measurements, for the label of each chart. */
  measured() {
    const { texts } = this.data;
    const { stepsPerEpoch, totalSteps } = this.main;
    const last = this.curves.get(this.mainId).epochs.filter(({ step }) => step <= this.replay.limit).at(-1);
    if (!last) return { loss: [], accuracy: [] };
    const epoch = epochText(texts, last.epoch, totalSteps, stepsPerEpoch);
    const loss = fill(texts.measured_loss, { loss: last.val_loss?.toPrecision(3) ?? "NaN" });
    return { loss: [epoch, loss], accuracy: [epoch, accuracyText(texts, last)] };
  }

  visibleState() {
    const { stepsPerEpoch, totalSteps, state: known } = this.main;
    const state = this.curves.get(this.mainId).state;
    if (!state) return { state: known || "connecting", step: 0, total_steps: totalSteps };
    if (this.replay.isOver) return state;
    const step = Math.max(0, Math.min(state.step, Math.round(this.replay.limit)));
    const { total_steps, steps_per_epoch } = state;
    return { state: "replaying", step, epoch: step / stepsPerEpoch, total_steps, steps_per_epoch };
  }

  /** The results of a run that is over. */
  result({ state }) {
    const { epochs } = this.curves.get(this.mainId);
    if (!FINAL_STATES.includes(state) || !epochs.length) return "";
    return accuracyText(this.data.texts, epochs.at(-1));
  }
}

export default lasting(Live, ".tl-live");
