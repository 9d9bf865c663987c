// @ts-check
/**
 * Replays a display list (see candlefish/draw/display_list.py) on a 2D canvas: one call a frame.
 * Works in a page and in a worker.
 */

import {
  OP_BACKGROUND,
  OP_BLEND,
  OP_ELLIPSE,
  OP_END,
  OP_FIELD,
  OP_FILL,
  OP_FISH,
  OP_SPRITES,
  OP_STROKES,
  OP_TINT,
  OP_VEIL,
  SLOT_BUBBLE,
  SLOT_CORE,
  SLOT_GLOW,
  SLOT_MOTE,
} from "../protocol.js";

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/** By slot. */
const SPRITE_SIZE = [128, 32, 32, 32];
/** By mode of blending. */
const BLENDS = /** @type {const} */ (["source-over", "lighter"]);

/** @param {number} width @param {number} height @returns {{canvas: any, context: any}} */
function makeCanvas(width, height) {
  const canvas =
    typeof OffscreenCanvas === "undefined"
      ? Object.assign(document.createElement("canvas"), { width, height })
      : new OffscreenCanvas(width, height);
  return { canvas, context: /** @type {any} */ (canvas).getContext("2d") };
}

/** A radial fade with the given alphas at even offsets. @param {Context} context @param {number} size @param {string} rgb @param {number[]} alphas */
function radial(context, size, rgb, alphas) {
  const half = size / 2;
  const gradient = context.createRadialGradient(half, half, 0, half, half, half);
  for (const [i, alpha] of alphas.entries()) gradient.addColorStop(i / (alphas.length - 1), `rgba(${rgb},${alpha})`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, size, size);
}

/** A bubble: a thin bright rim and a catch of light. @param {any} context @param {number} size @param {string} rgb */
function bubble(context, size, rgb) {
  radial(context, size, rgb, [0.02, 0.03, 0.05, 0.12, 0.55, 0.05, 0]);
  context.fillStyle = `rgba(255,255,255,0.75)`;
  context.beginPath();
  context.ellipse(size * 0.38, size * 0.36, size * 0.07, size * 0.05, -0.7, 0, 7);
  context.fill();
}

/** @param {any} context @param {number} slot @param {string} rgb */
function drawSprite(context, slot, rgb) {
  const size = SPRITE_SIZE[slot];
  context.clearRect(0, 0, size, size);
  if (slot === SLOT_GLOW) radial(context, size, rgb, [1, 0.74, 0.5, 0.32, 0.19, 0.1, 0.045, 0.012, 0]);
  else if (slot === SLOT_CORE) radial(context, size, rgb, [1, 1, 0.72, 0.3, 0.08, 0]);
  else if (slot === SLOT_MOTE) radial(context, size, rgb, [1, 0.85, 0.42, 0.17, 0.06, 0]);
  else if (slot === SLOT_BUBBLE) bubble(context, size, rgb);
}

/**
 * A smooth line through the middles of the given points (quadratic pieces, the points as controls).
 * @param {any} context @param {Float32Array} ops @param {number} at @param {number} count
 */
function openLine(context, ops, at, count) {
  context.moveTo(ops[at], ops[at + 1]);
  const last = at + 2 * (count - 1);
  for (let i = at + 2; i < last; i += 2)
    context.quadraticCurveTo(ops[i], ops[i + 1], (ops[i] + ops[i + 2]) / 2, (ops[i + 1] + ops[i + 3]) / 2);
  context.lineTo(ops[last], ops[last + 1]);
}

/** @param {any} context @param {Float32Array} ops @param {number} at @param {number} count */
function closedLine(context, ops, at, count) {
  const end = at + 2 * count;
  let x = ops[end - 2];
  let y = ops[end - 1];
  context.moveTo((x + ops[at]) / 2, (y + ops[at + 1]) / 2);
  for (let i = at; i < end; i += 2) {
    x = ops[i];
    y = ops[i + 1];
    const next = i + 2 < end ? i + 2 : at;
    context.quadraticCurveTo(x, y, (x + ops[next]) / 2, (y + ops[next + 1]) / 2);
  }
  context.closePath();
}

/**
 * A pixel of the water's canvas is about so many CSS px. The page enlarges it by the nearest pixel, which costs the display
 * half of what smoothing does; of a picture as soft as this nobody sees it.
 */
const COARSE_PX = 2;

/**
 * @param {any} context what to draw on
 * @param {any} [water] the context of a canvas under it, for the light field alone, which the page doubles
 * @returns a painter; `paint` replays `count` floats of a display list on a canvas of the given CSS size
 */
export function createPainter(context, water = null) {
  const sprites = SPRITE_SIZE.map((size) => makeCanvas(size, size));
  const small = makeCanvas(1, 1);
  /** @type {ImageData | null} */
  let pixels = null;
  let density = 1;

  /** @param {Float32Array} ops @param {number} at @param {number} width @param {number} height */
  function background(ops, at, width, height) {
    context.globalCompositeOperation = "source-over";
    context.fillStyle = `rgb(${ops[at]},${ops[at + 1]},${ops[at + 2]})`;
    context.fillRect(0, 0, width, height);
  }

  /**
   * Lays the light field over the frame. Its pixels lie in the same memory as the list: nothing is copied but by the canvas.
   * @param {Float32Array} ops @param {number} at @param {number} width @param {number} height
   */
  function field(ops, at, width, height) {
    const [columns, rows] = [ops[at + 1], ops[at + 2]];
    const begin = ops.byteOffset + 4 * ops[at];
    const other =
      pixels?.data.buffer !== ops.buffer ||
      pixels.data.byteOffset !== begin ||
      pixels.width !== columns ||
      pixels.height !== rows;
    if (other) {
      pixels = new ImageData(
        new Uint8ClampedArray(/** @type {ArrayBuffer} */ (ops.buffer), begin, 4 * columns * rows),
        columns,
        rows,
      );
      Object.assign(small.canvas, { width: columns, height: rows });
    }
    const fresh = other || ops[at + 3] > 0;
    if (fresh) small.context.putImageData(pixels, 0, 0);
    if (water !== null) {
      enlarge(width, fresh);
      return context.clearRect(0, 0, width, height);
    }
    context.globalCompositeOperation = "copy";
    context.drawImage(small.canvas, 0, 0, width, height);
    context.globalCompositeOperation = "source-over";
  }

  /**
   * Draws the field on the water's canvas, a whole number of times as large: about half the box, which the page doubles.
   * @param {number} width @param {boolean} fresh
   */
  function enlarge(width, fresh) {
    const { canvas } = small;
    const times = Math.max(1, Math.round(width / (COARSE_PX * canvas.width)));
    const size = { width: times * canvas.width, height: times * canvas.height };
    const resized = water.canvas.width !== size.width || water.canvas.height !== size.height;
    if (resized) Object.assign(water.canvas, size);
    if (!fresh && !resized) return;
    water.globalCompositeOperation = "copy"; // set anew: a new size forgets it
    water.drawImage(canvas, 0, 0, size.width, size.height);
  }

  /**
   * A sprite shown smaller than it is needs no smoothing: its pixels lie closer than the canvas's, and it costs a third less.
   * @param {Float32Array} ops @param {number} at @returns {number}
   */
  function drawSprites(ops, at) {
    const image = sprites[ops[at]].canvas;
    const enough = image.width / density;
    const end = at + 2 + 4 * ops[at + 1];
    for (let i = at + 2; i < end; i += 4) {
      if (!(ops[i + 3] > 0.004)) continue;
      const size = ops[i + 2];
      context.imageSmoothingEnabled = size > enough;
      context.globalAlpha = Math.min(1, ops[i + 3]);
      context.drawImage(image, ops[i] - size / 2, ops[i + 1] - size / 2, size, size);
    }
    context.imageSmoothingEnabled = true;
    context.globalAlpha = 1;
    return end;
  }

  /** @param {Float32Array} ops @param {number} at @returns {number} */
  function fill(ops, at) {
    const gradient = context.createLinearGradient(ops[at], ops[at + 1], ops[at + 2], ops[at + 3]);
    return fillWith(gradient, ops, at + 4);
  }

  /** @param {Float32Array} ops @param {number} at @returns {number} */
  function veil(ops, at) {
    const gradient = context.createRadialGradient(ops[at], ops[at + 1], 0, ops[at], ops[at + 1], ops[at + 2]);
    return fillWith(gradient, ops, at + 3);
  }

  /** @param {CanvasGradient} gradient @param {Float32Array} ops @param {number} at @returns {number} */
  function fillWith(gradient, ops, at) {
    const points = at + 2 + 5 * ops[at];
    for (let i = at + 2; i < points; i += 5)
      gradient.addColorStop(ops[i], `rgba(${ops[i + 1]},${ops[i + 2]},${ops[i + 3]},${ops[i + 4]})`);
    context.fillStyle = gradient;
    context.beginPath();
    closedLine(context, ops, points, ops[at + 1]);
    context.fill();
    return points + 2 * ops[at + 1];
  }

  /** @param {Float32Array} ops @param {number} at @returns {number} */
  function strokes(ops, at) {
    const count = ops[at + 6];
    const end = at + 7 + 2 * ops[at + 5] * count;
    context.strokeStyle = `rgba(${ops[at]},${ops[at + 1]},${ops[at + 2]},${ops[at + 3]})`;
    context.lineWidth = ops[at + 4];
    context.lineCap = "round";
    context.beginPath();
    for (let i = at + 7; i < end; i += 2 * count) openLine(context, ops, i, count);
    context.stroke();
    return end;
  }

  /** @param {Float32Array} ops @param {number} at */
  function ellipse(ops, at) {
    context.fillStyle = `rgba(${ops[at]},${ops[at + 1]},${ops[at + 2]},${ops[at + 3]})`;
    context.beginPath();
    context.ellipse(
      ops[at + 4],
      ops[at + 5],
      Math.abs(ops[at + 6]),
      Math.abs(ops[at + 7]),
      ops[at + 8],
      0,
      2 * Math.PI,
    );
    context.fill();
  }

  return {
    /** @param {Float32Array} ops @param {number} count @param {number} width @param {number} height @param {number} dpr */
    paint(ops, count, width, height, dpr) {
      density = dpr;
      context.setTransform(dpr, 0, 0, dpr, 0, 0);
      for (let at = 0; at < count; ) {
        const op = ops[at++];
        if (op === OP_SPRITES) at = drawSprites(ops, at);
        else if (op === OP_FILL) at = fill(ops, at);
        else if (op === OP_VEIL) at = veil(ops, at);
        else if (op === OP_STROKES) at = strokes(ops, at);
        else if (op === OP_ELLIPSE) {
          ellipse(ops, at);
          at += 9;
        } else if (op === OP_BLEND) context.globalCompositeOperation = BLENDS[ops[at++]];
        else if (op === OP_TINT) {
          drawSprite(sprites[ops[at]].context, ops[at], `${ops[at + 1]},${ops[at + 2]},${ops[at + 3]}`);
          at += 4;
        } else if (op === OP_BACKGROUND) {
          background(ops, at, width, height);
          at += 3;
        } else if (op === OP_FIELD) {
          field(ops, at, width, height);
          at += 4;
        } else if (op === OP_FISH) at += 3;
        else if (op === OP_END) break;
        else throw new Error(`display list: unknown operation ${op} at ${at - 1}`);
      }
    },

    /** Let the pictures go. */
    close() {
      pixels = null;
      for (const { canvas } of [...sprites, small]) canvas.width = canvas.height = 0;
      if (water !== null) water.canvas.width = water.canvas.height = 0;
    },
  };
}
