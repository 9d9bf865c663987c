/**
 * Numbers and words that Python and JavaScript agree upon.
 * Written by builder/protocol.py from what Python declares: change it there.
 */

// Operations of the display list (candlefish/draw/display_list.py).
export const OP_END = 0;
export const OP_BACKGROUND = 1;
export const OP_TINT = 2;
export const OP_SPRITES = 3;
export const OP_FILL = 4;
export const OP_STROKES = 5;
export const OP_ELLIPSE = 6;
export const OP_BLEND = 7;
export const OP_FISH = 8;
export const OP_VEIL = 9;
export const OP_FIELD = 10;

// Sprites that the painter keeps.
export const SLOT_GLOW = 0;
export const SLOT_CORE = 1;
export const SLOT_MOTE = 2;
export const SLOT_BUBBLE = 3;

// How what follows is laid over what is there.
export const BLEND_OVER = 0;
export const BLEND_ADD = 1;

// Kinds of input (candlefish/sim/inputs.py).
export const INPUT_MOVE = 0;
export const INPUT_LEAVE = 1;
export const INPUT_DOWN = 2;
export const INPUT_UP = 3;
export const INPUT_FEED = 4;
export const INPUT_SCROLL = 5;
export const INPUT_KEY = 6;
export const INPUT_BLUR = 7;
export const INPUT_FOCUS = 8;
export const INPUT_HIDE = 9;
export const INPUT_SHOW = 10;
/** Numbers of an input: kind, x, y, time. */
export const INPUT_FIELDS = 4;

/** Attributes of `<candle-fish>` that start the fish anew, and those that do not. */
export const RESTARTING = ["effects", "complexity", "seed", "transparent", "static", "analytics"];
export const LASTING = ["mood-preset", "height", "paused", "disabled", "label"];
/** The accessible name of a fish without one. */
export const LABEL = "A glowing candlefish that watches your pointer";

/**
 * @template {string} T
 * @param {string | null} value
 * @param {readonly [T, ...T[]]} choices the first is the default
 * @returns {T}
 */
function choice(value, choices) {
  return choices.find((one) => one === value) ?? choices[0];
}

/**
 * @param {string | null} value
 * @param {number} fallback
 * @returns {number}
 */
function whole(value, fallback) {
  const found = Number(value ?? fallback);
  return Number.isSafeInteger(found) && found >= 0 ? found : fallback;
}

/**
 * @param {string | null} value
 * @returns {boolean} the attribute is there, and not "false": React 18 and Vue 3 write that for no
 */
export function flag(value) {
  return value !== null && value !== "false";
}

/**
 * @param {Pick<Element, "getAttribute">} element
 * @returns what its attributes say a fish is to be like
 */
export function optionsOf(element) {
  return {
    effects: choice(element.getAttribute("effects"), ["standard", "minimal", "rich"]),
    complexity: choice(element.getAttribute("complexity"), ["standard", "basic", "advanced"]),
    seed: whole(element.getAttribute("seed"), 7),
    transparent: flag(element.getAttribute("transparent")),
  };
}
