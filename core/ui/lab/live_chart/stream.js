// One server-sent event stream, reopened while the runs have more events.

const EVENT_NAMES = ["metrics", "epoch", "state", "reset", "end", "still_here"];
const FIRST_EVENT_MS = 3000;
const SILENCE_MS = 40000; // after the first event, a quiet stream says every 15 s that it is still there
const ANSWER_MS = 30000;
const OVERTAKEN_MS = 1000; // an answer may arrive before an event that was sent earlier
const CALM_MS = 800; // shorter interruptions are not reported
const LONGEST_WAIT_S = 30;

class EventStream {
  /** `onEvent(name, data)`; `onTrouble(isLost)`; `onBlocked()`, if the server answers but no event ever came. */
  constructor({ onEvent, onTrouble, onBlocked }) {
    Object.assign(this, { onEvent, onTrouble, onBlocked });
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
    if (url) this.open();
  }

  get isOpen() {
    return this.source !== null || this.retry !== undefined;
  }

  close() {
    this.drop();
    clearTimeout(this.silence);
    this.silence = undefined;
    this.setLost(false);
  }

  drop() {
    if (this.source) this.source.close();
    this.source = null;
    clearTimeout(this.retry);
    this.retry = undefined;
  }

  open() {
    this.drop();
    const after = this.lastId ? `&after=${encodeURIComponent(this.lastId)}` : "";
    this.source = new EventSource(this.url + after);
    for (const name of EVENT_NAMES) this.source.addEventListener(name, (event) => this.hear(name, event));
    this.source.onerror = () => this.stumble();
    if (!this.silence) this.awaitEvent();
  }

  awaitEvent() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.onSilence(), this.heard ? SILENCE_MS : FIRST_EVENT_MS);
  }

  /** A connection may be dead without an error. A first event may also be blocked by a proxy, or slow like all else. */
  async onSilence() {
    const { silence } = this;
    const isBlocked = !this.heard && (await this.isAnswered());
    if (silence !== this.silence) return; // an event came, or the stream was closed
    this.silence = undefined;
    if (isBlocked) return this.onBlocked();
    this.setLost(true);
    this.open();
  }

  isAnswered() {
    const request = { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) };
    const later = (done) => setTimeout(done, OVERTAKEN_MS, true);
    return fetch(new URL("healthz", this.url), request).then(() => new Promise(later), () => false);
  }

  hear(name, event) {
    this.heard = true;
    this.attempts = 0;
    this.awaitEvent();
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
