/** Starts Pyodide from our own files, with NumPy and candlefish in it. */

import { installWheel } from "./wheels.js";

/** @typedef {import("./messages").Assets} Assets */
/** @typedef {import("./messages").StartHost} StartHost */

/** The smallest module there is. */
const EMPTY_MODULE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/**
 * @param {Response} response
 * @returns {Promise<Uint8Array>}
 */
async function bytes(response) {
  if (!response.ok) throw new Error(`${response.url}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Loads the interpreter and the wheels at the same time; nothing comes from another origin.
 *
 * @param {Assets} assets what assets.js says
 * @param {(name: string) => void} onPhase called at the end of each phase
 * @returns {Promise<StartHost>} candlefish.browser.host.start
 */
export async function bootPyodide(assets, onPhase) {
  new WebAssembly.Module(EMPTY_MODULE); // throws where a policy forbids it; Pyodide would wait for ever
  const base = new URL("./", import.meta.url);
  const indexURL = new URL(assets.pyodide, base).href;
  const wheels = Promise.all(assets.wheels.map((path) => fetch(new URL(path, base)).then(bytes)));
  wheels.catch(() => {}); // reported by the await below, also when the interpreter fails first
  const { loadPyodide } = await import(new URL("pyodide.mjs", indexURL).href);
  onPhase("script");
  const pyodide = await loadPyodide({ indexURL });
  onPhase("interpreter");
  for (const wheel of await wheels) await installWheel(pyodide, wheel);
  onPhase("wheels");
  const host = pyodide.pyimport("candlefish.browser.host");
  const start = host.start.copy();
  host.destroy();
  onPhase("imports");
  return start;
}
