/** The swarm's worker: the same Python and the same stage as the fish's, without a fish. */

import { ASSETS } from "./assets.js";
import { bootPyodide } from "./boot.js";
import { Stage } from "./stage.js";

/** @type {Promise<import("./messages").Host>} */
let host;

/** @param {unknown} error */
function fail(error) {
  self.postMessage({ error: String(error) });
}

/**
 * @param {OffscreenCanvas} canvas
 * @param {object} swarm the first message
 */
async function begin(canvas, swarm) {
  const start = await bootPyodide(ASSETS, { onPhase() {}, onProgress() {}, onTrouble() {} });
  return start(JSON.stringify(swarm), new Stage(canvas, fail), (/** @type {string} */ drawn) =>
    self.postMessage({ drawn: Number(drawn) }),
  );
}

self.addEventListener("message", ({ data: { canvas, ...message } }) => {
  if (canvas !== undefined) host = begin(canvas, message);
  const done = canvas === undefined ? host.then((it) => it.receive(JSON.stringify(message))) : host;
  done.catch(fail);
});
