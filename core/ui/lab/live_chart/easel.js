// Schedules the drawing of the charts.

const DRAW_EVERY_MS = 100;

/**
 * Calls the generator `draw` at most every 100 ms, each of its steps in a separate animation frame, and never while the
 * page is hidden. A slow device spends at most half of its time drawing.
 */
class Easel {
  constructor(draw) {
    Object.assign(this, { draw, wanted: false, isBusy: false, began: -Infinity, tookMs: 0 });
    this.onVisible = () => this.wait();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  want() {
    this.wanted = true;
    this.wait();
  }

  wait() {
    if (!this.wanted || this.isBusy || document.hidden) return;
    this.isBusy = true;
    const pause = Math.max(DRAW_EVERY_MS, 2 * this.tookMs);
    this.timer = setTimeout(() => this.inFrame(() => this.begin()), this.began + pause - performance.now());
  }

  begin() {
    Object.assign(this, { wanted: false, began: performance.now(), tookMs: 0 });
    this.goOn(this.draw());
  }

  goOn(parts) {
    const began = performance.now();
    this.isBusy = false; // before the next line, which may throw
    const { done } = parts.next();
    this.tookMs += performance.now() - began;
    if (done) return this.wait();
    this.isBusy = true;
    this.inFrame(() => this.goOn(parts));
  }

  inFrame(act) {
    this.frame = requestAnimationFrame(act);
  }

  destroy() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    document.removeEventListener("visibilitychange", this.onVisible);
  }
}
