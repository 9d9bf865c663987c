/** `<candle-fish>`: a still picture that comes alive when Python has loaded, and is a picture again when it cannot. */

import { canUseWorker, pageEngine, workerEngine } from "./engine.js";
import { SHADOW_CSS } from "./shadow-css.js";
import { Tank } from "./tank.js";

/** @typedef {import("./messages").FishState} FishState */
/** @typedef {import("./messages").Options} Options */

const LABEL = "A glowing candlefish that watches your pointer. Arrow keys move, Enter feeds, Escape leaves.";
const FADE_MS = 500; // longer than the transition in shadow-css.js
const ANNOUNCE_EVERY_MS = 8000;
const RESTARTING = new Set(["seed", "effects", "complexity", "static", "analytics"]);

/** @returns {boolean} */
const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @returns {boolean} */
const savesData = () => /** @type {any} */ (navigator).connection?.saveData === true;

/**
 * @template {string} T
 * @param {string | null} value
 * @param {readonly [T, ...T[]]} choices the first is the default
 * @returns {T}
 */
function choice(value, choices) {
  return choices.find((one) => one === value) ?? choices[0];
}

export class CandleFish extends HTMLElement {
  static observedAttributes = [...RESTARTING, "paused", "height", "label"];

  constructor() {
    super();
    /** @type {Tank | null} */
    this.tank = null;
    /** Why the picture is still; "" while it is not. */
    this.reason = "";
    this.restarting = false;
    this.announcedAt = -Infinity;
    this.announcing = 0;
    this.view = this.build();
    this.motion = matchMedia("(prefers-reduced-motion: reduce)");
    this.onMotion = () => this.restart();
  }

  /** Shadow tree: the picture (slot), over it the canvas and the keyboard's pointer; beside them the live region. */
  build() {
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHADOW_CSS);
    root.adoptedStyleSheets = [sheet];
    const stage = Object.assign(document.createElement("div"), { className: "stage", tabIndex: -1 });
    const cursor = Object.assign(document.createElement("div"), { className: "cursor", hidden: true });
    const live = Object.assign(document.createElement("p"), { className: "live" });
    stage.setAttribute("role", "img");
    live.setAttribute("role", "status");
    stage.append(document.createElement("slot"), cursor);
    root.append(stage, live);
    return { stage, cursor, live, slot: stage.firstElementChild };
  }

  connectedCallback() {
    if (this.childElementCount === 0) this.showPicture();
    this.view.stage.setAttribute("aria-label", this.getAttribute("label") || LABEL);
    this.motion.addEventListener("change", this.onMotion);
    this.start();
  }

  disconnectedCallback() {
    this.motion.removeEventListener("change", this.onMotion);
    this.stop();
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === "height") this.style.height = now !== null && /^\d+(\.\d+)?$/.test(now) ? `${now}px` : (now ?? "");
    if (name === "label") this.view.stage.setAttribute("aria-label", now || LABEL);
    if (name === "paused") this.tank?.pause(now !== null);
    if (RESTARTING.has(name) && this.isConnected) this.restart();
  }

  /** Without a picture of the page's own, the one that comes with the fish. */
  showPicture() {
    const picture = Object.assign(document.createElement("img"), { alt: "", src: new URL("../static/fallback.svg", import.meta.url).href });
    this.view.slot?.replaceChildren(picture);
  }

  /** @returns {string} why the picture stays still, "" when it need not */
  whyStill() {
    if (this.hasAttribute("static")) return "static";
    if (wantsLessMotion()) return "reduced-motion";
    if (savesData()) return "save-data";
    return typeof WebAssembly === "object" ? "" : "no-webassembly";
  }

  /** @returns {Options} */
  options() {
    const seed = Number(this.getAttribute("seed") ?? 7);
    return {
      seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : 7,
      effects: choice(this.getAttribute("effects"), ["standard", "minimal", "rich"]),
      complexity: choice(this.getAttribute("complexity"), ["standard", "basic", "advanced"]),
    };
  }

  start() {
    this.reason = this.whyStill();
    if (this.reason !== "") return this.tell("fallback", { reason: this.reason });
    const { stage } = this.view;
    const canvas = document.createElement("canvas");
    stage.insertBefore(canvas, this.view.cursor);
    stage.tabIndex = 0;
    this.tank = new Tank({ box: stage, focus: stage, canvas }, this.options(), canUseWorker() ? workerEngine : pageEngine, {
      onEvent: (name, detail) => this.onEvent(name, detail),
      onFirstFrame: () => stage.classList.add("alive"),
      onFailure: (reason) => this.fallBack(reason),
      showCursor: (x, y, on) => this.showCursor(x, y, on),
      ...this.analyticsOption(),
    });
    this.tank.pause(this.hasAttribute("paused"));
  }

  /** Nothing of it is loaded without the attribute. */
  analyticsOption() {
    const base = this.getAttribute("analytics");
    if (base === null) return {};
    const fixed = ["effects", "complexity"].filter((name) => this.hasAttribute(name));
    return {
      openAnalytics: async (/** @type {(text: string) => void} */ onRemote) =>
        (await import("./analytics.js")).openAnalytics(base, fixed, onRemote),
    };
  }

  /** @returns {import("./sync.js").Sync} what keeps the memory beyond this browser */
  get sync() {
    const sync = this.tank?.analytics?.sync;
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
    const { setOptOut } = await import("./analytics.js");
    if (out) this.tank?.analytics?.optOut();
    setOptOut(out);
  }

  stop() {
    clearTimeout(this.announcing);
    this.tank?.close();
    this.tank = null;
    const { stage, cursor, live } = this.view;
    stage.classList.remove("alive");
    stage.tabIndex = -1;
    cursor.hidden = true;
    live.textContent = "";
    this.dropCanvases();
  }

  /** Removes canvases that no tank draws on, once they have faded out. */
  dropCanvases() {
    const old = [...this.view.stage.querySelectorAll("canvas")];
    if (!this.isConnected) for (const canvas of old) canvas.remove();
    else window.setTimeout(() => old.forEach((canvas) => canvas.remove()), FADE_MS);
  }

  /** Once for any number of changes in one task. */
  restart() {
    if (this.restarting) return;
    this.restarting = true;
    queueMicrotask(() => {
      this.restarting = false;
      this.stop();
      if (this.isConnected) this.start();
    });
  }

  /** @param {string} reason */
  fallBack(reason) {
    this.reason = reason;
    this.stop();
    this.tell("fallback", { reason });
  }

  /**
   * @param {string} name
   * @param {Record<string, unknown>} detail
   */
  onEvent(name, detail) {
    if (name === "moodchange") this.announce(String(detail.to));
    this.tell(name, detail);
  }

  /**
   * @param {string} name
   * @param {Record<string, unknown>} detail
   */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`candlefish:${name}`, { detail, bubbles: true, composed: true }));
  }

  /**
   * At most one announcement in eight seconds; the last mood wins.
   * @param {string} mood
   */
  announce(mood) {
    clearTimeout(this.announcing);
    const wait_ms = Math.max(0, this.announcedAt + ANNOUNCE_EVERY_MS - performance.now());
    this.announcing = window.setTimeout(() => {
      this.announcedAt = performance.now();
      this.view.live.textContent = `The fish is ${mood}.`;
    }, wait_ms);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} on
   */
  showCursor(x, y, on) {
    const { cursor } = this.view;
    cursor.hidden = !on;
    cursor.style.transform = `translate(${x}px, ${y}px)`;
  }

  get paused() {
    return this.hasAttribute("paused");
  }

  set paused(on) {
    this.toggleAttribute("paused", Boolean(on));
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
    if (Number.isFinite(x) && Number.isFinite(y)) this.tank?.feed(x, y);
    else this.tell("error", { message: `feed(x, y) takes two finite numbers, got (${x}, ${y})`, where: "feed" });
  }

  /** Forgets the visitor and starts anew. */
  reset() {
    this.tank?.reset();
  }

  /** @returns {Promise<FishState>} how it is */
  async getState() {
    return (await this.tank?.getState()) ?? this.stillState();
  }

  /** @returns {FishState} of the picture */
  stillState() {
    const { effects, complexity } = this.options();
    const { clientWidth, clientHeight } = this;
    const reason = this.reason === "" ? "not awake yet" : `a still picture (${this.reason})`;
    const still = { mood: "curious", reason, trust: 20, valence: 0, arousal: 0, x: clientWidth / 2, y: clientHeight / 2 };
    const idle = { frames: 0, fps: 0, food_eaten: 0, wasm_bytes: 0, running: false, memory_saved: false };
    return { ...still, ...idle, effects, complexity, thread: "none" };
  }
}

if (!customElements.get("candle-fish")) customElements.define("candle-fish", CandleFish);
