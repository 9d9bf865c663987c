/** The worker: Python lives here, for every engine of a page (its fish, the studio's fish, the swarm). */

import { ASSETS } from "./assets.js";
import { bootPyodide, sharedBoot } from "./boot.js";
import { EngineHost } from "./engine-host.js";

/** @typedef {import("../engine").ToWorker} ToWorker */

/** @type {import("../engine").PythonHost | null} another than the fish's, when the first message says so */
let python = null;
const boot = sharedBoot((on) => bootPyodide(ASSETS, on, python));
/** @type {Map<number, EngineHost>} by number of the fish */
const hosts = new Map();

/**
 * @param {number} fish
 * @returns {EngineHost}
 */
function hostOf(fish) {
  const host = hosts.get(fish) ?? new EngineHost(boot, (message) => self.postMessage({ fish, message }));
  hosts.set(fish, host);
  return host;
}

self.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  if ("python" in data) {
    python = data.python;
    return;
  }
  const { fish, message } = data;
  if (message !== null) return hostOf(fish).receive(message);
  hosts.get(fish)?.close();
  hosts.delete(fish);
});
// Pyodide may fail in a promise nobody waits for.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  for (const host of hosts.values()) host.fail(event.reason, "start");
});
