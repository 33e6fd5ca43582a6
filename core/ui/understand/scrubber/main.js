// The scrubber: listeners of `shared()` follow at once, the page when the slider stops, and at each step of playing. A
// page that responds quickly also follows while the slider is dragged, as fast as it can.

const RESTS_MS = 250; // after a key press; a released finger or mouse counts at once
const DRAWN_MS = 50; // interval of checks whether the page has drawn an epoch
const ECHO_MS = 3000; // after this time the page's epoch is trusted again
const PLAY_MS = 6000; // for all epochs, if there are many
const PLAY_STEP_MS = [120, 700]; // minimum and maximum for one
const PLAY = "M8 5v14l11-7z";
const PAUSE = "M6 5h4v14H6zm8 0h4v14h-4z";

/** The epoch that the page has completely drawn; null if it does not report it. */
function drawnIndex() {
  const name = [...shared().parcels.keys()].find((each) => each.startsWith("drawn "));
  return name ? Number(name.split(" ")[1]) : null;
}

class Scrubber {
  constructor(root) {
    this.root = root;
    [this.button, this.slider, this.output] = root.children;
    this.slider.oninput = () => {
      this.pause();
      this.moved();
    };
    this.slider.onpointerup = () => this.resting && this.rest();
    this.button.onclick = () => (this.timer ? this.rest() : this.play());
    this.onNews = () => this.pass();
    shared().addEventListener("parcel", this.onNews);
  }

  get index() {
    return Number(this.slider.value);
  }

  get last() {
    return this.data.epochs.length - 1;
  }

  update(data, { setTriggerValue }) {
    const isOtherPart = this.data && this.data.follows !== data.follows;
    Object.assign(this, { data, setTriggerValue });
    if (this.timer && isOtherPart) this.rest();
    const { texts, lang } = data;
    this.root.lang = lang;
    this.root.setAttribute("aria-label", texts.label);
    this.slider.setAttribute("aria-label", texts.label);
    const value = this.awaited(data.at) ? this.index : data.at;
    this.slider.max = this.last;
    this.slider.disabled = this.button.disabled = this.last === 0;
    this.slider.value = value;
    this.show();
  }

  /** Whether the page has not received the last move yet, so that its epoch is outdated. */
  awaited(at) {
    if (this.timer || this.resting) return true;
    if (this.sent === at || performance.now() > this.trustAgainAt) this.sent = null;
    return this.sent != null;
  }

  moved() {
    this.show();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), RESTS_MS);
    this.pass();
  }

  /** During a drag: once the page has drawn the last requested epoch, request the newest. */
  pass() {
    const drawn = drawnIndex();
    const isBusy = this.asked != null && this.asked !== drawn;
    if (!this.data.passes || !this.resting || isBusy || this.stopUpTo(this.index) === this.stopUpTo(drawn)) return;
    this.asked = this.index;
    this.setTriggerValue("moved", { index: this.index, rests: false });
  }

  /** The last stop up to an index: from there on the page shows the same. */
  stopUpTo(index) {
    return this.data.stops.findLast((each) => each <= index);
  }

  rest() {
    this.pause();
    clearTimeout(this.resting);
    this.resting = this.asked = null;
    this.sent = this.index;
    this.trustAgainAt = performance.now() + ECHO_MS;
    this.setTriggerValue("moved", { index: this.index, rests: true });
  }

  /** Play, from the beginning if the slider is at the end. */
  play() {
    if (this.index === this.last) this.slider.value = 0;
    this.stop();
  }

  /** Pause at this epoch while playing; a following page is notified. */
  stop() {
    const { follows, stops } = this.data;
    const [least, most] = PLAY_STEP_MS;
    const pause = Math.min(most, Math.max(least, PLAY_MS / stops.length));
    this.timer = setTimeout(() => this.step(), pause);
    this.show();
    if (follows) this.setTriggerValue("moved", { index: this.index, rests: false });
  }

  /** Go to the next stop once the page has drawn this one. */
  step() {
    const { follows, stops } = this.data;
    if (follows && drawnIndex() !== this.index) {
      this.timer = setTimeout(() => this.step(), DRAWN_MS);
      return;
    }
    this.slider.value = stops.find((each) => each > this.index) ?? this.last;
    if (this.index < this.last) this.stop();
    else this.rest();
    this.show();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.icon();
  }

  icon() {
    const { texts } = this.data;
    this.button.setAttribute("aria-label", this.timer ? texts.pause : texts.play);
    this.button.title = this.timer ? texts.pause : texts.play;
    this.button.querySelector("path").setAttribute("d", this.timer ? PAUSE : PLAY);
  }

  show() {
    const { epochs, accuracies, texts } = this.data;
    const percent = `${(100 * accuracies[this.index]).toFixed(1)}%`;
    const text = fill(texts.epoch, { epoch: epochs[this.index], last: this.data.planned, percent });
    this.output.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
    this.icon();
    if (shared().epoch === this.index) return;
    shared().epoch = this.index;
    emit("epoch");
  }

  destroy() {
    this.pause();
    clearTimeout(this.resting);
    shared().removeEventListener("parcel", this.onNews);
    shared().epoch = null;
  }
}

export default lasting(Scrubber, ".tl-scrubber");
