/** The controller of one running fish: its canvas, input, visibility, memory, and the engine's messages. */

import { MemoryStore } from "../connected/memory-store.js";
import { INPUT_FEED } from "../protocol.js";
import { Countdown, Heartbeat, PATIENCE_S } from "../runtime/heartbeat.js";
import { InputListener } from "./input.js";
import { firstPaint, Visibility } from "./visibility.js";

/** @typedef {import("../engine").Engine} Engine */
/** @typedef {import("../messages").FromEngine} FromEngine */
/** @typedef {import("../messages").EngineEvent["name"]} EventName */
/** @typedef {import("../messages").FishState} FishState */
/** @typedef {import("../messages").Tune} Tune */
/** @typedef {import("../messages").ToEngine} ToEngine */
/** @typedef {import("../connected/analytics.js").Analytics} Analytics */

const STALL_S = 15;
const SLOW_MS = 1500;
/** Analytics that has not opened so long after Python has started does not: nobody is counted. */
const STUDY_MS = 2000;
const LONGEST_STUDY_MS = 12_000;
/** The first frame holds its pose while the canvas fades in over the picture of the same pose. */
const SETTLE_MS = 400;

/** @returns {number} the visitor's wall clock, ms since 1970: days end at their midnight */
function localNow() {
  return Date.now() - new Date().getTimezoneOffset() * 60_000;
}

/** @param {string} name of a phase */
const trackEntry = (name) => ({
  devtools: { dataType: "track-entry", track: "Candlefish", tooltipText: `start: ${name}` },
});

/**
 * Shows a start in DevTools: each phase as a measure on a track of its own, and marks where they end.
 *
 * @param {number} began_ms when the engine was asked for, from the navigation's start
 * @param {Record<string, number>} timeline when each phase ended, in their order
 */
function showTimeline(began_ms, timeline) {
  let start = began_ms;
  for (const [name, end] of Object.entries(timeline)) {
    performance.mark(`candlefish:${name}`, { startTime: end });
    performance.measure(`candlefish: ${name}`, { start, end: Math.max(start, end), detail: trackEntry(name) });
    start = Math.max(start, end);
  }
}

/**
 * @typedef {object} ControllerEvents
 * @property {() => void} [onOpen] the engine has been asked for a fish: what it is told now comes before its first step
 * @property {(name: EventName, detail: Record<string, unknown>) => void} onEvent names as in `candlefish:<name>`
 * @property {() => void} [onSlow] the start takes so long that the visitor is told
 * @property {() => void} onFirstFrame the canvas shows the fish
 * @property {(reason: string) => void} onFailure the fish is gone; close the controller
 * @property {(x: number, y: number, on: boolean) => void} [showCursor] draws the keyboard's pointer
 * @property {(onRemote: (text: string) => void) => Promise<Analytics | null>} [openAnalytics] where the page wants it
 */

export class Controller {
  /**
   * @param {object} place
   * @param {HTMLElement} place.box what the fish swims in
   * @param {HTMLElement} place.focus what takes the keyboard
   * @param {HTMLCanvasElement} place.canvas a fresh one
   * @param {HTMLCanvasElement | null} [place.water] a fresh one under it, which takes the light field off its hands
   * @param {import("../messages").Options} options
   * @param {(onMessage: (message: FromEngine) => void) => Engine} openEngine
   * @param {ControllerEvents} on
   */
  constructor({ box, focus, canvas, water = null }, options, openEngine, on) {
    this.on = on;
    this.canvases = { canvas, water };
    this.options = options;
    this.openEngine = openEngine;
    /** @type {Engine | null} */
    this.engine = null;
    /** @type {Analytics | null} */
    this.analytics = null;
    this.closed = false;
    this.paused = false;
    this.stall = new Countdown(STALL_S, () => this.giveUpLoading());
    this.slow = 0;
    this.begun_ms = 0;
    this.settling = 0;
    this.settled = false;
    /** @type {Record<string, number>} */
    this.timeline = {};
    /** @type {Map<number, (answer: any) => void>} what the engine has yet to answer, by id */
    this.asked = new Map();
    /** @type {Promise<"late">} settled when the fish waits for analytics no longer */
    this.patience = new Promise((resolve) => {
      this.waitNoLonger = (wait_ms = STUDY_MS) => setTimeout(resolve, wait_ms, "late");
    });
    this.lastId = 0;
    this.heartbeat = new Heartbeat(
      () => this.getState(),
      () => this.fail("timeout", { message: `no answer for ${PATIENCE_S} s`, where: "engine" }),
    );
    this.store = new MemoryStore({
      onForeign: (text) => this.engine?.post({ type: "storage", text }),
      onWritten: (text) => {
        this.engine?.post({ type: "saved", text });
        this.analytics?.written();
      },
      onTrouble: (detail) => on.onEvent("storage", detail),
    });
    this.input = new InputListener(
      box,
      focus,
      (events) => this.engine?.post({ type: "input", events }, [events.buffer]),
      on.showCursor,
    );
    this.visibility = new Visibility(box, {
      onVisible: (visible) => this.see(visible),
      onResize: (size) => this.engine?.post({ type: "resize", ...size }),
      onHide: (forGood) => this.hide(forGood),
      onReturn: () => this.store.comeBack(),
    });
  }

  /** @param {boolean} on Python starts when the fish is first seen */
  see(on) {
    if (on && this.engine === null) void firstPaint().then(() => this.open());
    if (this.settled) this.engine?.post({ type: "visible", on });
  }

  /** The page has been painted and the fish is still wanted, and seen. */
  open() {
    if (this.engine === null && !this.closed && this.visibility.visible) this.start();
  }

  settle() {
    this.settled = true;
    this.see(this.visibility.visible);
  }

  start() {
    try {
      this.engine = this.openEngine((message) => this.receive(message));
      const away = this.engine.thread === "worker";
      const canvas = away ? this.canvases.canvas.transferControlToOffscreen() : this.canvases.canvas;
      const water = away ? this.canvases.water?.transferControlToOffscreen() : this.canvases.water;
      const transfer = away ? /** @type {OffscreenCanvas[]} */ ([canvas, water].filter((it) => it)) : [];
      const waits = this.on.openAnalytics !== undefined;
      const init = {
        ...this.visibility.size(),
        ...this.store.open(),
        ...this.options,
        paused: this.paused,
        now_ms: localNow(),
        waits,
      };
      this.engine.post({ type: "init", canvas, water, ...init }, transfer);
      this.begun_ms = performance.now();
      this.slow = window.setTimeout(() => this.on.onSlow?.(), SLOW_MS);
      this.on.onOpen?.();
      if (waits) void this.takePart();
      this.waitForProgress();
    } catch (error) {
      this.fail("engine", { message: String(error), where: "engine" });
    }
  }

  /** Python starts meanwhile; it is told in any case how this ended, soon after it has. */
  async takePart() {
    this.waitNoLonger(LONGEST_STUDY_MS); // a second fish of a page sees no phases
    const opening = this.on.openAnalytics?.((text) => this.engine?.post({ type: "remote", text })).catch(() => null);
    const opened = await Promise.race([opening, this.patience]);
    if (opened === "late") void opening?.then((one) => one?.close());
    else if (this.closed) return opened?.close();
    this.analytics = opened === "late" ? null : (opened ?? null);
    this.engine?.post({ type: "study", text: this.analytics?.study ?? null });
  }

  /** A load that stands still for long is given up. */
  waitForProgress() {
    this.stall.restart();
  }

  giveUpLoading() {
    const asset = "worker" in this.timeline ? {} : { asset: "worker.js" };
    this.fail("timeout", { message: `no progress for ${STALL_S} s`, where: "load", ...asset });
  }

  /** @param {FromEngine} message */
  receive(message) {
    if (this.closed) return;
    switch (message.type) {
      case "phase":
        this.timeline[message.name] = Math.round(message.epoch_ms - performance.timeOrigin);
        if (message.name === "imports") this.waitNoLonger();
        return this.waitForProgress();
      case "progress":
        return this.waitForProgress();
      case "ready":
        this.stall.stop();
        clearTimeout(this.slow);
        this.timeline.ready = Math.round(performance.now());
        showTimeline(this.begun_ms, this.timeline);
        this.heartbeat.start();
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
      case "report":
        return this.analytics?.report(message);
      case "dealt":
        return this.analytics?.dealt(message);
      case "damaged":
        this.store.setAside(message.text);
        return this.on.onEvent("storage", { reason: "damaged", message: message.problems.join("; ") });
      case "state":
        return this.answer(message.id, {
          ...message.state,
          memory_saved: this.store.saved,
          thread: this.engine?.thread ?? "none",
        });
      case "tuned":
        return this.answer(message.id, message.problem);
      case "record":
      case "studio":
      case "replay": {
        const { type, id, ...found } = message;
        return this.answer(id, found);
      }
      case "error": {
        const { type, fatal, ...detail } = message;
        if (fatal) return this.fail(detail.where === "start" ? "load" : "error", detail);
        this.analytics?.failed(detail, false);
        return this.on.onEvent(type, detail);
      }
    }
  }

  /**
   * @param {number} id
   * @param {unknown} found
   */
  answer(id, found) {
    this.asked.get(id)?.(found);
    this.asked.delete(id);
  }

  /**
   * @param {(id: number) => ToEngine} question
   * @returns {Promise<any>} null when the fish is gone before it answers
   */
  ask(question) {
    if (this.engine === null || this.closed) return Promise.resolve(null);
    const id = ++this.lastId;
    const answer = new Promise((resolve) => this.asked.set(id, resolve)); // before asking: on the page the answer is instant
    this.engine.post(question(id));
    return answer;
  }

  /** @returns {Promise<FishState | null>} */
  getState() {
    return this.ask((id) => ({ type: "state", id }));
  }

  /**
   * @param {Tune} change
   * @returns {Promise<string | null>} what is wrong with it; null when nothing is, or nobody is there to tell
   */
  tune(change) {
    return this.ask((id) => ({ type: "tune", id, ...change }));
  }

  /** @returns {Promise<import("../messages").Recording | null>} */
  recording() {
    return this.ask((id) => ({ type: "record", id }));
  }

  /**
   * @param {string} text
   * @returns {Promise<import("../messages").ReplayResult | null>}
   */
  replay(text) {
    return this.ask((id) => ({ type: "replay", id, text }));
  }

  /** @param {boolean} on */
  pause(on) {
    this.paused = on;
    this.engine?.post({ type: "pause", on });
  }

  /** @param {boolean} on the visitor is not heard */
  disable(on) {
    this.input.mute(on);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  feed(x, y) {
    this.input.add(INPUT_FEED, x, y);
  }

  reset() {
    this.engine?.post({ type: "reset", device: this.store.reset() });
  }

  /** @param {boolean} forGood the page goes away */
  hide(forGood) {
    this.engine?.post({ type: "hide" });
    if (forGood) this.store.flush();
    else this.store.commit();
    this.analytics?.hide(forGood);
  }

  /**
   * @param {string} reason
   * @param {{message: string, where: string, asset?: string}} detail
   */
  fail(reason, detail) {
    if (this.closed) return;
    this.analytics?.failed(detail, true);
    this.close(reason === "timeout");
    this.on.onEvent("error", detail);
    this.on.onFailure(reason);
  }

  /** @param {boolean} [silent] the engine has stopped to answer */
  close(silent) {
    if (this.closed) return;
    this.closed = true;
    this.stall.stop();
    clearTimeout(this.slow);
    clearTimeout(this.settling);
    this.heartbeat.stop();
    this.input.close();
    this.visibility.close();
    this.store.close();
    this.engine?.close(silent);
    this.analytics?.close();
    for (const id of [...this.asked.keys()]) this.answer(id, null);
  }
}
