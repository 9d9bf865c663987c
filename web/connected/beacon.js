/**
 * Sends events in batches: when the page is idle or hidden, again after a failure, later if offline.
 * An event's id is (session, seq), so sending twice is harmless, and what may not have arrived is sent again.
 */

import { newId, readJson, write } from "./storage.js";

export const KEY_UNSENT = "candlefish_unsent";

const EVENTS_MAX = 100;
const BYTES_MAX = 60_000;
const ENVELOPE_BYTES = 400;
const SEQ_MAX = 8_191;
const FIRST_MS = 5_000; // most visits are short
const EVERY_MS = 15_000;
const IDLE_MS = 2_000;
const RETRY_MS = 2_000;
const RETRY_MAX_MS = 300_000;
const AGE_MAX_MS = 7 * 86_400_000;
const KEPT_EVENTS = 500; // in memory and in storage; beyond it the oldest batch goes

/** @typedef {Record<string, any>} Event */
/** @typedef {{session: string, bytes: number, events: Event[]}} Batch */

/** @param {() => void} act when the page has nothing better to do */
const whenIdle = (act) =>
  typeof requestIdleCallback === "function" ? requestIdleCallback(act, { timeout: IDLE_MS }) : setTimeout(act, 0);

/** @param {any} batch @returns {batch is Batch} */
function isBatch(batch) {
  const whole = typeof batch?.session === "string" && typeof batch.bytes === "number" && Array.isArray(batch.events);
  return (
    whole &&
    batch.events.length > 0 &&
    batch.events.every((/** @type {any} */ event) => Date.now() - event?.at_ms < AGE_MAX_MS)
  );
}

export class Beacon {
  /**
   * @param {URL} url where batches go
   * @param {string} client
   * @param {() => boolean} mayCount asked before anything is sent
   */
  constructor(url, client, mayCount) {
    this.url = url;
    this.client = client;
    this.mayCount = mayCount;
    this.session = newId();
    this.seq = 0;
    /** @type {Batch[]} the last one still grows */
    this.batches = (readJson(KEY_UNSENT) ?? []).filter?.(isBatch) ?? [];
    this.sending = false;
    this.pause_ms = FIRST_MS;
    this.failures = 0;
    this.timer = 0;
    this.closed = false;
    this.onOnline = () => this.soon(0);
    window.addEventListener("online", this.onOnline);
    if (this.batches.length > 0) this.soon(this.pause_ms);
  }

  /** A new visit: what comes now is of another session. */
  begin() {
    this.session = newId();
    this.seq = 0;
  }

  /** @param {Event} event without an id */
  add(event) {
    if (this.closed) return;
    if (this.seq > SEQ_MAX) this.begin();
    const now_ms = Date.now();
    const whole = { ...event, seq: this.seq++, at_ms: Math.min(event.at_ms ?? now_ms, now_ms) };
    const bytes = JSON.stringify(whole).length + 1;
    let last = this.batches.at(-1);
    if (
      last === undefined ||
      last.session !== this.session ||
      last.events.length >= EVENTS_MAX ||
      last.bytes + bytes > BYTES_MAX ||
      (this.sending && this.batches.length === 1)
    ) {
      last = { session: this.session, bytes: ENVELOPE_BYTES, events: [] };
      this.batches.push(last);
    }
    last.events.push(whole);
    last.bytes += bytes;
    this.bound();
    if (this.failures === 0) this.soon(last.events.length >= EVENTS_MAX ? 0 : this.pause_ms);
  }

  bound() {
    const first = this.sending ? 1 : 0; // not the one under way
    while (
      this.batches.length > first + 1 &&
      this.batches.reduce((sum, batch) => sum + batch.events.length, 0) > KEPT_EVENTS
    )
      this.batches.splice(first, 1);
  }

  /** @param {number} wait_ms */
  soon(wait_ms) {
    if (this.closed || (this.timer !== 0 && wait_ms > 0)) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      whenIdle(() => void this.flush());
    }, wait_ms);
  }

  /** Sends batch after batch until none is left or one fails. */
  async flush() {
    if (this.sending || this.closed || navigator.onLine === false) return;
    this.sending = true;
    this.pause_ms = EVERY_MS;
    let wait_ms = 0;
    while (this.batches.length > 0 && wait_ms === 0 && !this.closed) {
      wait_ms = await this.send(/** @type {Batch} */ (this.batches[0]));
      if (wait_ms === 0) this.batches.shift();
    }
    this.sending = false;
    if (this.closed) return;
    if (this.batches.length === 0 || wait_ms > 0) this.store();
    if (wait_ms > 0) this.soon(wait_ms);
  }

  /**
   * @param {Batch} batch
   * @returns {Promise<number>} 0 when it is done with (taken, or such as will never be), else ms to wait
   */
  async send(batch) {
    if (!this.mayCount()) return this.stop();
    try {
      const answer = await this.post(batch, false);
      if (answer.ok || (answer.status < 500 && answer.status !== 429 && answer.status !== 408)) {
        this.failures = 0;
        return 0;
      }
      return this.wait_ms(Number(answer.headers.get("Retry-After")) * 1000);
    } catch {
      return this.wait_ms(0);
    }
  }

  /** @param {number} least_ms @returns {number} twice as long each time, anywhere in the upper half of that */
  wait_ms(least_ms) {
    const most_ms = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.failures++);
    return Math.max(least_ms || 0, most_ms * (0.5 + Math.random() / 2));
  }

  /**
   * @param {Batch} batch
   * @param {boolean} keepalive goes on after the page is gone
   */
  post({ session, events }, keepalive) {
    const body = JSON.stringify({ v: 1, client: this.client, session, sent_ms: Date.now(), events });
    // text/plain needs no preflight at another origin
    return fetch(this.url, {
      method: "POST",
      body,
      keepalive,
      credentials: "omit",
      headers: { "Content-Type": "text/plain" },
    });
  }

  /** The page is hidden: what there is is sent, and kept until it has surely arrived. */
  hide() {
    if (this.closed || this.batches.length === 0) return;
    if (!this.mayCount()) return void this.stop();
    this.store();
    if (navigator.onLine === false || this.sending || this.failures > 0) return;
    const [batch] = this.batches;
    if (batch === undefined) return;
    this.sending = true;
    const rest = () => {
      this.sending = false;
    };
    this.post(batch, true)
      .then((answer) => {
        if (!answer.ok) return;
        this.batches = this.batches.filter((one) => one !== batch);
        this.store();
      })
      .catch(() => {}) // it is in storage
      .finally(rest);
  }

  store() {
    write(KEY_UNSENT, this.batches.length > 0 ? JSON.stringify(this.batches) : null);
  }

  /** Nobody may be counted any more. @returns {number} 0 */
  stop() {
    this.batches = [];
    this.store();
    this.close();
    return 0;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.onOnline);
  }
}
