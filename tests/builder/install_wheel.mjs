// node install_wheel.mjs PYODIDE WHEEL: installs a wheel as the page does; prints what Python then sees, as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { loadPyodide } = await import(pathToFileURL(`${process.argv[2]}/pyodide.mjs`).href);
const { installWheel } = await import("../../web/runtime/wheels.js");
const pyodide = await loadPyodide();
try {
  await installWheel(pyodide, new Uint8Array(readFileSync(process.argv[3])));
  process.stdout.write(pyodide.runPython("import fish, json; json.dumps([fish.__file__, fish.COLOUR])"));
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
