// The row of buttons above the charts: when the focused button disappears, its successor gets the focus.

const ROW = ".st-key-controls";

class RowFocus {
  constructor() {
    this.watch = new MutationObserver(() => this.keep());
    this.onFocus = ({ target }) => {
      this.held = target.matches(`${ROW} :focus-visible`) ? target : null;
      this.watch.disconnect();
      if (this.held) this.watch.observe(target.closest(ROW), { childList: true, subtree: true });
    };
    document.addEventListener("focusin", this.onFocus);
  }

  /** Also call this when the row itself may have been replaced. */
  keep() {
    if (!this.held || this.held.isConnected || document.activeElement !== document.body) return;
    document.querySelector(`${ROW} button[kind="primary"]`)?.focus({ preventScroll: true });
  }

  destroy() {
    this.watch.disconnect();
    document.removeEventListener("focusin", this.onFocus);
  }
}
