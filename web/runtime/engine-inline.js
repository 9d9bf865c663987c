/** Python on the page's own thread: where canvases cannot leave it. */

import { ASSETS } from "./assets.js";
import { bootPyodide, sharedBoot } from "./boot.js";
import { inlineEngine } from "./engine-host.js";

const boot = sharedBoot((on) => bootPyodide(ASSETS, on));

/**
 * @param {(message: import("../messages").FromEngine) => void} onMessage
 * @returns {import("../engine").Engine}
 */
export function openOnPage(onMessage) {
  return inlineEngine(boot, onMessage);
}
