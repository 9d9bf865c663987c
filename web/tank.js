/** Everything the page does for one running fish: canvas, senses, visibility, memory, and the engine's messages. */

import { MemoryStore } from "./memory-store.js";
import { KIND, Senses } from "./senses.js";
import { Watch } from "./watch.js";

/** @typedef {import("./messages").Engine} Engine */
/** @typedef {import("./messages").FromEngine} FromEngine */
/** @typedef {import("./messages").FishState} FishState */

const STALL_MS = 15_000;
/** The first frame holds its pose while the canvas fades in over the picture of the same pose. */
const SETTLE_MS = 400;

/** @returns {number} the visitor's wall clock, ms since 1970: days end at their midnight */
function localNow() {
  return Date.now() - new Date().getTimezoneOffset() * 60_000;
}

/**
 * @typedef {object} TankEvents
 * @property {(name: string, detail: Record<string, unknown>) => void} onEvent names as in `candlefish:<name>`
 * @property {() => void} onFirstFrame the canvas shows the fish
 * @property {(reason: string) => void} onFailure the fish is gone; close the tank
 * @property {(x: number, y: number, on: boolean) => void} [showCursor] draws the keyboard's pointer
 */

export class Tank {
  /**
   * @param {object} place
   * @param {HTMLElement} place.box what the fish swims in
   * @param {HTMLElement} place.focus what takes the keyboard
   * @param {HTMLCanvasElement} place.canvas a fresh one
   * @param {import("./messages").Options} options
   * @param {(onMessage: (message: FromEngine) => void) => Engine} openEngine
   * @param {TankEvents} on
   */
  constructor({ box, focus, canvas }, options, openEngine, on) {
    this.on = on;
    this.canvas = canvas;
    this.options = options;
    this.openEngine = openEngine;
    /** @type {Engine | null} */
    this.engine = null;
    this.closed = false;
    this.paused = false;
    this.stall = 0;
    this.settling = 0;
    this.settled = false;
    /** @type {Record<string, number>} */
    this.timeline = {};
    /** @type {Map<number, (state: FishState | null) => void>} */
    this.asked = new Map();
    this.lastId = 0;
    this.store = new MemoryStore({
      onForeign: (text) => this.engine?.post({ type: "storage", text }),
      onWritten: (text) => this.engine?.post({ type: "saved", text }),
      onTrouble: (detail) => on.onEvent("storage", detail),
    });
    this.senses = new Senses(box, focus, (events) => this.engine?.post({ type: "input", events }, [events.buffer]), on.showCursor);
    this.watch = new Watch(box, {
      onVisible: (visible) => this.see(visible),
      onResize: (size) => this.engine?.post({ type: "resize", ...size }),
      onHide: (forGood) => this.hide(forGood),
      onReturn: () => this.store.comeBack(),
    });
  }

  /** @param {boolean} on Python starts when the fish is first seen */
  see(on) {
    if (on && this.engine === null) this.start();
    if (this.settled) this.engine?.post({ type: "visible", on });
  }

  settle() {
    this.settled = true;
    this.see(this.watch.visible);
  }

  start() {
    const { canvas } = this;
    try {
      this.engine = this.openEngine((message) => this.receive(message));
      const offscreen = this.engine.thread === "worker" ? canvas.transferControlToOffscreen() : canvas;
      const transfer = offscreen instanceof HTMLCanvasElement ? [] : [offscreen];
      const init = { ...this.watch.size(), ...this.store.open(), ...this.options, paused: this.paused, now_ms: localNow() };
      this.engine.post({ type: "init", canvas: offscreen, ...init }, transfer);
      this.waitForProgress();
    } catch (error) {
      this.fail("engine", { message: String(error), where: "engine" });
    }
  }

  /** A load that stands still for long is given up. */
  waitForProgress() {
    clearTimeout(this.stall);
    const asset = "worker" in this.timeline ? {} : { asset: "worker.js" };
    const detail = { message: `no progress for ${STALL_MS / 1000} s`, where: "load", ...asset };
    this.stall = window.setTimeout(() => this.fail("timeout", detail), STALL_MS);
  }

  /** @param {FromEngine} message */
  receive(message) {
    if (this.closed) return;
    switch (message.type) {
      case "phase":
        this.timeline[message.name] = Math.round(message.epoch_ms - performance.timeOrigin);
        return this.waitForProgress();
      case "progress":
        return this.waitForProgress();
      case "ready":
        clearTimeout(this.stall);
        this.timeline.ready = Math.round(performance.now());
        return this.on.onEvent("ready", { thread: this.engine?.thread, timeline: { ...this.timeline } });
      case "frame1":
        this.settling = window.setTimeout(() => this.settle(), SETTLE_MS);
        return this.on.onFirstFrame();
      case "event":
        return this.on.onEvent(message.name, message.detail);
      case "perf": {
        const { type, ...detail } = message;
        return this.on.onEvent(type, detail);
      }
      case "save":
        return this.store.save(message);
      case "damaged":
        this.store.setAside(message.text);
        return this.on.onEvent("storage", { reason: "damaged", message: message.problems.join("; ") });
      case "state":
        return this.answer(message.id, { ...message.state, memory_saved: this.store.saved, thread: this.engine?.thread ?? "none" });
      case "error": {
        const { type, fatal, ...detail } = message;
        return fatal ? this.fail(detail.where === "start" ? "load" : "error", detail) : this.on.onEvent(type, detail);
      }
    }
  }

  /**
   * @param {number} id
   * @param {FishState | null} state
   */
  answer(id, state) {
    this.asked.get(id)?.(state);
    this.asked.delete(id);
  }

  /** @returns {Promise<FishState | null>} null when the fish is gone before it answers */
  getState() {
    if (this.engine === null || this.closed) return Promise.resolve(null);
    const id = ++this.lastId;
    /** @type {Promise<FishState | null>} */
    const answer = new Promise((resolve) => this.asked.set(id, resolve)); // before asking: on the page the answer is instant
    this.engine.post({ type: "state", id });
    return answer;
  }

  /** @param {boolean} on */
  pause(on) {
    this.paused = on;
    this.engine?.post({ type: "pause", on });
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  feed(x, y) {
    this.senses.add(KIND.FEED, x, y);
  }

  reset() {
    this.engine?.post({ type: "reset", device: this.store.reset() });
  }

  /** @param {boolean} forGood the page goes away */
  hide(forGood) {
    this.engine?.post({ type: "hide" });
    if (forGood) this.store.flush();
    else this.store.commit();
  }

  /**
   * @param {string} reason
   * @param {{message: string, where: string, asset?: string}} detail
   */
  fail(reason, detail) {
    if (this.closed) return;
    this.close();
    this.on.onEvent("error", detail);
    this.on.onFailure(reason);
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.stall);
    clearTimeout(this.settling);
    this.senses.close();
    this.watch.close();
    this.store.close();
    this.engine?.close();
    for (const id of [...this.asked.keys()]) this.answer(id, null);
  }
}
