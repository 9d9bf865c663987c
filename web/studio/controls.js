/** One control for each kind of parameter: a row with its name, help, value, lock and reset. */

import { CurveField } from "./curve.js";
import { make } from "./dom.js";

/** @typedef {import("./types").Param} Param */

/**
 * @typedef {object} RowEvents
 * @property {(value: number | string, stroke: number) => void} onSet
 * @property {() => number} newStroke
 * @property {() => void} onReset
 * @property {(on: boolean) => void} onLock
 */

const HEX = /^#[0-9a-f]{6}$/i;

/**
 * @param {number} value
 * @param {number} step
 * @returns {string} as many decimals as the step has, or as the value needs
 */
export function shown(value, step) {
  const decimals = (String(step).split(".")[1] ?? "").length;
  const text = value.toFixed(decimals);
  return Number(text) === value ? text : String(value);
}

/**
 * @param {string} name its accessible name
 * @param {string} path of the icon, 16 × 16
 * @param {string} className
 */
function iconButton(name, path, className) {
  const button = make("button", { type: "button", className: `icon ${className}`, "aria-label": name, title: name });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  button.append(svg);
  return button;
}

const RESET = "M3 8a5 5 0 1 0 1.6-3.7M3 2.5V5h2.6";
const LOCK = "M4 7h8v6H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2";

export class Row {
  /**
   * @param {string} table
   * @param {string} title of the table, for names that stand alone
   * @param {Param} param
   * @param {RowEvents} on
   */
  constructor(table, title, param, on) {
    this.key = `${table}.${param.name}`;
    this.param = param;
    this.on = on;
    this.stroke = 0;
    /** A value is half typed: the field is not overwritten meanwhile. */
    this.typing = false;
    /** @type {string | undefined} the curve and its time as last shown */
    this.ran = undefined;
    const id = `p-${table}-${param.name}`;
    const name = `${param.label}, ${title}`;
    this.reset = iconButton(`Reset ${name}`, RESET, "reset");
    this.lock = iconButton(`Lock ${name}`, LOCK, "lock");
    this.lock.setAttribute("aria-pressed", "false");
    const label = make("label", { htmlFor: id }, make("span", { className: "of" }, `${title} `), param.label);
    const help = make("span", { className: "help", id: `${id}-help` }, param.help);
    this.fields = this.makeFields(id, name);
    this.note = make("p", { className: "note", hidden: true });
    const head = make(
      "div",
      { className: "head" },
      label,
      help,
      make("span", { className: "gap" }),
      ...this.fields.value,
      this.lock,
      this.reset,
    );
    this.element = make(
      "div",
      { className: `row ${param.kind}`, "data-key": this.key },
      head,
      ...this.fields.below,
      this.note,
    );
    this.words = `${table} ${title} ${param.label} ${param.name} ${param.help}`.toLowerCase();
    this.reset.addEventListener("click", () => on.onReset());
    this.lock.addEventListener("click", () => on.onLock(this.lock.getAttribute("aria-pressed") !== "true"));
  }

  /**
   * @param {string} id
   * @param {string} name
   * @returns {{value: HTMLElement[], below: HTMLElement[]}}
   */
  makeFields(id, name) {
    if (this.param.kind === "colour") return this.colourFields(id, name);
    return this.param.kind === "curve" ? this.curveFields(id, name) : this.numberFields(id, name);
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  numberFields(id, name) {
    const { low, high, step, unit } = this.param;
    const range = { min: String(low), max: String(high), step: String(step) };
    const slider = make("input", { type: "range", id, ...range, "aria-describedby": `${id}-help` });
    const number = make("input", {
      type: "number",
      ...range,
      step: "any",
      "aria-label": `${name}${unit ? `, ${unit}` : ""}`,
      inputMode: "decimal",
    });
    const begin = () => {
      this.stroke = this.on.newStroke();
    };
    slider.addEventListener("pointerdown", begin);
    slider.addEventListener("keydown", (event) => event.repeat || begin());
    slider.addEventListener("input", () => this.on.onSet(Number(slider.value), this.stroke));
    this.watchTyping(number);
    number.addEventListener("change", () => {
      if (number.value !== "" && Number.isFinite(Number(number.value)))
        this.on.onSet(Number(number.value), this.on.newStroke());
      else this.show(this.value ?? low, this.usual ?? low);
    });
    this.slider = slider;
    this.number = number;
    return { value: [number, make("span", { className: "unit" }, unit)], below: [slider] };
  }

  /** @param {HTMLInputElement} field from its first key to its change, or to leaving it */
  watchTyping(field) {
    field.addEventListener("input", () => (this.typing = true));
    for (const end of ["change", "blur"]) field.addEventListener(end, () => (this.typing = false));
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  colourFields(id, name) {
    const well = make("input", { type: "color", id, "aria-describedby": `${id}-help` });
    const code = make("input", {
      type: "text",
      className: "code",
      "aria-label": `${name}, as #rrggbb`,
      spellcheck: false,
      maxLength: 7,
    });
    this.seen = make("p", { className: "seen" });
    well.addEventListener("focus", () => (this.stroke = this.on.newStroke()));
    well.addEventListener("input", () => this.on.onSet(well.value, this.stroke));
    well.addEventListener("change", () => (this.stroke = this.on.newStroke()));
    this.watchTyping(code);
    code.addEventListener("change", () =>
      this.on.onSet(HEX.test(code.value) ? code.value.toLowerCase() : code.value, this.on.newStroke()),
    );
    this.well = well;
    this.code = code;
    return { value: [code, well], below: [this.seen] };
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  curveFields(id, name) {
    const code = make("input", {
      type: "text",
      id,
      className: "curve-code",
      spellcheck: false,
      "aria-describedby": `${id}-help`,
    });
    const curve = new CurveField(name, this.on);
    this.watchTyping(code);
    code.addEventListener("change", () => this.on.onSet(code.value, this.on.newStroke()));
    this.curveCode = code;
    this.curve = curve;
    return { value: [], below: [code, curve.element] };
  }

  /**
   * @param {number | string} value
   * @param {number | string} usual the default
   */
  show(value, usual) {
    this.value = value;
    this.usual = usual;
    this.say("");
    this.element.classList.toggle("changed", value !== usual);
    this.reset.disabled = value === usual;
    if (this.slider && this.number) {
      const { low, high, step, unit } = this.param;
      this.slider.value = String(value);
      this.slider.setAttribute("aria-valuetext", `${shown(Number(value), step)} ${unit}`.trim());
      this.slider.style.setProperty("--at", `${(100 * (Number(value) - low)) / (high - low)}%`);
      this.slider.style.setProperty("--usual", `${(100 * (Number(usual) - low)) / (high - low)}%`);
      if (!this.typing) this.number.value = shown(Number(value), step);
    } else if (this.well && this.code) {
      this.well.value = String(value);
      if (!this.typing) this.code.value = String(value);
    } else if (this.curve && this.curveCode) {
      this.curve.show(String(value));
      if (!this.typing) this.curveCode.value = String(value);
    }
  }

  /**
   * Shows the contrast of a mood's light, and its look with colour vision deficiencies.
   * @param {Record<string, number | string>} report
   */
  showSeen({ contrast, ...others }) {
    if (!this.seen || this.param.name !== "colour") return;
    const worst = Number(contrast) < 3;
    const dots = Object.entries(others).map(([name, colour]) => {
      const dot = make("span", { className: "dot", title: `with ${name}` });
      dot.style.setProperty("--mood", String(colour));
      return make("span", { className: "other" }, dot, name.slice(0, 6));
    });
    this.seen.replaceChildren(make("span", { className: worst ? "bad" : "" }, `${contrast}:1 on its water`), ...dots);
  }

  /**
   * Animates a curve when it or its time has changed.
   * @param {number} seconds
   * @param {boolean} visible
   */
  runCurve(seconds, visible) {
    const run = `${this.value} ${seconds}`;
    if (visible && this.ran !== undefined && this.ran !== run) this.curve?.run(String(this.value), seconds);
    this.ran = run;
  }

  /** @param {boolean} on */
  showLock(on) {
    this.lock.setAttribute("aria-pressed", String(on));
    this.element.classList.toggle("locked", on);
  }

  /** @param {string} text why a value was refused; "" for nothing */
  say(text) {
    this.note.hidden = text === "";
    if (this.note.textContent !== text) this.note.textContent = text;
  }
}
