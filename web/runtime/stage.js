/** The canvases as Python sees them: size it, paint a display list on it, ask for the next frame. */

import { createPainter } from "./painter.js";

/**
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {boolean} alpha
 */
function contextOf(canvas, alpha) {
  const context = canvas.getContext("2d", { alpha });
  if (context === null) throw new Error("this browser gives no 2D canvas context");
  return context;
}

/**
 * Works in a window and in a worker. A failure inside a frame (also one Python cannot catch) goes to `onFailure`.
 */
export class Stage {
  /**
   * @param {HTMLCanvasElement | OffscreenCanvas} canvas
   * @param {(error: unknown) => void} onFailure
   * @param {HTMLCanvasElement | OffscreenCanvas | null} [water] one under it, for the light field
   * @param {boolean} [transparent] what lies under both shows
   */
  constructor(canvas, onFailure, water = null, transparent = false) {
    this.canvas = canvas;
    this.painter = createPainter(
      contextOf(canvas, transparent || water !== null),
      water && contextOf(water, transparent),
    );
    this.box = { width: 0, height: 0, dpr: 1 };
    this.handle = 0;
    /** @type {((epochMs: number) => void) | null} */
    this.frame = null;
    this.onLost = () => onFailure(new Error("the canvas context was lost"));
    this.lossy = water === null ? [canvas] : [canvas, water];
    for (const it of this.lossy) it.addEventListener("contextlost", this.onLost);
    /** @param {number} time */
    this.tick = (time) => {
      this.handle = 0;
      try {
        this.frame?.(performance.timeOrigin + time);
      } catch (error) {
        onFailure(error);
      }
    };
  }

  /**
   * Size in CSS px and device px per CSS px. Clears the canvas: paint right after.
   * @param {number} width
   * @param {number} height
   * @param {number} dpr
   */
  resize(width, height, dpr) {
    this.box = { width, height, dpr };
    this.canvas.width = Math.max(1, Math.round(width * dpr));
    this.canvas.height = Math.max(1, Math.round(height * dpr));
  }

  /**
   * @param {Float32Array} ops display list
   * @param {number} count floats of it in use
   * @returns {boolean} false when `ops` is stale (WebAssembly memory has grown): pass a fresh view
   */
  paint(ops, count) {
    if (ops.byteLength === 0) return false;
    this.painter.paint(ops, count, this.box.width, this.box.height, this.box.dpr);
    return true;
  }

  /** Asks for the next frame; a second call before it changes nothing. */
  request() {
    this.handle ||= requestAnimationFrame(this.tick);
  }

  /** Takes the request back. */
  cancel() {
    cancelAnimationFrame(this.handle);
    this.handle = 0;
  }

  /** @returns {number} epoch milliseconds, on the clock of the frames */
  now() {
    return performance.timeOrigin + performance.now();
  }

  close() {
    this.cancel();
    this.frame = null;
    for (const it of this.lossy) it.removeEventListener("contextlost", this.onLost);
    this.painter.close();
  }
}
