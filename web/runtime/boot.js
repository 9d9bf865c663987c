/**
 * Starts Pyodide from our own files, with NumPy and Candlefish in it: restored from the recorded snapshot, or,
 * when that cannot be had or does not work, started and imported as ever.
 */

import { AssetError, compile, Downloads } from "./downloads.js";
import { parseLink, restoring, settle } from "./snapshot.js";
import { unpacking } from "./unpack.js";
import { installWheel } from "./wheels.js";

/** @typedef {import("../engine").Assets} Assets */
/** @typedef {import("../engine").StartHost} StartHost */
/** @typedef {import("../engine").BootEvents} BootEvents */
/** @typedef {import("../engine").PythonHost} PythonHost */

/** A zip archive without files: a restored interpreter has what it needs in its memory. */
const NO_LIBRARY = new Uint8Array([0x50, 0x4b, 5, 6, ...new Array(18).fill(0)]);

/** What Pyodide takes for a snapshot of its own; restoring puts ours in its place. */
const PLACEHOLDER = new Uint8Array(16);

/** @type {<T>(promise: Promise<T>) => Promise<T>} for errors that are awaited later, if at all */
function later(promise) {
  promise.catch(() => {});
  return promise;
}

/** @type {(parts: Promise<any>[]) => Promise<never>} never fulfilled; rejects as the first part does */
const firstFailure = (parts) =>
  new Promise((_, reject) => {
    for (const part of parts) part.catch(reject);
  });

/** The smallest module there is. */
const EMPTY_MODULE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Stands for the main code where Pyodide fetches it: that has been compiled already. */
const MAIN_CODE = new Response();

/**
 * What every start needs, asked for first: the scripts are compiled while the rest comes.
 *
 * @param {Assets} assets
 * @param {Downloads} downloads
 */
const interpreterScripts = (assets, downloads) =>
  later(Promise.all(["pyodide.asm.js", "pyodide.mjs"].map((name) => downloads.script(assets.pyodide + name))));

/**
 * @param {typeof WebAssembly.instantiateStreaming} streaming
 * @param {Promise<WebAssembly.Module>} code the main code
 * @returns {typeof WebAssembly.instantiateStreaming}
 */
function instantiating(streaming, code) {
  return async (source, imports) => {
    if ((await source) !== MAIN_CODE) return streaming.call(WebAssembly, source, imports);
    const module = await code;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
}

/**
 * One start of Pyodide. What it fetches for itself it is handed: what `Downloads` verifies, names and gives up.
 *
 * @param {Assets} assets
 * @param {Downloads} downloads
 * @param {{scripts: Promise<any[]>, code: Promise<WebAssembly.Module>}} main
 * @param {Promise<Uint8Array>} library the standard library's archive
 * @param {Promise<any>[]} parts any other that may fail meanwhile
 * @param {Record<string, unknown>} options Pyodide's
 * @param {(create: (settings: any) => Promise<any>) => (settings: any) => Promise<any>} wrap how its module is made
 * @param {(name: string) => void} onPhase
 */
async function start(assets, downloads, main, library, parts, options, wrap, onPhase) {
  const failure = later(firstFailure([main.code, main.scripts, library, ...parts]));
  const [, { loadPyodide }] = await Promise.race([main.scripts, failure]);
  onPhase("script");
  const scope = /** @type {any} */ (globalThis);
  const { fetch: fetchAnew, _createPyodideModule: create } = scope;
  const { instantiateStreaming } = WebAssembly;
  const restoreScope = () => {
    Object.assign(scope, { fetch: fetchAnew, _createPyodideModule: create });
    Object.assign(WebAssembly, { instantiateStreaming });
  };
  const indexURL = new URL(assets.pyodide, downloads.base).href;
  scope._createPyodideModule = wrap(create);
  scope.fetch = (/** @type {any} */ resource, /** @type {any} */ init) => {
    if (String(resource) === `${indexURL}pyodide.asm.wasm`) return Promise.resolve(MAIN_CODE);
    if (String(resource) === `${indexURL}python_stdlib.zip`)
      return later(library.then((bytes) => new Response(/** @type {BufferSource} */ (bytes))));
    return fetchAnew(resource, init);
  };
  Object.assign(WebAssembly, { instantiateStreaming: instantiating(instantiateStreaming, main.code) });
  try {
    return await Promise.race([loadPyodide({ indexURL, lockFileContents: assets.lock, ...options }), failure]);
  } finally {
    restoreScope();
  }
}

/**
 * @param {Assets} assets
 * @param {Downloads} downloads
 * @param {NonNullable<Assets["snapshot"]>} snapshot
 * @param {(name: string) => void} onPhase
 */
async function restore(assets, downloads, snapshot, onPhase) {
  const scripts = interpreterScripts(assets, downloads);
  const unpack = later(downloads.code(snapshot.unpacker).then(unpacking));
  /** @type {<T>(path: string, use: (bytes: Uint8Array) => T | Promise<T>) => Promise<T>} */
  const packed = (path, use) => later(downloads.packed(path, unpack, use));
  const main = { scripts, code: packed(snapshot.main, compile) };
  const image = packed(snapshot.image, (bytes) => bytes.slice());
  const codes = later(Promise.all(snapshot.code.map((path) => packed(path, compile))));
  const map = later(downloads.bytes(snapshot.link).then(parseLink));
  const options = { _loadSnapshot: PLACEHOLDER };
  /** @type {(create: (settings: any) => Promise<any>) => (settings: any) => Promise<any>} */
  const wrap = (create) => async (settings) => restoring(create, await map, codes, image, onPhase)(settings);
  const pyodide = await start(
    assets,
    downloads,
    main,
    Promise.resolve(NO_LIBRARY),
    [map, codes, image],
    options,
    wrap,
    onPhase,
  );
  settle(pyodide, await map);
  refresh(pyodide, new URL(`${assets.pyodide}python_stdlib.zip`, downloads.base));
  onPhase("restored");
  return pyodide;
}

/**
 * Python keeps the function it gets here; it is made where no memory image can be kept along with it.
 *
 * @param {any} pyodide
 * @param {URL} library
 */
function refresh(pyodide, library) {
  const module = pyodide.pyimport("candlefish.browser.after_restore");
  module.refresh((/** @type {string} */ path) => pyodide.FS.writeFile(path, fetchNow(library)));
  module.destroy();
}

/**
 * The one file that is fetched while Python waits, and only when something is imported that was not recorded.
 *
 * @param {URL} url
 * @returns {Uint8Array}
 */
function fetchNow(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.overrideMimeType("text/plain; charset=x-user-defined"); // bytes as text: a page may not ask for more
  request.send();
  if (request.status !== 200) throw new AssetError(url.pathname, `HTTP ${request.status}`);
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
}

/**
 * @param {Assets} assets
 * @param {Downloads} downloads
 * @param {(name: string) => void} onPhase
 */
async function startAnew(assets, downloads, onPhase) {
  const main = {
    scripts: interpreterScripts(assets, downloads),
    code: later(downloads.code(`${assets.pyodide}pyodide.asm.wasm`)),
  };
  const wheels = assets.wheels.map((path) => later(downloads.bytes(path)));
  const library = later(downloads.bytes(`${assets.pyodide}python_stdlib.zip`));
  const pyodide = await start(assets, downloads, main, library, wheels, {}, (create) => create, onPhase);
  onPhase("interpreter");
  for (const wheel of wheels) await installWheel(pyodide, await wheel);
  onPhase("wheels");
  return pyodide;
}

/**
 * Restores; else starts anew, and then says what was wrong with the snapshot.
 *
 * @param {Assets} assets
 * @param {Downloads} downloads
 * @param {BootEvents} on
 */
async function interpreter(assets, downloads, on) {
  if (!assets.snapshot) return startAnew(assets, downloads, on.onPhase);
  try {
    return await restore(assets, downloads, assets.snapshot, on.onPhase);
  } catch (error) {
    if (error instanceof AssetError && error.asset.startsWith("pyodide-")) throw error; // a second start needs it too
    const pyodide = await startAnew(assets, downloads, on.onPhase);
    on.onTrouble(error);
    return pyodide;
  }
}

/**
 * Nothing comes from another origin.
 *
 * @param {Assets} assets what assets.js says
 * @param {BootEvents} on
 * @param {PythonHost | null} [python] null: the fish's
 * @returns {Promise<StartHost>} `start` of its module
 */
export async function bootPyodide(assets, on, python = null) {
  new WebAssembly.Module(EMPTY_MODULE); // throws where a policy forbids it; Pyodide would wait for ever
  const digests = { ...assets.digests, ...python?.digests };
  const downloads = new Downloads(new URL("./", import.meta.url), digests, assets.unpacked, on.onProgress);
  on.onPhase("worker");
  try {
    const pyodide = await interpreter(assets, downloads, on);
    if (python !== null) await installWheel(pyodide, await downloads.bytes(python.wheel));
    const host = pyodide.pyimport(python?.module ?? "candlefish.browser.host");
    const startHost = host.start.copy();
    host.destroy();
    on.onPhase("imports");
    return startHost;
  } finally {
    downloads.close();
  }
}

/**
 * One interpreter for all fish of a thread.
 *
 * @param {(on: BootEvents) => Promise<StartHost>} boot starts an interpreter
 * @returns {(on: BootEvents) => Promise<StartHost>} starts it once, telling all who wait; after a failure the next call tries again
 */
export function sharedBoot(boot) {
  /** @type {Set<BootEvents>} */
  const waiting = new Set();
  /** @type {Promise<StartHost> | null} */
  let started = null;
  /** @type {BootEvents} */
  const all = {
    onPhase(name) {
      for (const one of waiting) one.onPhase(name);
    },
    onProgress(asset) {
      for (const one of waiting) one.onProgress(asset);
    },
    onTrouble(error) {
      for (const one of waiting) one.onTrouble(error);
    },
  };
  return async (on) => {
    waiting.add(on);
    started ??= boot(all);
    try {
      return await started;
    } catch (error) {
      started = null;
      throw error;
    } finally {
      waiting.delete(on);
    }
  };
}
