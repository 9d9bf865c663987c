/** The swarm's worker: the same Python and the same stage as the fish's, without a fish. */

import { ASSETS } from "./assets.js";
import { bootPyodide } from "./boot.js";
import { Stage } from "./stage.js";

/** @param {unknown} error */
function fail(error) {
  self.postMessage({ error: String(error) });
}

self.addEventListener("message", async ({ data: { canvas, ...swarm } }) => {
  try {
    const start = await bootPyodide(ASSETS, { onPhase() {}, onProgress() {}, onTrouble() {} });
    start(JSON.stringify({ type: "swarm", ...swarm }), new Stage(canvas, fail), (/** @type {string} */ drawn) => self.postMessage({ drawn: Number(drawn) }));
  } catch (error) {
    fail(error);
  }
});
