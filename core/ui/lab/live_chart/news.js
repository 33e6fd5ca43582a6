// Reports changes of a run that the page has not drawn yet: its buttons depend on the state, and its marks on the rate.

const JITTER_MS = 500; // so that a class does not rerun all its pages at once
// A rerun requested while Streamlit changes the page would return to the old one.
const LEAVING_MS = 3000;
const OTHER_PAGE_MS = 30000; // however busy the server is
const ON_ITS_WAY = ["rerunRequested", "running"]; // a script run, which may lead to another page

class News {
  /** `drawn()` is the run as the page has drawn it; `send(news)` reruns the page. */
  constructor({ drawn, send }) {
    Object.assign(this, { drawn, send, path: location.pathname });
    this.onClick = ({ target }) => this.follow(target.closest("a[href]"));
    document.addEventListener("click", this.onClick, true);
    this.onPop = () => this.hold(location.pathname);
    window.addEventListener("popstate", this.onPop);
  }

  forget() {
    clearTimeout(this.timer);
    this.pending = this.sent = null;
  }

  tell({ run, state, finding, learning_rate }) {
    this.pending = { run, state, finding, learning_rate };
    this.tellIn(Math.max(Math.random() * JITTER_MS, (this.leavingUntil || 0) - performance.now()));
  }

  tellIn(delayMs) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.leavingUntil && this.isScriptOnItsWay()) return this.tellIn(JITTER_MS);
      this.sent = isOtherState(this.drawn(), this.pending) ? this.pending : null;
      if (this.sent) this.send(this.sent);
      this.pending = null;
    }, delayMs);
  }

  /** On a busy server a page may take long. */
  isScriptOnItsWay() {
    return ON_ITS_WAY.includes(document.querySelector("[data-testid=stApp]")?.dataset.testScriptState);
  }

  /** A slow script run may show an outdated state; send the current one only once. */
  tellUnheard(state) {
    if (!state || this.pending) return;
    if (!isOtherState(this.drawn(), state)) this.sent = null;
    else if (!this.sent || isOtherState(this.sent, state)) this.tell(state);
  }

  follow(link) {
    const href = link?.getAttribute("href") || "#";
    if (href.startsWith("#")) return; // a place on this page
    const isOfThisTab = link.origin === location.origin && ["", "_self"].includes(link.target) && !link.download;
    if (isOfThisTab) this.hold(new URL(href, appRoot()).pathname); // Home's may be only a query
  }

  /** After a click on a link, or Back: if it leaves the page, this is destroyed before the report is due. */
  hold(path) {
    const wait = path === this.path ? LEAVING_MS : OTHER_PAGE_MS;
    this.leavingUntil = performance.now() + wait;
    if (this.pending) this.tellIn(wait);
  }

  destroy() {
    clearTimeout(this.timer);
    document.removeEventListener("click", this.onClick, true);
    window.removeEventListener("popstate", this.onPop);
  }
}

function isOtherState(before, after) {
  return ["state", "finding", "learning_rate"].some((name) => before[name] !== after[name]);
}
