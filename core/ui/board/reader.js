// Asks what the network makes of the ink: one question at a time, and always the newest ink.

const RETRY_MS = 700;

class Reader {
  /** `send()` gives a promise of an answer; `onAnswer(answer)`, `onTrouble(isTrouble)`. */
  constructor({ send, onAnswer, onTrouble }) {
    Object.assign(this, { send, onAnswer, onTrouble });
    this.forget();
  }

  want() {
    clearTimeout(this.again);
    this.isWanted = true;
    if (!this.isAsking) this.ask();
  }

  /** What is still under way comes too late. */
  forget() {
    this.isWanted = false;
    this.turn = (this.turn || 0) + 1;
    clearTimeout(this.again);
  }

  async ask() {
    const { turn } = this;
    this.isWanted = false;
    this.isAsking = true;
    try {
      const answer = await this.send();
      if (turn === this.turn) this.onAnswer(answer);
      this.onTrouble(false);
    } catch (problem) {
      if (turn === this.turn) this.onTrouble(true);
      if (turn === this.turn && !problem.isFinal) this.again = setTimeout(() => this.want(), RETRY_MS);
    }
    this.isAsking = false;
    if (this.isWanted) this.ask();
  }
}
