/** The curve editor: how a change goes, as a cubic Bézier with two handles to drag or to move by the arrow keys. */

import { draw, make } from "./dom.js";

const CURVE = /^\s*cubic-bezier\(([^()]*)\)\s*$/;
const WIDE = 132;
const HIGH = 84;
const STEP = 0.05;
/** As CSS names them; what is shown when a curve is one of them. */
const NAMED = /** @type {Record<string, string>} */ ({
  even: "cubic-bezier(0.3, 0.3, 0.7, 0.7)",
  "soft start": "cubic-bezier(0.5, 0, 0.8, 0.7)",
  "soft end": "cubic-bezier(0.16, 1, 0.3, 1)",
  "soft both": "cubic-bezier(0.4, 0, 0.4, 1)",
  late: "cubic-bezier(0.8, 0, 0.9, 0.4)",
});

/** @param {string} text @returns {number[]} x1, y1, x2, y2 */
const parts = (text) => CURVE.exec(text)?.[1].split(",").map(Number) ?? [0.3, 0.3, 0.7, 0.7];

/** @param {number[]} handles @returns {string} */
const written = (handles) => `cubic-bezier(${handles.map((part) => String(Math.round(part * 100) / 100)).join(", ")})`;

/** @param {number} value */
const inside = (value) => Math.min(1, Math.max(0, value));

export class CurveField {
  /**
   * @param {string} name of what changes so
   * @param {{onSet: (curve: string, stroke: number) => void, newStroke: () => number}} on
   */
  constructor(name, on) {
    this.on = on;
    this.stroke = 0;
    this.handles = parts("");
    this.path = draw("path", { class: "way" });
    this.arms = [draw("line", { class: "arm", x1: 0, y1: HIGH }), draw("line", { class: "arm", x1: WIDE, y1: 0 })];
    this.knobs = ["first", "second"].map((which, index) => this.knob(`${name}, ${which} handle`, index));
    this.runner = draw("circle", { class: "runner", r: 4, cx: 0, cy: HIGH });
    this.picture = draw(
      "svg",
      { class: "curve-field", viewBox: `-8 -8 ${WIDE + 16} ${HIGH + 16}` },
      draw("rect", { class: "square", width: WIDE, height: HIGH }),
      ...this.arms,
      this.path,
      this.runner,
      ...this.knobs,
    );
    this.named = make(
      "select",
      { "aria-label": `${name}, ready-made` },
      new Option("own", ""),
      ...Object.entries(NAMED).map(([label, curve]) => new Option(label, curve)),
    );
    this.named.addEventListener("change", () => this.named.value && on.onSet(this.named.value, on.newStroke()));
    this.element = make(
      "div",
      { className: "curve-line" },
      this.picture,
      make("div", {}, this.named, make("p", { className: "of-curve" }, "time →  share ↑")),
    );
  }

  /**
   * @param {string} name
   * @param {number} index
   */
  knob(name, index) {
    const knob = draw("circle", {
      class: "knob",
      r: 6,
      tabindex: 0,
      role: "slider",
      "aria-label": name,
      "aria-valuemin": 0,
      "aria-valuemax": 1,
    });
    knob.addEventListener("pointerdown", (event) => {
      this.stroke = this.on.newStroke();
      knob.setPointerCapture(event.pointerId);
      event.preventDefault();
      knob.focus();
    });
    knob.addEventListener("pointermove", (event) => {
      if (knob.hasPointerCapture(event.pointerId)) this.drag(index, event);
    });
    knob.addEventListener("keydown", (event) => this.onKey(index, event));
    return knob;
  }

  /**
   * @param {number} index
   * @param {PointerEvent} event
   */
  drag(index, { clientX, clientY }) {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    const x = ((clientX - left) / width) * (WIDE + 16) - 8;
    const y = ((clientY - top) / height) * (HIGH + 16) - 8;
    this.move(index, x / WIDE, 1 - y / HIGH);
  }

  /**
   * @param {number} index
   * @param {KeyboardEvent} event arrows move a handle, with Shift by a hundredth
   */
  onKey(index, event) {
    const by = event.shiftKey ? 0.01 : STEP;
    const [right, up] = { ArrowRight: [by, 0], ArrowLeft: [-by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[
      event.key
    ] ?? [0, 0];
    if (right === 0 && up === 0) return;
    event.preventDefault();
    if (!event.repeat) this.stroke = this.on.newStroke();
    this.move(index, this.handles[2 * index] + right, this.handles[2 * index + 1] + up);
  }

  /**
   * @param {number} index
   * @param {number} x
   * @param {number} y
   */
  move(index, x, y) {
    this.handles.splice(2 * index, 2, inside(x), inside(y));
    this.place();
    this.on.onSet(written(this.handles), this.stroke);
  }

  /** @param {string} curve */
  show(curve) {
    this.handles = parts(curve);
    this.named.value = Object.values(NAMED).includes(curve) ? curve : "";
    this.place();
  }

  place() {
    const [x1, y1, x2, y2] = this.handles.map((part, at) => (at % 2 ? HIGH * (1 - part) : WIDE * part));
    this.path.setAttribute("d", `M0 ${HIGH}C${x1} ${y1} ${x2} ${y2} ${WIDE} 0`);
    [
      [x1, y1],
      [x2, y2],
    ].forEach(([x, y], index) => {
      this.knobs[index].setAttribute("cx", String(x));
      this.knobs[index].setAttribute("cy", String(y));
      this.arms[index].setAttribute("x2", String(x));
      this.arms[index].setAttribute("y2", String(y));
      const [along, up] = this.handles.slice(2 * index);
      this.knobs[index].setAttribute("aria-valuenow", String(Math.round(100 * along) / 100));
      this.knobs[index].setAttribute("aria-valuetext", `time ${along.toFixed(2)}, share ${up.toFixed(2)}`);
    });
  }

  /**
   * Runs a dot up the side, as the change will go.
   * @param {string} curve
   * @param {number} seconds
   */
  run(curve, seconds) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const old of this.runner.getAnimations()) old.cancel();
    this.runner.animate([{ transform: "translateY(0)" }, { transform: `translateY(${-HIGH}px)` }], {
      duration: 1000 * seconds,
      easing: curve,
    });
  }
}
