// A recorded run, shown as it grew.

const REPLAY_MS = 10000;

/** Takes about ten seconds. `limit` is the last step to show. */
class Replay {
  constructor(onTick, onOver) {
    Object.assign(this, { onTick, onOver });
    this.stop();
  }

  get isOver() {
    return this.limit === Infinity;
  }

  /** Hold all points back until the whole run has arrived. */
  prepare(isWanted) {
    this.stop();
    if (isWanted && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.limit = -1;
  }

  begin(lastStep) {
    if (this.limit !== -1) return;
    const began = performance.now();
    this.timer = setInterval(() => {
      const share = (performance.now() - began) / REPLAY_MS;
      if (share < 1) this.limit = share * lastStep;
      else this.stop();
      this.onTick();
      if (this.isOver) this.onOver();
    }, DRAW_EVERY_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.limit = Infinity;
  }
}
