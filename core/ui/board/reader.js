// Asks what the network makes of the ink: one question at a time, and always the newest ink.

const RETRY_MS = 700;

class Reader {
  /** `send()` gives a promise of an answer; `onAnswer(answer)`, `onTrouble(isTrouble)`. */
  constructor({ send, onAnswer, onTrouble }) {
    Object.assign(this, { send, onAnswer, onTrouble });
    this.forget();
  }

  /** `isUrgent`: what is under way is about older ink, and is not waited for. */
  want(isUrgent = false) {
    if (isUrgent) this.forget();
    clearTimeout(this.again);
    this.isWanted = true;
    if (!this.isAsking) this.ask();
  }

  /** What is still under way comes too late. */
  forget() {
    this.isWanted = this.isAsking = false;
    this.turn = (this.turn || 0) + 1;
    clearTimeout(this.again);
  }

  async ask() {
    const { turn } = this;
    this.isWanted = false;
    this.isAsking = true;
    const answer = await this.send().catch((problem) => ({ problem }));
    if (turn !== this.turn) return;
    this.isAsking = false;
    this.onTrouble(Boolean(answer.problem));
    if (!answer.problem) this.onAnswer(answer);
    else if (!answer.problem.isFinal) this.again = setTimeout(() => this.want(), RETRY_MS);
    if (this.isWanted) this.ask();
  }
}
