/** For Python that runs on the page already (PyScript): puts a fish into an element. */

import { inlineEngine } from "../runtime/engine-host.js";
import { Controller } from "./controller.js";

/** @typedef {import("../engine").StartHost} StartHost */

/**
 * @param {HTMLElement} box what the fish swims in; its children stay under the canvas, unseen while a transparent one lives
 * @param {string} options JSON of `Options`
 * @param {StartHost} start candlefish.browser.host.start
 * @param {(name: string, detail: string) => void} onEvent detail as JSON
 * `ready` resolves to "" or to what went wrong.
 */
export function mountOn(box, options, start, onEvent) {
  /** @type {import("../messages").Options} */
  const wanted = JSON.parse(options);
  const covered = wanted.transparent ? [...box.children].filter((it) => !it.hasAttribute("hidden")) : [];
  const show = (/** @type {boolean} */ on) => {
    for (const it of covered) it.toggleAttribute("hidden", !on);
  };
  const [water, canvas] = [0, 1].map(() => document.createElement("canvas"));
  for (const it of [water, canvas])
    Object.assign(it.style, { position: "absolute", inset: "0", width: "100%", height: "100%" });
  if (getComputedStyle(box).position === "static") box.style.position = "relative";
  if (devicePixelRatio < 1.5) water.style.imageRendering = "pixelated";
  box.append(water, canvas);
  const remove = () => {
    for (const it of [water, canvas]) it.remove();
    show(true);
  };
  /** @type {(name: string, detail: Record<string, unknown>) => void} */
  const tell = (name, detail) => onEvent(name, JSON.stringify(detail));
  /** @type {(trouble: string) => void} */
  let settle = () => {};
  /** @type {Promise<string>} */
  const ready = new Promise((resolve) => (settle = resolve));
  const controller = new Controller(
    { box, focus: box, canvas, water },
    wanted,
    (receive) => inlineEngine(async () => start, receive),
    {
      onEvent: (name, detail) => {
        if (name === "ready" || name === "error") settle(name === "ready" ? "" : String(detail.message));
        tell(name, detail);
      },
      onFirstFrame: () => show(false),
      onFailure: (reason) => {
        remove();
        tell("fallback", { reason });
      },
    },
  );
  controller.start();
  return {
    ready,
    getState: async () => JSON.stringify(await controller.getState()),
    pause: (/** @type {boolean} */ on) => controller.pause(on),
    feed: (/** @type {number} */ x, /** @type {number} */ y) => controller.feed(x, y),
    reset: () => controller.reset(),
    close: () => {
      controller.close();
      remove();
    },
  };
}
