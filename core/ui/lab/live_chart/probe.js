// For charts that poll: checks, at growing intervals, whether events get through again.

const FIRST_PAUSE_MS = 15000;
const LONGEST_PAUSE_MS = 300000;

class Probe {
  constructor(root) {
    this.root = root;
    this.pauseMs = FIRST_PAUSE_MS;
    this.stream = new EventStream({
      onEvent: () => this.onEvent(),
      onTrouble: () => {},
      onBlocked: () => this.wait(),
    });
    this.wait();
  }

  update(data, { setTriggerValue }) {
    Object.assign(this, { data, report: () => setTriggerValue("events", true) });
  }

  wait() {
    this.stream.close();
    const pauseMs = this.pauseMs * (0.75 + Math.random() / 2); // spreads the requests of a class
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.pauseMs);
    this.timer = setTimeout(() => this.stream.follow(new URL(this.data.streamUrl, appRoot()).href), pauseMs);
  }

  /** The live charts also need Plotly. */
  onEvent() {
    this.stream.close();
    loadPlotly(this.data.plotlyUrl).then(() => this.report(), () => this.root.isConnected && this.wait());
  }

  destroy() {
    clearTimeout(this.timer);
    this.stream.close();
  }
}

export default lasting(Probe, "span");
