/** Python on the page's own thread: where canvases cannot leave it. */

import { ASSETS } from "./assets.js";
import { bootPyodide } from "./boot.js";
import { sharedBoot } from "./interpreter.js";
import { stationEngine } from "./station-engine.js";

const boot = sharedBoot((on) => bootPyodide(ASSETS, on));

/**
 * @param {(message: import("./messages").FromEngine) => void} onMessage
 * @returns {import("./messages").Engine}
 */
export function openOnPage(onMessage) {
  return stationEngine(boot, onMessage);
}
