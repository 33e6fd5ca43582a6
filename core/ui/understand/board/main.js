// The component: a board to draw on by mouse, finger or keyboard, and the network's answer.

const LOOK_EVERY_MS = 150;
const ANSWER_MS = 10000; // a connection may be dead without an error
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const drawn = new Ink(); // outlives the element

class Board {
  constructor(root) {
    this.root = root;
    this.ink = drawn;
    this.paper = this.find(".tl-ink");
    this.reader = new Reader({
      send: () => this.send(),
      onAnswer: (answer) => this.show(answer),
      onTrouble: (isTrouble) => (this.find(".tl-trouble").textContent = isTrouble ? this.data.texts.trouble : ""),
    });
    this.paper.addEventListener("pointerdown", (event) => this.onDown(event));
    this.paper.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"]) this.paper.addEventListener(name, (event) => this.onUp(event));
    this.paper.addEventListener("focus", () => this.root.classList.add("keys"));
    this.paper.addEventListener("keydown", (event) => this.onKey(event));
    root.addEventListener("click", ({ target }) => target.dataset.do && this[target.dataset.do]());
  }

  destroy() {
    this.reader.forget();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  update(data, { setTriggerValue }) {
    const isOther = !this.data || this.data.url !== data.url;
    const isOtherLanguage = this.data && this.data.lang !== data.lang;
    Object.assign(this, { data, setTriggerValue });
    this.root.lang = data.lang;
    putTexts(this.root, data.texts);
    this.paper.setAttribute("aria-label", data.texts.paper);
    this.find(".tl-pixels").setAttribute("aria-label", data.texts.seen);
    if (isOtherLanguage) this.say(""); // the answer is announced again below; other messages are outdated
    if (isOther) this.show(null);
    else if (isOtherLanguage) this.show(this.answer);
    this.redraw();
    if (data.answer && this.resolveAnswer) this.resolveAnswer(data.answer);
    else if (isOther && this.ink.strokes.length) this.reader.want();
  }

  /** Ask over the HTTP API or, without it, by a rerun of the page. */
  async send() {
    const ink = this.ink.bytes(this.data.side);
    if (!this.data.url) {
      if (this.resolveAnswer) this.resolveAnswer({ error: true }); // for older ink
      this.setTriggerValue("ink", btoa(String.fromCharCode(...ink)));
      const answer = await new Promise((resolve) => (this.resolveAnswer = resolve));
      if (answer.error) throw new Error("no answer");
      return answer;
    }
    const request = { method: "POST", body: ink, signal: AbortSignal.timeout(ANSWER_MS) };
    const response = await fetch(new URL(this.data.url, appRoot()), request);
    if (!response.ok) throw Object.assign(new Error(), { isFinal: ![429, 502, 503, 504].includes(response.status) });
    return response.json();
  }

  place({ clientX, clientY }) {
    const { left, top, width, height } = this.paper.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  onDown(event) {
    if (event.button || this.pointer !== undefined) return; // ignore a second finger
    event.preventDefault(); // prevents text selection
    this.paper.focus({ preventScroll: true });
    this.root.classList.remove("keys"); // a pointer needs no keyboard cursor
    this.paper.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.ink.begin(...this.place(event));
    this.redraw();
  }

  onMove(event) {
    if (this.pointer !== event.pointerId) return;
    const moves = event.getCoalescedEvents ? event.getCoalescedEvents() : [event];
    const grown = moves.filter((move) => this.ink.extend(...this.place(move)));
    if (!grown.length) return;
    this.redraw();
    const now = performance.now();
    if (this.data.url && now - (this.lookedAt || 0) > LOOK_EVERY_MS) {
      this.lookedAt = now;
      this.reader.want();
    }
  }

  onUp(event) {
    if (this.pointer === event.pointerId) this.changed();
  }

  onKey(event) {
    const arrow = ARROWS[event.key];
    const isUndo = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key === "z");
    if (arrow) this.go(arrow, event.shiftKey);
    else if (event.key === " " || event.key === "Enter") this.dot();
    else if (isUndo) this.undo();
    else if (event.key === "Delete") this.clear();
    else return;
    event.preventDefault();
    this.root.classList.add("keys");
  }

  /** Move the cursor; with Shift, draw along the way. */
  go(arrow, isDrawing) {
    const from = this.ink.place;
    this.ink.moveCursor(...arrow);
    if (isDrawing) {
      this.ink.begin(...from);
      this.ink.extend(...this.ink.place);
      this.changed();
    }
    this.redraw();
    this.sayPlace(isDrawing);
  }

  dot() {
    this.ink.begin(...this.ink.place);
    this.changed();
    this.sayPlace(true);
  }

  undo() {
    this.ink.strokes.pop();
    this.changed();
  }

  clear() {
    this.ink.strokes.length = 0;
    this.changed();
    this.say(this.data.texts.cleared);
  }

  why() {
    this.setTriggerValue("chosen", this.answer.pixels);
  }

  /** This also ends the current stroke, which may be the one that was undone. */
  changed() {
    this.pointer = undefined;
    this.redraw();
    if (this.ink.strokes.length) this.reader.want(true);
    else {
      this.reader.forget();
      this.show(null);
    }
  }

  redraw() {
    this.ink.draw(this.paper, Math.round(this.paper.clientWidth * devicePixelRatio) || this.data.side);
    const [x, y] = this.ink.place;
    Object.assign(this.find(".tl-cursor").style, { left: `${100 * x}%`, top: `${100 * y}%` });
    for (const name of ["undo", "clear"]) this.find(`[data-do=${name}]`).disabled = !this.ink.strokes.length;
  }

  sayPlace(isInk) {
    const { row, column } = this.ink.cursor;
    this.say(fill(this.data.texts[isInk ? "inked" : "place"], { row: row + 1, column: column + 1 }));
  }

  say(text) {
    this.find(".tl-announcement").textContent = text;
  }

  /** `answer` is {pixels, shares}, or null for an empty board. */
  show(answer) {
    this.answer = answer;
    this.find("[data-do=why]").disabled = !answer;
    paint(this.find(".tl-pixels"), answer ? bytes(answer.pixels) : new Uint8Array(24 * 24));
    const shares = answer ? answer.shares : this.data.classes.map(() => 0);
    const most = answer ? shares.indexOf(Math.max(...shares)) : -1;
    this.find(".tl-bars").replaceChildren(...this.data.classes.map((name, at) => bar(name, shares[at], at === most)));
    if (answer && this.pointer === undefined)
      this.say(fill(this.data.texts.answer, { name: this.data.classes[most], share: percent(shares[most]) }));
  }
}

export default lasting(Board, ".tl-board");
