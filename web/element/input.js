/** What the visitor does over the fish, gathered into one message a frame. */

import {
  INPUT_BLUR,
  INPUT_DOWN,
  INPUT_FEED,
  INPUT_FIELDS,
  INPUT_FOCUS,
  INPUT_KEY,
  INPUT_LEAVE,
  INPUT_MOVE,
  INPUT_SCROLL,
  INPUT_UP,
} from "../protocol.js";

const MOST = 64; // events in one message; beyond it the oldest of a frame are dropped
const STEP_PX = 24;
const LEAP_PX = 96;
const TAP_SLOP_PX = 12;

const POINTER_KINDS = /** @type {const} */ ([
  ["pointermove", INPUT_MOVE],
  ["pointerdown", INPUT_DOWN],
  ["pointerup", INPUT_UP],
  ["pointerleave", INPUT_LEAVE],
  ["pointercancel", INPUT_LEAVE],
]);
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class InputListener {
  /**
   * @param {HTMLElement} box what the fish swims in
   * @param {HTMLElement} focus what takes the keyboard
   * @param {(events: Float64Array) => void} send
   * @param {(x: number, y: number, on: boolean) => void} [showCursor] draws the keyboard's pointer
   */
  constructor(box, focus, send, showCursor = () => {}) {
    this.box = box;
    this.focus = focus;
    this.send = send;
    this.showCursor = showCursor;
    /** @type {number[]} */
    this.events = [];
    this.handle = 0;
    /** @type {{x: number, y: number} | null} the keyboard's pointer */
    this.cursor = null;
    this.down = { x: 0, y: 0 };
    /** The visitor is not heard; `add` still is. */
    this.muted = false;
    this.listening = new AbortController();
    this.listenToPointer();
    this.listenToKeyboard();
    window.addEventListener("scroll", (event) => this.hear(INPUT_SCROLL, NaN, NaN, event.timeStamp), this.how(true));
  }

  /** @param {boolean} on */
  mute(on) {
    if (on && !this.muted) this.leaveByKeyboard(performance.now());
    this.muted = on;
  }

  /** @param {boolean} [passive] */
  how(passive) {
    return { passive, signal: this.listening.signal };
  }

  listenToPointer() {
    const { box } = this;
    for (const [name, kind] of POINTER_KINDS)
      box.addEventListener(name, (event) => this.onPointer(kind, event), this.how(true));
    box.addEventListener("click", (event) => this.onClick(event), this.how(true));
  }

  listenToKeyboard() {
    const { focus } = this;
    focus.addEventListener("keydown", (event) => this.onKey(event), this.how(false));
    focus.addEventListener("focus", (event) => this.hear(INPUT_FOCUS, NaN, NaN, event.timeStamp), this.how(true));
    focus.addEventListener("blur", (event) => this.leaveByKeyboard(event.timeStamp), this.how(true));
  }

  /**
   * @param {number} kind
   * @param {PointerEvent} event
   */
  onPointer(kind, event) {
    if (!event.isPrimary || this.muted) return;
    if (kind === INPUT_DOWN) this.down = { x: event.clientX, y: event.clientY };
    if (this.cursor !== null) this.hideCursor();
    this.addAtClient(kind, event.clientX, event.clientY, event.timeStamp);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    if (this.muted) return;
    if (event.detail === 0) return this.feedByKeyboard(event.timeStamp); // from assistive technology
    if (Math.hypot(event.clientX - this.down.x, event.clientY - this.down.y) > TAP_SLOP_PX) return; // a drag
    this.addAtClient(INPUT_FEED, event.clientX, event.clientY, event.timeStamp);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (this.muted || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) this.moveByKeyboard(arrow, event.shiftKey ? LEAP_PX : STEP_PX, event.timeStamp);
    else if (event.key === "Enter" || event.key === " ") this.feedByKeyboard(event.timeStamp);
    else if (event.key === "Escape") return this.focus.blur();
    else return;
    event.preventDefault();
  }

  /** The keyboard's pointer; it starts in the middle. */
  place() {
    const { clientWidth, clientHeight } = this.box;
    this.cursor ??= { x: clientWidth / 2, y: clientHeight / 2 };
    return this.cursor;
  }

  /**
   * @param {[number, number]} arrow
   * @param {number} far_px
   * @param {number} time
   */
  moveByKeyboard([dx, dy], far_px, time) {
    const cursor = this.place();
    cursor.x = Math.min(this.box.clientWidth, Math.max(0, cursor.x + dx * far_px));
    cursor.y = Math.min(this.box.clientHeight, Math.max(0, cursor.y + dy * far_px));
    this.showCursor(cursor.x, cursor.y, true);
    this.add(INPUT_KEY, NaN, NaN, time);
    this.add(INPUT_MOVE, cursor.x, cursor.y, time);
  }

  /** @param {number} time */
  feedByKeyboard(time) {
    const { x, y } = this.place();
    this.showCursor(x, y, true);
    this.add(INPUT_KEY, NaN, NaN, time);
    this.add(INPUT_FEED, x, y, time);
  }

  /** @param {number} time */
  leaveByKeyboard(time) {
    if (this.cursor !== null) this.hideCursor();
    this.hear(INPUT_LEAVE, NaN, NaN, time);
    this.hear(INPUT_BLUR, NaN, NaN, time);
  }

  hideCursor() {
    this.cursor = null;
    this.showCursor(0, 0, false);
  }

  /**
   * @param {number} kind
   * @param {number} clientX
   * @param {number} clientY
   * @param {number} time
   */
  addAtClient(kind, clientX, clientY, time) {
    const { left, top } = this.box.getBoundingClientRect();
    this.add(kind, clientX - left, clientY - top, time);
  }

  /**
   * What the visitor did, unless nobody listens; as `add`.
   * @param {number} kind
   * @param {number} x
   * @param {number} y
   * @param {number} time
   */
  hear(kind, x, y, time) {
    if (!this.muted) this.add(kind, x, y, time);
  }

  /**
   * @param {number} kind one of INPUT_…
   * @param {number} x CSS px in the box
   * @param {number} y CSS px in the box
   * @param {number} [time] milliseconds, as `event.timeStamp`
   */
  add(kind, x, y, time = performance.now()) {
    if (this.events.length >= MOST * INPUT_FIELDS) this.events.splice(0, INPUT_FIELDS);
    this.events.push(kind, x, y, performance.timeOrigin + time);
    this.handle ||= requestAnimationFrame(() => this.flush());
  }

  flush() {
    this.handle = 0;
    this.send(Float64Array.from(this.events));
    this.events.length = 0;
  }

  close() {
    this.listening.abort();
    cancelAnimationFrame(this.handle);
  }
}
