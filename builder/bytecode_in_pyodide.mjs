// node bytecode_in_pyodide.mjs JOB.json: boots Pyodide and hands it the compile job that builder/bytecode.py wrote.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${job.pyodide_dir}/pyodide.mjs`).href);
// A fixed hash seed keeps the order of constant sets, so the same source always gives the same bytes.
const pyodide = await loadPyodide({ env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0" } });
pyodide.mountNodeFS("/source", job.source);
pyodide.mountNodeFS("/out", job.out);
pyodide.runPython(readFileSync(new URL("bytecode_in_pyodide.py", import.meta.url), "utf8"));
const compileTree = pyodide.globals.get("compile_tree");
try {
  compileTree("/source", "/out", job.install_prefix);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error)); // alone: Node would print a line of Pyodide's script before it
  process.exitCode = 1;
} finally {
  compileTree.destroy();
}
