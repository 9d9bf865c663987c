/** `?n=` glowing particles by the light field, for measuring. Sets `window.__ready`, and counts `window.__frames`. */

const asked = Number(new URLSearchParams(location.search).get("n") ?? 1000);
const count = Math.min(200_000, Math.max(1, Math.round(asked) || 1000));
const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("canvas"));
const told = /** @type {any} */ (window);
told.__ready = false;
told.__frames = 0;
const worker = new Worker(new URL("./swarm-worker.js", import.meta.url), { type: "module", name: "swarm" });
worker.addEventListener("message", ({ data }) => {
  if (data.error) throw new Error(data.error);
  told.__frames += data.drawn;
  if (told.__ready) return;
  told.__ready = true;
  document.dispatchEvent(new CustomEvent("candlefish:ready", { bubbles: true, detail: {} }));
});
const offscreen = canvas.transferControlToOffscreen();
worker.postMessage({ canvas: offscreen, width: 1280, height: 720, count }, [offscreen]);
