// node record.mjs JOB.json: starts Pyodide, imports everything, writes its memory and how its code is linked.
//
// Writes to job.out: memory.raw (linear memory), fresh.raw (memory of an instance that has run nothing) and
// link.json (everything about the instance that is not in its memory).
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { installWheel } from "../../web/runtime/wheels.js";

const DSO_BYTES = 64;
const TABLE_STEP = 256; // room for the functions another engine puts into the table before ours
const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${job.pyodide_dir}/pyodide.mjs`).href);
/** Where Pyodide looks for the function that makes its module. @type {any} */
const scope = globalThis;
/** What TypeScript does not know of it: the suspension of calls. @type {any} */
const engine = WebAssembly;
// Optimize: NumPy then leaves out the texts it would attach to its compiled functions.
const env = { HOME: "/home/pyodide", PYTHONHASHSEED: "0", PYTHONOPTIMIZE: "2" };
const start = (options = {}) =>
  loadPyodide({
    env: { ...env },
    _sysExecutable: "python",
    stdout: (/** @type {string} */ line) => process.stderr.write(`${line}\n`),
    ...options,
  });
/** @typedef {any} Module Emscripten's */
/** @typedef {{memory_base: number, memory_bytes: number, table_base: number, table_slots: number}} Layout */

/** @type {(module: Module) => number} */
const heapEnd = (module) => module.HEAPU32[module._emscripten_get_sbrk_ptr() >>> 2];
/** @type {(module: Module) => Int32Array} */
const staticWords = (module) => module.HEAP32.slice(0, job.static_end >>> 2);

/** Grows the function table to a base that every engine's own entries fit below. @param {Module} module */
function fixTableBase({ wasmTable, getFunctionAddress }) {
  getFunctionAddress(() => {}); // fills Emscripten's map while the table is small
  const base = Math.ceil((wasmTable.length + TABLE_STEP) / TABLE_STEP) * TABLE_STEP;
  wasmTable.grow(base - wasmTable.length);
  return base;
}

/** @type {(module: Module) => Map<string, number>} */
const gotValues = ({ GOT }) => new Map(Object.entries(GOT).map(([name, cell]) => [name, cell.value]));

/**
 * Notes where each library is put while it is linked: Emscripten tells that only to a library that has a handle
 * (offsets are those of its struct dso).
 *
 * @param {Module} module
 */
function watchLinking(module) {
  /** @type {Map<string, Layout>} */
  const layouts = new Map();
  const { loadDynamicLibrary, LDSO } = module;
  const exports = LDSO.loadedLibsByName.__main__.exports;
  module.loadDynamicLibrary = async (
    /** @type {string} */ path,
    /** @type {any} */ flags,
    /** @type {any} */ scope,
  ) => {
    const handle = exports.malloc(DSO_BYTES);
    module.HEAPU8.fill(0, handle, handle + DSO_BYTES);
    await loadDynamicLibrary(path, flags, scope, handle);
    const word = (/** @type {number} */ offset) => module.HEAPU32[(handle + offset) >>> 2];
    layouts.set(path, { memory_base: word(12), memory_bytes: word(16), table_base: word(20), table_slots: word(24) });
    delete LDSO.loadedLibsByHandle[handle];
    exports.free(handle);
  };
  return layouts;
}

/** The shared libraries in the order of their table entries. @param {Module} module @param {Map<string, Layout>} layouts */
function libraries({ LDSO }, layouts) {
  const loaded = Object.entries(LDSO.loadedLibsByHandle).filter(([handle]) => handle !== "0");
  const found = loaded.map(([handle, dso]) => {
    const layout = layouts.get(dso.name);
    if (!layout?.table_base) throw new Error(`${dso.name} was linked in a way that left no trace`);
    return {
      path: dso.name,
      handle: Number(handle),
      global: Boolean(dso.global),
      references: dso.refcount === Infinity ? null : dso.refcount,
      ...layout,
    };
  });
  if (found.length !== layouts.size) throw new Error("a library was linked that Python has not opened");
  return found.sort((a, b) => a.table_base - b.table_base);
}

/**
 * Table entries that linking added outside of the libraries' own ranges: of a library, or of JavaScript.
 *
 * @param {Module} module
 * @param {ReturnType<typeof libraries>} libs
 * @param {number} base
 */
function addedSlots(module, libs, base) {
  const owner = new Map();
  for (const { path } of libs)
    for (const [name, value] of Object.entries(module.LDSO.loadedLibsByName[path].exports))
      if (typeof value === "function" && !owner.has(value)) owner.set(value, [path, name]);
  const gotName = new Map();
  for (const [name, value] of gotValues(module)) if (!gotName.has(value)) gotName.set(value, name);
  const slots = [];
  const jsSlots = [];
  for (let slot = 1; slot < module.wasmTable.length; slot += 1) {
    if (libs.some((lib) => slot >= lib.table_base && slot < lib.table_base + lib.table_slots)) continue;
    const entry = module.wasmTable.get(slot);
    if (entry === null) continue;
    if (owner.has(entry)) slots.push([slot, ...owner.get(entry)]);
    else if (slot >= base && gotName.has(slot)) jsSlots.push([slot, gotName.get(slot)]);
    else if (slot >= base) throw new Error(`table entry ${slot} (${entry.name}) has no known origin`);
  }
  return { slots, jsSlots };
}

/** Memory of an instance in which nothing has run yet. @param {number} memoryBytes @returns {Promise<Buffer>} */
async function freshMemory(memoryBytes) {
  const create = scope._createPyodideModule;
  /** @type {Buffer | null} */
  let fresh = null;
  scope._createPyodideModule = async (/** @type {any} */ settings) => {
    const module = await create({ ...settings, noInitialRun: true, INITIAL_MEMORY: memoryBytes });
    fresh = Buffer.from(module.HEAPU8.slice(0, heapEnd(module)));
    throw new Error("enough");
  };
  await start().catch((/** @type {unknown} */ error) => {
    if (fresh === null) throw error;
  });
  scope._createPyodideModule = create;
  if (fresh === null) throw new Error("Pyodide made no module");
  return fresh;
}

/** Stands for `WebAssembly.Suspending`, called with `new`. @param {unknown} wrapped */
function NotSuspending(wrapped) {
  return wrapped;
}

/**
 * Words of static data that depend on the engine: whether WebAssembly can suspend. Found by comparing two
 * instances of this engine with one that believes in another.
 */
async function suspensionCells() {
  const [same, again] = [staticWords((await start())._module), staticWords((await start())._module)];
  const { Suspending, promising, SuspendError } = engine;
  const can = typeof Suspending === "function";
  if (can) for (const name of ["Suspending", "promising", "SuspendError"]) delete engine[name];
  else
    Object.assign(engine, {
      Suspending: NotSuspending,
      promising: (/** @type {unknown} */ wrapped) => wrapped,
      SuspendError: Error,
    });
  const other = staticWords((await start())._module);
  for (const [name, value] of Object.entries({ Suspending, promising, SuspendError }))
    if (value) engine[name] = value;
    else delete engine[name];
  const differing = [...same.keys()].filter((i) => same[i] === again[i] && same[i] !== other[i]);
  return differing.map((i) => (can ? [i * 4, same[i], other[i]] : [i * 4, other[i], same[i]]));
}

try {
  const pyodide = await start({ _makeSnapshot: true });
  const module = pyodide._module;
  const base = fixTableBase(module);
  const layouts = watchLinking(module);
  const before = gotValues(module);
  for (const wheel of job.wheels) await installWheel(pyodide, new Uint8Array(readFileSync(wheel)));
  const scope = pyodide.globals.get("dict")();
  pyodide.runPython(readFileSync(new URL("prepare.py", import.meta.url), "utf8"), {
    globals: scope,
    filename: "prepare",
  });
  const modules = pyodide.toPy(job.modules);
  const call = (/** @type {string} */ name, /** @type {any[]} */ ...values) => {
    const callable = scope.get(name);
    callable(...values);
    callable.destroy();
  };
  call("load", modules);
  modules.destroy();
  call("tidy");
  scope.destroy();
  const libs = libraries(module, layouts);
  const { slots, jsSlots } = addedSlots(module, libs, base);
  const snapshot = pyodide.makeMemorySnapshot();
  const header = new DataView(snapshot.buffer, snapshot.byteOffset);
  const json = new TextDecoder().decode(snapshot.subarray(48, 48 + header.getUint32(8, true))).replace(/\0+$/, "");
  const memory = snapshot.subarray(header.getUint32(4, true));
  writeFileSync(`${job.out}/memory.raw`, memory);
  const link = {
    build_id: pyodide._api.config.BUILD_ID,
    heap_end: heapEnd(module),
    table: { base, length: module.wasmTable.length, free: [...module.freeTableIndexes] },
    got: Object.fromEntries([...gotValues(module)].filter(([name, value]) => before.get(name) !== value)),
    libraries: libs,
    slots,
    js_slots: jsSlots,
    hiwire: JSON.parse(json),
  };
  writeFileSync(`${job.out}/fresh.raw`, await freshMemory(memory.length));
  const cells = await suspensionCells();
  writeFileSync(`${job.out}/link.json`, JSON.stringify({ ...link, suspension_cells: cells }));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}
