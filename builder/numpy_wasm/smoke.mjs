// node smoke.mjs JOB.json: installs a wheel in Pyodide, imports NumPy, runs the workout, reports as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${job.pyodide_dir}/pyodide.mjs`).href);
const pyodide = await loadPyodide({
  env: { HOME: "/home/pyodide" },
  stdout: (/** @type {string} */ line) => process.stderr.write(`${line}\n`),
});
const wheel = new Uint8Array(readFileSync(job.wheel));
const heapBytes = () => pyodide._module.HEAP8.length;

try {
  const before = heapBytes();
  const start = performance.now();
  if (job.as_in_page) {
    const { installWheel } = await import("../../web/runtime/wheels.js");
    await installWheel(pyodide, wheel);
  } else {
    pyodide.unpackArchive(wheel, "wheel", { extractDir: job.install_prefix });
  }
  const installed = performance.now();
  pyodide.runPython("import numpy");
  const imported = performance.now();
  const after = heapBytes();
  pyodide.runPython(readFileSync(new URL("workout.py", import.meta.url), "utf8"));
  const report = {
    version: pyodide.runPython("numpy.__version__"),
    install_ms: installed - start,
    import_ms: imported - installed,
    heap_before_bytes: before,
    heap_after_bytes: after,
    files: JSON.parse(pyodide.runPython("loaded_files()")),
  };
  process.stdout.write(JSON.stringify(report));
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error)); // alone: Node would print a line of Pyodide's script before it
  process.exitCode = 1;
}
