// @ts-check
// A page's owner who does everything the manifest documents, in any order. Loaded by test_fuzz.py.

/** Numbers in 0…1 from a seed (mulberry32). @param {number} seed @returns {() => number} */
function dice(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sensible values of the attributes that take any text; any attribute may also be taken away, or be nonsense. */
const TEXTS = {
  "mood-preset": ["default", "calm", "night", "vivid"],
  height: ["200", "40vh", "320px"],
  analytics: ["", "/api"],
  label: ["A fish", "Ein Fisch"],
};
const NONSENSE = ["-1", "NaN", "💡", "x".repeat(300), "<b>", "null"];

/** Sensible values of an attribute, by its type. @param {Attribute} attribute @returns {string[]} */
function valuesOf({ name, type: { text } }) {
  if (text === "string") return TEXTS[name];
  if (text === "boolean") return [""];
  if (text === "integer") return ["1", "77", "123456"];
  return text.split(" | ").map((word) => word.slice(1, -1));
}

/** @typedef {{name: string, type: {text: string}}} Attribute as in the manifest */

/**
 * Do one thing after another for a while.
 * @param {number} seconds @param {number} seed @param {Attribute[]} attributes
 * @returns {Promise<{done: Record<string, number>, problems: string[]}>} how often each thing was done
 */
globalThis.fuzz = async function fuzz(seconds, seed, attributes) {
  const random = dice(seed);
  const pick = (/** @type {any} */ list) => list[Math.floor(random() * list.length)];
  const boxes = [...document.querySelectorAll(".box")];
  /** @type {Record<string, number>} */
  const done = {};
  /** @type {string[]} */
  const problems = [];
  const out = [];
  const settle = (/** @type {string} */ what, /** @type {Promise<any>} */ promise) =>
    promise.catch((error) => {
      if (!(error instanceof Error) || !error.message) problems.push(`${what}: ${String(error)}`);
    });
  const things = {
    attribute: (fish) => {
      const attribute = pick(attributes);
      const kind = random();
      if (kind < 0.3) fish.removeAttribute(attribute.name);
      else fish.setAttribute(attribute.name, kind < 0.8 ? pick(valuesOf(attribute)) : pick(NONSENSE));
    },
    pausedProperty: (fish) => (fish.paused = random() < 0.4),
    disabledProperty: (fish) => (fish.disabled = random() < 0.3),
    pause: (fish) => fish.pause(),
    resume: (fish) => fish.resume(),
    feed: (fish) => fish.feed(random() * 1400 - 50, random() * 400 - 50),
    feedNonsense: (fish) => fish.feed(pick(["here", undefined, NaN, null, {}]), 10),
    reset: (fish) => random() < 0.2 && fish.reset(),
    getState: (fish) => settle("getState", fish.getState()),
    setParams: (fish) => settle("setParams", fish.setParams(pick([{ curious: { glow: random() } }, null]))),
    setParamsNonsense: (fish) => settle("setParams", fish.setParams(pick([{ grumpy: {} }, { shy: { glow: 99 } }]))),
    pair: (fish) => settle("pair", fish.pair()),
    join: (fish) => settle("join", fish.join(pick(["", "ABCD1234", "💡"]))),
    optOut: (fish) => settle("optOut", fish.optOut(random() < 0.5)),
    move: (fish) => pick(boxes).append(fish),
    remove: (fish) => {
      if (document.querySelectorAll("candle-fish").length < 2) return;
      out.push(fish);
      fish.remove();
    },
    putBack: () => out.length && pick(boxes).append(/** @type {Element} */ (out.pop())),
    clone: (fish) => {
      if (document.querySelectorAll("candle-fish").length + out.length < 4) pick(boxes).append(fish.cloneNode(true));
    },
    size: () => (pick(boxes).style.width = `${Math.floor(random() * 900)}px`),
    scroll: () => scrollTo(0, random() * 2000),
    pointer: (fish) => {
      const box = fish.getBoundingClientRect();
      const at = { clientX: box.x + random() * box.width, clientY: box.y + random() * box.height };
      for (const type of ["pointerover", "pointermove", "pointerdown", "pointerup", "pointerout"])
        if (random() < 0.7)
          fish.dispatchEvent(new PointerEvent(type, { ...at, bubbles: true, composed: true, pointerId: 1 }));
    },
    key: (fish) => {
      const key = pick(["ArrowLeft", "ArrowUp", "Enter", " ", "Escape", "Tab", "p"]);
      fish.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
    },
  };
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const fish = pick(document.querySelectorAll("candle-fish"));
    const name = pick(Object.keys(things));
    done[name] = (done[name] ?? 0) + 1;
    try {
      things[name](fish);
    } catch (error) {
      problems.push(`${name}: ${error}`);
    }
    await new Promise((resolve) => setTimeout(resolve, random() < 0.1 ? 400 * random() : 30 * random()));
  }
  return { done, problems };
};
