/** A browser of which the tests hold every part: clock, storage, network, window, document. Install it before importing modules. */

/** @typedef {{at: number, id: number, act: () => void, every: number}} Timer */

const realImmediate = setImmediate;
const RealDate = Date;
const MOST_ROUNDS = 200;

/** Lets promises settle, those of streams and digests too. */
export async function settle(rounds = 12) {
  for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => realImmediate(resolve));
}

/** @template T @param {() => T} found truthy once it has happened @returns {Promise<T>} */
export async function until(found) {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const value = found();
    if (value) return value;
    await settle(5);
  }
  throw new Error("it never happened");
}

/** Time that passes only when a test says so. */
export class Clock {
  constructor() {
    this.now = 0;
    /** Ms since 1970 when the page was opened. */
    this.origin = 1_700_000_000_000;
    this.lastId = 0;
    /** @type {Timer[]} */
    this.timers = [];
    /** @type {Map<number, (time: number) => void>} */
    this.frames = new Map();
  }

  /** @param {() => void} act @param {number} wait_ms @param {number} every @returns {number} */
  set(act, wait_ms = 0, every = 0) {
    this.timers.push({ at: this.now + Math.max(0, wait_ms), id: ++this.lastId, act, every });
    return this.lastId;
  }

  /** @param {number} id */
  clear(id) {
    this.timers = this.timers.filter((timer) => timer.id !== id);
  }

  /** @param {number} ms passed timer by timer, in order */
  async advance(ms) {
    const end = this.now + ms;
    await settle();
    for (;;) {
      const [next] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.id - b.id);
      if (next === undefined) break;
      this.now = Math.max(this.now, next.at);
      if (next.every > 0) next.at += next.every;
      else this.clear(next.id);
      next.act();
      await settle();
    }
    this.now = end;
  }

  /** @param {number} ms in which the process is stopped: what was due comes once, and late */
  async suspend(ms) {
    this.now += ms;
    for (const timer of this.timers) timer.at = Math.max(timer.at, this.now);
    await this.advance(0);
  }

  /** The next animation frame. */
  frame() {
    const acts = [...this.frames.values()];
    this.frames.clear();
    for (const act of acts) act(this.now);
  }
}

/** localStorage that can be full or denied, and counts its writes. */
export class FakeStorage {
  constructor() {
    /** @type {Map<string, string>} */
    this.items = new Map();
    this.denied = false;
    this.full = false;
    /** @type {string[]} keys, in order */
    this.writes = [];
  }

  require() {
    if (this.denied) throw new DOMException("not allowed", "SecurityError");
  }

  /** @param {string} key */
  getItem(key) {
    this.require();
    return this.items.get(key) ?? null;
  }

  /** @param {string} key @param {string} text */
  setItem(key, text) {
    this.require();
    if (this.full) throw new DOMException("no room", "QuotaExceededError");
    this.writes.push(key);
    this.items.set(key, text);
  }

  /** @param {string} key */
  removeItem(key) {
    this.require();
    this.items.delete(key);
  }
}

/** Everything at once; `answer` decides what the network does. */
export class Browser {
  constructor() {
    this.clock = new Clock();
    this.storage = new FakeStorage();
    /** @type {{url: string, method: string, headers: Record<string, string>, body: any, keepalive: boolean, cache: string}[]} */
    this.requests = [];
    /** @type {(request: Browser["requests"][number]) => Response | Promise<Response>} */
    this.answer = () => new Response(null, { status: 204 });
    this.window = new EventTarget();
    this.document = Object.assign(new EventTarget(), { visibilityState: "visible", baseURI: "https://fish.example/" });
    this.navigator = { onLine: true };
    this.random = 1;
    this.install();
  }

  install() {
    const { clock } = this;
    const timers = {
      setTimeout: (/** @type {() => void} */ act, /** @type {number} */ ms) => clock.set(act, ms),
      setInterval: (/** @type {() => void} */ act, /** @type {number} */ ms) => clock.set(act, ms, ms),
      clearTimeout: (/** @type {number} */ id) => clock.clear(id),
      clearInterval: (/** @type {number} */ id) => clock.clear(id),
      requestAnimationFrame: (/** @type {(time: number) => void} */ act) => {
        clock.frames.set(++clock.lastId, act);
        return clock.lastId;
      },
      cancelAnimationFrame: (/** @type {number} */ id) => clock.frames.delete(id),
    };
    Object.assign(this.window, timers, { devicePixelRatio: 1 });
    const page = {
      ...timers,
      window: this.window,
      document: this.document,
      navigator: this.navigator,
      localStorage: this.storage,
      performance: { now: () => clock.now, timeOrigin: clock.origin },
      Date: Object.assign(() => {}, RealDate, { now: () => clock.origin + clock.now }),
      fetch: (/** @type {URL | string} */ url, /** @type {any} */ init = {}) => this.fetch(String(url), init),
      caches: { match: async () => undefined },
    };
    for (const [name, value] of Object.entries(page))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    Math.random = () => this.random;
  }

  /** @param {string} url @param {any} init */
  async fetch(url, { method = "GET", headers = {}, body, keepalive = false, cache = "default" }) {
    const request = { url, method, headers, body, keepalive, cache };
    this.requests.push(request);
    return this.answer(request);
  }

  /** @param {boolean} on */
  show(on) {
    this.document.visibilityState = on ? "visible" : "hidden";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  /** @param {boolean} on */
  connect(on) {
    this.navigator.onLine = on;
    this.window.dispatchEvent(new Event(on ? "online" : "offline"));
  }
}

/** @param {unknown} value @param {number} [status] @param {Record<string, string>} [headers] */
export const json = (value, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers });
