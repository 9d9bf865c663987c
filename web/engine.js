/** Where Python runs, seen from the page: a worker, or the page itself when canvases cannot leave it. */

import { failure, Station } from "./station.js";

/** @typedef {import("./messages").Engine} Engine */
/** @typedef {import("./messages").FromEngine} FromEngine */
/** @typedef {import("./messages").ToEngine} ToEngine */
/** @typedef {import("./messages").StartHost} StartHost */
/** @typedef {import("./messages").BootEvents} BootEvents */

/** @type {Promise<StartHost> | null} one interpreter for all fish that run on the page */
let pageInterpreter = null;

/** @returns {boolean} a canvas can be drawn on from a worker */
export function canUseWorker() {
  return (
    typeof Worker === "function" &&
    typeof OffscreenCanvas === "function" &&
    typeof HTMLCanvasElement.prototype.transferControlToOffscreen === "function"
  );
}

/**
 * @param {(message: FromEngine) => void} onMessage
 * @returns {Engine}
 */
export function workerEngine(onMessage) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "candlefish" });
  worker.addEventListener("message", ({ data }) => onMessage(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const message = event.message || "worker.js, or a module it needs, could not be loaded";
    onMessage({ ...failure(message, "worker"), asset: "worker.js" });
  });
  return {
    thread: "worker",
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    close: () => worker.terminate(),
  };
}

/**
 * @param {(on: BootEvents) => Promise<StartHost>} boot
 * @param {(message: FromEngine) => void} onMessage
 * @returns {Engine}
 */
export function stationEngine(boot, onMessage) {
  const station = new Station(boot, (message) => onMessage(message));
  return {
    thread: "page",
    post: (message) => station.receive(message),
    close: () => station.close(),
  };
}

/** @param {BootEvents} on */
async function bootOnPage(on) {
  const [{ ASSETS }, { bootPyodide }] = await Promise.all([import("./assets.js"), import("./boot.js")]);
  pageInterpreter ??= bootPyodide(ASSETS, on);
  return pageInterpreter.catch((error) => {
    pageInterpreter = null;
    throw error;
  });
}

/**
 * @param {(message: FromEngine) => void} onMessage
 * @returns {Engine}
 */
export function pageEngine(onMessage) {
  return stationEngine(bootOnPage, onMessage);
}
