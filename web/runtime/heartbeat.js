/** Notices that nothing comes any more: from an engine that died without a word, or from a load that stands still. */

const EVERY_MS = 5000;
/** Ticks in a row without an answer. Ticks and not time: after a night's sleep of the machine one tick is late, not three. */
const MOST_MISSED = 3;
export const PATIENCE_S = (EVERY_MS * MOST_MISSED) / 1000;

const TICK_MS = 1000;

/** Ends unless it is restarted. It counts ticks and not time: a process that was stopped for minutes has missed one. */
export class Countdown {
  /**
   * @param {number} ticks one a second
   * @param {() => void} onEnd called once
   */
  constructor(ticks, onEnd) {
    this.ticks = ticks;
    this.onEnd = onEnd;
    this.left = ticks;
    this.handle = 0;
  }

  restart() {
    this.left = this.ticks;
    this.handle ||= window.setInterval(() => this.tick(), TICK_MS);
  }

  tick() {
    this.left -= 1;
    if (this.left > 0) return;
    this.stop();
    this.onEnd();
  }

  stop() {
    clearInterval(this.handle);
    this.handle = 0;
  }
}

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
