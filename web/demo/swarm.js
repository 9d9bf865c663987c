/**
 * `?n=` glowing particles by the light field, as large as the window. For measuring, it sets `window.__ready`
 * and counts `window.__frames`.
 */

import { find } from "../dom.js";

/** @typedef {import("../messages").FromEngine} FromEngine */
/** @typedef {import("../messages").ToSwarm} ToSwarm */

/** Fewest and most CSS px of a side that Python takes. */
const SIDE = [16, 16384];
const SETTLED_MS = 120;

const asked = Number(new URLSearchParams(location.search).get("n") ?? 1000);
const count = Math.min(200_000, Math.max(1, Math.round(asked) || 1000));
const canvas = find("canvas", HTMLCanvasElement);
const says = find("#says", HTMLElement);
const pause = find("#pause", HTMLButtonElement);
window.__ready = false;
window.__frames = 0;

/** @type {(px: number) => number} */
const side = (px) => Math.min(SIDE[1], Math.max(SIDE[0], px));
const box = () => ({ width: side(innerWidth), height: side(innerHeight) });

/** @param {boolean} paused */
function setPaused(paused) {
  pause.setAttribute("aria-pressed", String(paused));
  post({ type: paused ? "pause" : "resume" });
}

function ready() {
  window.__ready = true;
  says.textContent = `${count.toLocaleString("en")} lights, moved and lit by Python.`;
  pause.hidden = false;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) setPaused(true);
  document.dispatchEvent(new CustomEvent("candlefish:ready", { bubbles: true, detail: {} }));
}

const worker = new Worker(new URL("../runtime/worker.js", import.meta.url), { type: "module", name: "swarm" });

/**
 * @param {ToSwarm} message
 * @param {Transferable[]} [transfer]
 */
function post(message, transfer = []) {
  worker.postMessage({ fish: 1, message }, transfer);
}

worker.addEventListener(
  "message",
  (/** @type {MessageEvent<{message: number | FromEngine}>} */ { data: { message } }) => {
    if (typeof message === "number") {
      window.__frames = (window.__frames ?? 0) + message;
      if (!window.__ready) ready();
    } else if (message.type === "error" && message.fatal) {
      says.textContent = "The swarm cannot be shown in this browser.";
      throw new Error(message.message);
    }
  },
);
const offscreen = canvas.transferControlToOffscreen();
post({ canvas: offscreen, type: "swarm", ...box(), count }, [offscreen]);

let settling = 0;
addEventListener("resize", () => {
  clearTimeout(settling);
  settling = window.setTimeout(() => post({ type: "resize", ...box() }), SETTLED_MS);
});
pause.addEventListener("click", () => setPaused(pause.getAttribute("aria-pressed") !== "true"));
document.querySelector(`nav a[href$="?n=${count}"]`)?.setAttribute("aria-current", "page");
