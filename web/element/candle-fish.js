/** `<candle-fish>`: a still picture that comes alive when Python has loaded, and is a picture again when it cannot. */

import { flag, LASTING, optionsOf, RESTARTING } from "../protocol.js";
import { canUseWorker, pageEngine, WorkerPool } from "../runtime/worker-pool.js";
import { Controller } from "./controller.js";
import { View } from "./view.js";

/** @typedef {import("./controller.js").EventName} EventName */
/** @typedef {import("../messages").FishState} FishState */
/** @typedef {import("../messages").Options} Options */
/** @typedef {import("../messages").ParamChanges} ParamChanges */

/** All fish of a page share a worker. */
const pool = new WorkerPool();
/** What is no name of a preset: an address has a point or a slash. */
const ADDRESS = /[./]/;

/** @type {(onMessage: (message: import("../messages").FromEngine) => void) => import("../engine").Engine} */
const openEngine = (onMessage) => (canUseWorker() ? pool.open(onMessage) : pageEngine(onMessage));

/** @returns {boolean} */
const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @returns {boolean} */
const savesData = () => navigator.connection?.saveData === true;

/**
 * @param {ParamChanges} before
 * @param {ParamChanges} more
 * @returns {ParamChanges} both, the later winning
 */
function merged(before, more) {
  const names = new Set([...Object.keys(before), ...Object.keys(more)]);
  return Object.fromEntries([...names].map((name) => [name, { ...before[name], ...more[name] }]));
}

/**
 * @param {string} url
 * @returns {Promise<string>} the text there
 */
async function fetchText(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.url}: HTTP ${response.status}`);
  return response.text();
}

export class CandleFish extends HTMLElement {
  static observedAttributes = [...RESTARTING, ...LASTING];

  constructor() {
    super();
    /** @type {Controller | null} */
    this.controller = null;
    /** Why the picture is still; "" while it is not. */
    this.reason = "";
    this.restarting = false;
    /** Between connectedCallback and disconnectedCallback: what an upgrade brings along starts nothing by itself. */
    this.mounted = false;
    /** @type {ParamChanges | null} what `setParams()` has set */
    this.params = null;
    this.view = new View(this, () => (this.paused = !this.paused));
    this.motion = matchMedia("(prefers-reduced-motion: reduce)");
    this.onMotion = () => this.restart();
    this.onOnline = () => this.restart();
  }

  connectedCallback() {
    for (const name of ["paused", "disabled"]) this.takeProperty(name);
    this.view.setLabel(this.getAttribute("label"));
    this.motion.addEventListener("change", this.onMotion);
    this.mounted = true;
    this.start();
  }

  disconnectedCallback() {
    this.mounted = false;
    this.motion.removeEventListener("change", this.onMotion);
    this.stop();
  }

  /**
   * A property that was set before the element was defined hides the accessor: set it again through it.
   * @param {string} name
   */
  takeProperty(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = Reflect.get(this, name);
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (RESTARTING.includes(name)) return this.mounted ? this.restart() : undefined;
    if (name === "height") this.style.height = now !== null && /^\d+(\.\d+)?$/.test(now) ? `${now}px` : (now ?? "");
    else if (name === "label") this.view.setLabel(now);
    else if (name === "mood-preset") void this.applyPreset();
    else if (name === "disabled") this.applyDisabled();
    else this.applyPaused();
  }

  applyPaused() {
    this.controller?.pause(this.paused);
    this.view.showPaused(this.paused);
  }

  applyDisabled() {
    this.controller?.disable(this.disabled);
    this.view.listen(this.controller !== null && !this.disabled);
  }

  /** A preset by name, or a moods.toml by address. What is refused changes nothing and is told. */
  async applyPreset() {
    const value = this.getAttribute("mood-preset");
    const byName = value === null || !ADDRESS.test(value);
    try {
      const change = byName ? { preset: value ?? "default" } : { toml: await fetchText(value) };
      if (this.getAttribute("mood-preset") !== value) return;
      const problem = await this.controller?.tune(change);
      if (problem) throw new RangeError(problem);
      if (this.params) await this.controller?.tune({ values: this.params });
    } catch (error) {
      this.tell("error", { message: error instanceof Error ? error.message : String(error), where: "mood-preset" });
    }
  }

  /** @returns {string} why the picture stays still, "" when it need not */
  whyStill() {
    if (flag(this.getAttribute("static"))) return "static";
    if (wantsLessMotion()) return "reduced-motion";
    if (savesData()) return "save-data";
    return typeof WebAssembly === "object" ? "" : "no-webassembly";
  }

  /** @returns {Options} */
  options() {
    return { ...optionsOf(this), record: new URLSearchParams(location.search).has("record") };
  }

  start() {
    if (this.childElementCount === 0) this.view.showPicture(flag(this.getAttribute("transparent")));
    this.reason = this.whyStill();
    if (this.reason !== "") return this.tell("fallback", { reason: this.reason });
    const { stage } = this.view;
    const place = { box: stage, focus: stage, ...this.view.addCanvases() };
    this.controller = new Controller(place, this.options(), openEngine, {
      onOpen: () => this.retune(),
      onEvent: (name, detail) => this.onEvent(name, detail),
      onSlow: () => this.view.showHint(true),
      onFirstFrame: () => this.view.alive(),
      onFailure: (reason) => this.fallBack(reason),
      showCursor: (x, y, on) => this.view.showCursor(x, y, on),
      ...this.analyticsOption(),
    });
    this.applyPaused();
    this.applyDisabled();
  }

  /** A new fish takes up what the old one was tuned to. */
  retune() {
    if (this.hasAttribute("mood-preset")) void this.applyPreset();
    else if (this.params)
      void this.setParams(this.params).catch((error) =>
        this.tell("error", { message: error.message, where: "setParams" }),
      );
  }

  /** Nothing of it is loaded without the attribute. */
  analyticsOption() {
    const base = this.getAttribute("analytics");
    if (base === null || !flag(base)) return {};
    const fixed = ["effects", "complexity"].filter((name) => this.hasAttribute(name));
    return {
      openAnalytics: async (/** @type {(text: string) => void} */ onRemote) =>
        (await import("../connected/analytics.js")).openAnalytics(base, fixed, onRemote),
    };
  }

  /** @returns {import("../connected/memory-sync.js").MemorySync} what keeps the memory beyond this browser */
  get sync() {
    const sync = this.controller?.analytics?.sync;
    if (sync === undefined) throw new Error("the fish is not connected to a service: see its analytics attribute");
    return sync;
  }

  /** @returns {Promise<{code: string, expires_s: number}>} for another device, good once */
  async pair() {
    return this.sync.pair();
  }

  /** @param {string} code from another device: both remember as one */
  async join(code) {
    return this.sync.join(code);
  }

  /** @param {boolean} [out] whether this visitor does not want to be counted */
  async optOut(out = true) {
    const { setOptOut } = await import("../connected/analytics.js");
    if (out) this.controller?.analytics?.optOut();
    setOptOut(out);
  }

  stop() {
    window.removeEventListener("online", this.onOnline);
    this.controller?.close();
    this.controller = null;
    this.view.still();
  }

  /** Once for any number of changes in one task. */
  restart() {
    if (this.restarting) return;
    this.restarting = true;
    queueMicrotask(() => {
      this.restarting = false;
      this.stop();
      if (this.mounted) this.start();
    });
  }

  /** @param {string} reason */
  fallBack(reason) {
    this.reason = reason;
    this.stop();
    if (!navigator.onLine) window.addEventListener("online", this.onOnline, { once: true });
    this.tell("fallback", { reason });
  }

  /**
   * @param {EventName} name
   * @param {Record<string, unknown>} detail
   */
  onEvent(name, detail) {
    if (name === "moodchange") this.view.announce(String(detail.to));
    this.tell(name, detail);
  }

  /**
   * @param {EventName} name
   * @param {Record<string, unknown>} detail
   */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`candlefish:${name}`, { detail, bubbles: true, composed: true }));
  }

  get paused() {
    return flag(this.getAttribute("paused"));
  }

  set paused(on) {
    this.toggleAttribute("paused", Boolean(on));
  }

  get disabled() {
    return flag(this.getAttribute("disabled"));
  }

  set disabled(on) {
    this.toggleAttribute("disabled", Boolean(on));
  }

  pause() {
    this.paused = true;
  }

  resume() {
    this.paused = false;
  }

  /**
   * Drops a piece of food.
   * @param {number} x CSS px in the box
   * @param {number} y CSS px in the box
   */
  feed(x, y) {
    if (Number.isFinite(x) && Number.isFinite(y)) this.controller?.feed(x, y);
    else this.tell("error", { message: `feed(x, y) takes two finite numbers, got (${x}, ${y})`, where: "feed" });
  }

  /** Forgets the visitor and starts anew. */
  reset() {
    this.controller?.reset();
  }

  /**
   * Changes parameters of moods from the next frame on, eased; what is not named stays.
   * @param {ParamChanges | null} values by mood and name, as in moods.toml; null takes all changes back
   * @returns {Promise<void>} settled when the fish has them; at once while it is not awake, which checks them later
   * @throws {RangeError} (as a rejection) a name or value is refused: says which; nothing has changed
   */
  async setParams(values) {
    const problem = await this.controller?.tune({ values });
    if (problem) throw new RangeError(problem);
    this.params = values === null ? null : merged(this.params ?? {}, values);
  }

  /** @returns {Promise<FishState>} how it is */
  async getState() {
    return (await this.controller?.getState()) ?? this.stillState();
  }

  /** @returns {Promise<import("../messages").Recording>} of this visit, when the page was opened with `?record` */
  async recording() {
    return (await this.controller?.recording()) ?? { text: "", world: "" };
  }

  /**
   * Lives a recording again, out of sight and at once.
   * @param {string} text
   * @returns {Promise<import("../messages").ReplayResult>}
   */
  async replay(text) {
    return (await this.controller?.replay(text)) ?? { problem: "no fish is awake" };
  }

  /** @returns {FishState} of the picture */
  stillState() {
    const { effects, complexity } = this.options();
    const { clientWidth, clientHeight } = this;
    const reason = this.reason === "" ? "not awake yet" : `a still picture (${this.reason})`;
    return {
      mood: "curious",
      reason,
      trust: 20,
      valence: 0,
      arousal: 0,
      x: clientWidth / 2,
      y: clientHeight / 2,
      frames: 0,
      fps: 0,
      food_eaten: 0,
      effects,
      complexity,
      wasm_bytes: 0,
      running: false,
      memory_saved: false,
      thread: "none",
    };
  }
}

if (!customElements.get("candle-fish")) customElements.define("candle-fish", CandleFish);
