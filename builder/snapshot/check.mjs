// node check.mjs JOB.json: whether a restored interpreter is the one that was recorded, and works.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseLink, restoring, settle } from "../../web/runtime/snapshot.js";
import { unpacking } from "../../web/runtime/unpack.js";
import { installWheel } from "../../web/runtime/wheels.js";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
/** @param {string} path */
const bytes = (path) => new Uint8Array(readFileSync(path));
/** @param {Uint8Array} data */
const digest = (data) => createHash("sha256").update(data).digest("hex");
const { loadPyodide } = await import(pathToFileURL(`${job.pyodide_dir}/pyodide.mjs`).href);
const unpack = unpacking(await WebAssembly.compile(bytes(`${job.snapshot}/${job.decoder}`)));
const options = {
  env: { HOME: "/home/pyodide" },
  stdout: (/** @type {string} */ line) => process.stderr.write(`${line}\n`),
};

/** Where Pyodide looks for the function that makes its module. @type {any} */
const scope = globalThis;

/** A started interpreter with the wheels in it. */
async function started() {
  const pyodide = await loadPyodide(options);
  for (const wheel of job.wheels) await installWheel(pyodide, bytes(wheel));
  return pyodide;
}

/** A restored interpreter, whose memory is compared with the recorded one before anything runs. */
async function restored() {
  const link = parseLink(bytes(`${job.snapshot}/link.json`));
  const codes = Promise.all(
    link.libraries.map(({ file }) =>
      unpack(bytes(`${job.snapshot}/${file}`), (code) => WebAssembly.compile(/** @type {BufferSource} */ (code))),
    ),
  );
  const image = Promise.resolve(unpack(bytes(`${job.snapshot}/${job.image}`), (shared) => shared.slice()));
  const create = scope._createPyodideModule;
  scope._createPyodideModule = async (/** @type {any} */ settings) => {
    scope._createPyodideModule = create;
    const module = await restoring(create, link, codes, image, () => {})(settings);
    const { restoreSnapshot } = module.API;
    module.API.restoreSnapshot = () => {
      const objects = restoreSnapshot();
      const recorded = bytes(`${job.recorded}/memory.raw`);
      if (digest(module.HEAPU8.subarray(0, recorded.length)) !== digest(recorded))
        throw new Error("restored memory differs from the recorded one");
      return objects;
    };
    return module;
  };
  const pyodide = await loadPyodide({ ...options, _loadSnapshot: new Uint8Array(16) });
  settle(pyodide, link);
  return pyodide;
}

try {
  /** @type {Record<string, unknown>} */
  const report = {};
  for (const [name, make] of Object.entries({ started, restored })) {
    const pyodide = await make();
    pyodide.runPython(job.workout);
    report[name] = JSON.parse(pyodide.runPython(job.witness));
  }
  process.stdout.write(JSON.stringify(report));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}
