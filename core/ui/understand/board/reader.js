// Asks the network about the ink: always the newest, and rarely more than one request at a time.

const RETRY_MS = 700;
const AT_ONCE = 2; // the server's limit per browser

class Reader {
  /** `send()` returns a promise of an answer; `onAnswer(answer)`, `onTrouble(isTrouble)`. */
  constructor({ send, onAnswer, onTrouble }) {
    Object.assign(this, { send, onAnswer, onTrouble, open: 0 });
    this.forget();
  }

  /** `isUrgent`: do not wait for a pending request about older ink. */
  want(isUrgent = false) {
    if (isUrgent && this.open < AT_ONCE) this.forget();
    clearTimeout(this.again);
    this.isWanted = true;
    this.goOn();
  }

  goOn() {
    if (this.isWanted && !this.isAsking && this.open < AT_ONCE) this.ask();
  }

  /** Discard pending requests. */
  forget() {
    this.isWanted = this.isAsking = false;
    this.turn = (this.turn || 0) + 1;
    clearTimeout(this.again);
  }

  async ask() {
    const { turn } = this;
    this.isWanted = false;
    this.isAsking = true;
    this.open += 1;
    const answer = await this.send().catch((problem) => ({ problem }));
    this.open -= 1;
    if (turn === this.turn) this.take(answer);
    this.goOn();
  }

  take(answer) {
    this.isAsking = false;
    this.onTrouble(Boolean(answer.problem));
    if (!answer.problem) this.onAnswer(answer);
    else if (!answer.problem.isFinal) this.again = setTimeout(() => this.want(), RETRY_MS);
  }
}
