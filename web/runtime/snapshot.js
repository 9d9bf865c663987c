/**
 * Restores a recorded interpreter: Pyodide with NumPy and Candlefish imported (builder/snapshot records it).
 *
 * Nothing of Pyodide is changed. Its module is made as ever, but runs nothing; the code of the side modules is
 * linked at its recorded places, and the recorded memory is copied in where Pyodide would copy its own.
 */

/** @typedef {import("../engine").SnapshotLink} SnapshotLink */

const FORMAT = 1;
const WORD = 4;

/**
 * @param {any} module Emscripten's
 * @param {SnapshotLink} link
 */
function growTable(module, { table }) {
  const { wasmTable, freeTableIndexes, LDSO } = module;
  module.getFunctionAddress(LDSO.loadedLibsByName.__main__.exports.main ?? (() => {})); // fills its map while the table is small
  const own = wasmTable.length;
  if (own > table.base)
    throw new Error(`this engine's function table has ${own} entries, recorded were at most ${table.base}`);
  freeTableIndexes.push(...table.free);
  for (let slot = table.base - 1; slot >= own; slot -= 1) freeTableIndexes.push(slot);
  wasmTable.grow(table.length - own);
}

/**
 * What a side module imports: the main module's functions, else, found when first called, its own.
 *
 * @param {any} main Emscripten's imports
 * @param {SnapshotLink["libraries"][number]} library
 * @param {Record<string, any>} own filled once it is instantiated
 */
function importsOf(main, library, own) {
  /** @type {(name: string) => boolean} */
  const isDefined = (name) => name in main && !main[name].stub;
  /** @type {Record<string, Function>} */
  const late = {};
  /** @type {(name: string) => Function} */
  const lookUp = (name) =>
    (late[name] ??= (/** @type {unknown[]} */ ...values) => {
      const found = isDefined(name) ? main[name] : own[name];
      if (found === undefined) throw new Error(`${library.file} calls ${name}, which nothing defines`);
      return found(...values);
    });
  return new Proxy(/** @type {Record<string, any>} */ ({}), {
    get(_, /** @type {string} */ name) {
      if (name === "__memory_base") return library.memory_base;
      if (name === "__table_base") return library.table_base;
      return isDefined(name) ? main[name] : lookUp(name);
    },
  });
}

/**
 * @param {any} module
 * @param {SnapshotLink["libraries"][number]} library
 * @param {WebAssembly.Module} code
 */
function linkLibrary(module, library, code) {
  const { GOT, LDSO } = module;
  const dso = module.newDSO(library.path, library.handle, "loading");
  dso.refcount = library.references ?? Infinity;
  dso.global = library.global;
  const got = new Proxy(/** @type {Record<string, any>} */ ({}), {
    get(_, /** @type {string} */ name) {
      if (name in GOT) return GOT[name];
      throw new Error(`${library.file} wants ${name}, which the link map lacks`);
    },
  });
  /** @type {Record<string, any>} */
  const own = {};
  const env = importsOf(LDSO.loadedLibsByName.__main__.exports, library, own);
  const { exports } = new WebAssembly.Instance(code, {
    "GOT.mem": got,
    "GOT.func": got,
    env,
    wasi_snapshot_preview1: env,
  });
  for (const [name, value] of Object.entries(exports))
    own[name] = value instanceof WebAssembly.Global ? value.value + library.memory_base : value;
  dso.exports = own;
  if (library.global) module.mergeLibSymbols(own, library.path);
}

/**
 * Gives every side module its recorded place in table and memory; runs no code of theirs.
 *
 * @param {any} module
 * @param {SnapshotLink} link
 * @param {WebAssembly.Module[]} codes one for each of `link.libraries`
 */
function linkAll(module, link, codes) {
  const { GOT, LDSO, wasmTable } = module;
  growTable(module, link);
  for (const [name, value] of Object.entries(link.got)) {
    GOT[name] ??= new WebAssembly.Global({ value: "i32", mutable: true });
    GOT[name].value = value;
  }
  for (const [i, library] of link.libraries.entries()) linkLibrary(module, library, codes[i]);
  for (const [slot, path, name] of link.slots)
    module.setWasmTableEntry(slot, LDSO.loadedLibsByName[path].exports[name]);
  for (const [slot, name] of link.js_slots) {
    const entry = LDSO.loadedLibsByName.__main__.exports[name];
    module.setWasmTableEntry(slot, module.convertJsFunctionToWasm(entry, entry.sig));
  }
  module.updateTableMap(link.table.base, wasmTable.length - link.table.base);
}

/**
 * Where CPython keeps the table entry of its argument counter, which is another one in each engine.
 *
 * @param {any} module
 * @returns {number} an address, 0 when this build has none
 */
function argumentCounter({ __PyRuntime, __PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET, HEAP32 }) {
  return __PyRuntime && __PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET
    ? __PyRuntime + HEAP32[__PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET >>> 2]
    : 0;
}

/**
 * Makes memory what was recorded.
 *
 * @param {any} module
 * @param {SnapshotLink} link
 * @param {Uint8Array} image
 * @param {number} dirtyEnd up to where this fresh instance may have written
 */
function copyImage(module, link, image, dirtyEnd) {
  const { HEAPU8, HEAP32 } = module;
  const counter = argumentCounter(module);
  const kept = HEAP32[counter >>> 2];
  HEAPU8.fill(0, link.static_end, dirtyEnd);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const count = view.getUint32(0, true);
  let from = WORD + count * 2 * WORD;
  let to = 0;
  for (let run = 0; run < count; run += 1) {
    const entry = WORD + run * 2 * WORD;
    const length = view.getUint32(entry + WORD, true);
    to += view.getUint32(entry, true);
    if (from + length > image.length) throw new Error("the memory image is cut short");
    HEAPU8.set(image.subarray(from, from + length), to);
    from += length;
    to += length;
  }
  if (from !== image.length) throw new Error("the memory image has something behind its end");
  for (const [address, suspending, plain] of link.suspension_cells)
    HEAP32[address >>> 2] = module.jspiSupported ? suspending : plain;
  if (counter !== 0) HEAP32[counter >>> 2] = kept;
}

/**
 * Pyodide keeps what it is given here for good: so this lets everything go when it has been called.
 *
 * @param {any} module
 * @param {SnapshotLink} link
 * @param {Uint8Array} image
 * @param {number} dirtyEnd
 */
function onceOnly(module, link, image, dirtyEnd) {
  /** @type {Uint8Array | null} */
  let bytes = image;
  image = new Uint8Array(0);
  return () => {
    if (bytes !== null) copyImage(module, link, bytes, dirtyEnd);
    bytes = null;
    delete module.API.restoreSnapshot;
    return link.hiwire;
  };
}

/**
 * Checks a link map before anything depends on it.
 *
 * @param {Uint8Array} bytes its JSON
 * @returns {SnapshotLink}
 */
export function parseLink(bytes) {
  const link = JSON.parse(new TextDecoder().decode(bytes));
  if (link?.format !== FORMAT) throw new Error(`the link map has format ${link?.format}, not ${FORMAT}`);
  return link;
}

/**
 * What turns Pyodide's making of its module into a restoration.
 *
 * @param {(settings: any) => Promise<any>} create Pyodide's own
 * @param {SnapshotLink} link
 * @param {Promise<WebAssembly.Module[]>} codes one for each of `link.libraries`
 * @param {Promise<Uint8Array>} image
 * @param {(name: string) => void} onPhase
 * @returns {(settings: any) => Promise<any>}
 */
export function restoring(create, link, codes, image, onPhase) {
  return async (settings) => {
    const module = await create(Object.assign(settings, { INITIAL_MEMORY: link.memory_bytes, noInitialRun: true }));
    onPhase("instantiate");
    if (module.API.config.BUILD_ID !== link.build_id)
      throw new Error("the snapshot belongs to another build of Pyodide");
    const dirtyEnd = module.HEAPU32[module._emscripten_get_sbrk_ptr() >>> 2];
    linkAll(module, link, await codes);
    onPhase("link");
    module.API.restoreSnapshot = onceOnly(module, link, await image, dirtyEnd);
    onPhase("image");
    return module;
  };
}

/**
 * After the start: the data files that memory does not hold, and no reference to the placeholder of a snapshot.
 *
 * @param {any} pyodide
 * @param {SnapshotLink} link
 */
export function settle(pyodide, link) {
  pyodide._api.config._loadSnapshot = undefined;
  for (const [path, text] of Object.entries(link.files)) {
    pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    pyodide.FS.writeFile(path, text);
  }
}
