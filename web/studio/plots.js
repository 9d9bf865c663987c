/** The plots: affect as a point in its plane, and the last minute as lines over the moods. */

import { sheet } from "./dom.js";

/** @typedef {import("./types").Insight} Insight */

const INK = "#e0e1dd";
const MUTE = "#8fa0b8";
const LINE = "#415a77";
const AQUA = "#3fd3c6";
const FONT = '11px ui-sans-serif, system-ui, "Segoe UI", sans-serif';
const TRAIL = 60;
const MOST = 900;

/** Valence to the right, arousal upwards: the circumplex. */
export class Plane {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {[number, number][]} */
    this.trail = [];
    this.labelledMs = 0;
  }

  /**
   * @param {Insight} now
   * @param {string} colour of the mood
   */
  show(now, colour) {
    this.trail = [...this.trail.slice(1 - TRAIL), [now.valence, now.arousal]];
    const paper = sheet(this.canvas);
    if (paper === null) return;
    const { context, width, height } = paper;
    const place = (/** @type {number} */ v, /** @type {number} */ a) =>
      /** @type {[number, number]} */ ([width / 2 + v * (width / 2 - 8), height / 2 - a * (height / 2 - 8)]);
    this.axes(context, width, height);
    const [rx, ry] = place(...now.rest);
    context.strokeStyle = MUTE;
    context.beginPath();
    context.arc(rx, ry, 5, 0, 7);
    context.stroke();
    this.trail.forEach(([v, a], i) => {
      context.globalAlpha = (i + 1) / this.trail.length / 2;
      context.fillStyle = colour;
      context.beginPath();
      context.arc(...place(v, a), 2, 0, 7);
      context.fill();
    });
    context.globalAlpha = 1;
    context.shadowColor = context.fillStyle = colour;
    context.shadowBlur = 12;
    context.beginPath();
    context.arc(...place(now.valence, now.arousal), 5, 0, 7);
    context.fill();
    context.shadowBlur = 0;
    this.label(now);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  axes(context, width, height) {
    context.strokeStyle = LINE;
    context.lineWidth = 1;
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    context.beginPath();
    context.moveTo(width / 2, 0);
    context.lineTo(width / 2, height);
    context.moveTo(0, height / 2);
    context.lineTo(width, height / 2);
    context.stroke();
    context.font = FONT;
    context.fillStyle = MUTE;
    context.textAlign = "left";
    context.fillText("awake", width / 2 + 5, 13);
    context.fillText("asleep", width / 2 + 5, height - 6);
    context.fillText("bad", 5, height / 2 - 5);
    context.textAlign = "right";
    context.fillText("good", width - 5, height / 2 - 5);
  }

  /** @param {Insight} now which the label, for screen readers, shows at most once a second */
  label(now) {
    if (performance.now() - this.labelledMs < 1000) return;
    this.labelledMs = performance.now();
    this.canvas.setAttribute(
      "aria-label",
      `Affect: valence ${now.valence.toFixed(2)}, arousal ${now.arousal.toFixed(2)}`,
    );
  }
}

/** Trust, valence and arousal over the last minute; the mood as a band below. */
export class Timeline {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(mood: string) => string} colourOf
   */
  constructor(canvas, colourOf) {
    this.canvas = canvas;
    this.colourOf = colourOf;
    /** @type {Insight[]} by rising step */
    this.seen = [];
    this.at = 0;
    this.lastStep = 0;
  }

  /** @param {Insight} now */
  show(now) {
    this.at = now.step;
    if (now.last < this.lastStep) this.seen = this.seen.filter(({ step }) => step <= now.last);
    this.lastStep = now.last;
    if (now.step >= now.last && now.step > (this.seen.at(-1)?.step ?? -1))
      this.seen = [...this.seen.slice(1 - MOST), now];
    const paper = sheet(this.canvas);
    if (paper === null) return;
    const { context, width, height } = paper;
    const first = now.last - 3600;
    const x = (/** @type {number} */ step) => ((step - first) / 3600) * width;
    this.band(context, x, height);
    const high = height - 18;
    this.curve(context, x, AQUA, ({ trust }) => high * (1 - trust / 100));
    this.curve(context, x, INK, ({ valence }) => high * (0.5 - valence / 2));
    this.curve(context, x, "#ffb347", ({ arousal }) => high * (0.5 - arousal / 2), [3, 3]);
    context.fillStyle = INK;
    context.fillRect(Math.min(width - 1.5, x(this.at)), 0, 1.5, height);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {(step: number) => number} x
   * @param {number} height
   */
  band(context, x, height) {
    context.strokeStyle = "rgb(65 90 119 / 55%)";
    context.beginPath();
    for (const share of [0, 0.25, 0.5, 0.75]) {
      const y = Math.round((height - 18) * share) + 0.5;
      context.moveTo(0, y);
      context.lineTo(x(this.lastStep), y);
    }
    context.stroke();
    this.seen.forEach((one, i) => {
      context.fillStyle = this.colourOf(one.mood);
      const end = this.seen[i + 1]?.step ?? this.lastStep;
      context.fillRect(x(one.step), height - 12, x(end) - x(one.step) + 0.7, 12);
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {(step: number) => number} x
   * @param {string} colour
   * @param {(one: Insight) => number} y
   * @param {number[]} [dash]
   */
  curve(context, x, colour, y, dash = []) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.setLineDash(dash);
    context.beginPath();
    for (const one of this.seen) context.lineTo(x(one.step), y(one) + 1);
    context.stroke();
    context.setLineDash([]);
  }
}
