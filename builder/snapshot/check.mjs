// node check.mjs JOB.json: whether a restored interpreter is the one that was recorded, and works.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseLink, restoring, settle } from "../../web/runtime/snapshot.js";
import { unpacking } from "../../web/runtime/unpack.js";
import { installWheel } from "../../web/runtime/wheels.js";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const bytes = (path) => new Uint8Array(readFileSync(path));
const digest = (data) => createHash("sha256").update(data).digest("hex");
const { loadPyodide } = await import(pathToFileURL(`${job.pyodide_dir}/pyodide.mjs`));
const unpack = unpacking(await WebAssembly.compile(bytes(`${job.snapshot}/${job.decoder}`)));
const options = { env: { HOME: "/home/pyodide" }, stdout: (line) => process.stderr.write(`${line}\n`) };

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
    link.libraries.map(({ file }) => unpack(bytes(`${job.snapshot}/${file}`), (code) => WebAssembly.compile(code))),
  );
  const image = Promise.resolve(unpack(bytes(`${job.snapshot}/${job.image}`), (shared) => shared.slice()));
  const create = globalThis._createPyodideModule;
  globalThis._createPyodideModule = async (settings) => {
    globalThis._createPyodideModule = create;
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
  const report = {};
  for (const [name, make] of Object.entries({ started, restored })) {
    const pyodide = await make();
    pyodide.runPython(job.workout);
    report[name] = JSON.parse(pyodide.runPython(job.witness));
  }
  process.stdout.write(JSON.stringify(report));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
