/** Notices that the engine has died without a word: a worker that was killed, or Python that never comes back. */

const EVERY_MS = 5000;
/** Ticks in a row without an answer. Ticks and not time: after a night's sleep of the machine one tick is late, not three. */
const MOST_MISSED = 3;
export const PATIENCE_S = (EVERY_MS * MOST_MISSED) / 1000;

export class Heartbeat {
  /**
   * @param {() => Promise<unknown>} ask settles when the engine answers
   * @param {() => void} onSilence the engine is given up; called once
   */
  constructor(ask, onSilence) {
    this.ask = ask;
    this.onSilence = onSilence;
    this.handle = 0;
    this.missed = 0;
  }

  start() {
    this.stop();
    this.missed = 0;
    this.handle = window.setInterval(() => this.beat(), EVERY_MS);
  }

  beat() {
    if (this.missed >= MOST_MISSED) {
      this.stop();
      return this.onSilence();
    }
    this.missed += 1;
    if (this.missed === 1) void this.ask().then(() => (this.missed = 0));
  }

  stop() {
    clearInterval(this.handle);
  }
}
