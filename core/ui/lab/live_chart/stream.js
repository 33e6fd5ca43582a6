// One server-sent event stream, reopened while the runs have more events.

const EVENT_NAMES = ["metrics", "epoch", "state", "reset", "end"];
const SILENCE_MS = 3000;
const CALM_MS = 800; // shorter interruptions are not reported
const LONGEST_WAIT_S = 30;

class EventStream {
  /** `onEvent(name, data)`; `onTrouble(isLost)`; `onSilence()`, once, if no event ever came. */
  constructor({ onEvent, onTrouble, onSilence }) {
    Object.assign(this, { onEvent, onTrouble, onSilence });
    this.url = "";
    this.source = null;
    this.heard = false;
  }

  /** Listen to this address from the beginning, or to nothing if it is empty. */
  follow(url) {
    this.close();
    this.url = url;
    this.lastId = "";
    this.attempts = 0;
    if (!url) return;
    this.open();
    if (!this.heard) this.silence = setTimeout(() => this.onSilence(), SILENCE_MS);
  }

  get isOpen() {
    return this.source !== null || this.retry !== undefined;
  }

  close() {
    if (this.source) this.source.close();
    this.source = null;
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    this.retry = undefined;
    this.setLost(false);
  }

  open() {
    const after = this.lastId ? `&after=${encodeURIComponent(this.lastId)}` : "";
    this.retry = undefined;
    this.source = new EventSource(this.url + after);
    for (const name of EVENT_NAMES) this.source.addEventListener(name, (event) => this.hear(name, event));
    this.source.onerror = () => this.stumble();
  }

  hear(name, event) {
    this.heard = true;
    this.attempts = 0;
    clearTimeout(this.silence);
    this.setLost(false);
    if (event.lastEventId) this.lastId = event.lastEventId;
    if (name === "end") this.close();
    this.onEvent(name, JSON.parse(event.data));
  }

  /** The browser reconnects by itself after a broken connection, but not after an error status; that is done here. */
  stumble() {
    if (!this.source) return;
    this.setLost(true);
    if (this.source.readyState !== EventSource.CLOSED) return;
    this.source = null;
    const seconds = Math.min(LONGEST_WAIT_S, 2 ** this.attempts) * (0.75 + Math.random() / 2);
    this.attempts += 1;
    this.retry = setTimeout(() => this.open(), seconds * 1000);
  }

  setLost(isLost) {
    if (isLost === (this.lost !== undefined)) return;
    clearTimeout(this.lost);
    this.lost = undefined;
    if (isLost) this.lost = setTimeout(() => this.onTrouble(true), CALM_MS);
    else this.onTrouble(false);
  }
}
