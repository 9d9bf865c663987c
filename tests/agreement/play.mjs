// node play.mjs PYODIDE_DIR SCENARIO.py SEED WHEEL…: plays a scenario in the browser's Python and prints its result.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [directory, scenario, seed, ...wheels] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${directory}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${directory}/` });
try {
  for (const wheel of wheels) pyodide.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
  pyodide.runPython(readFileSync(scenario, "utf8"));
  process.stdout.write(pyodide.runPython(`play(${seed})`));
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error)); // alone: Node would print a line of Pyodide's script before it
  process.exitCode = 1;
}
