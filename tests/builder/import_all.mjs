// node import_all.mjs DIRECTORY: starts the Pyodide in a directory and imports every module of its standard library.
import { pathToFileURL } from "node:url";

const directory = process.argv[2];
const { loadPyodide } = await import(pathToFileURL(`${directory}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${directory}/` });
process.stdout.write(
  pyodide.runPython(`
import importlib, json, warnings, zipfile

warnings.simplefilter("ignore")
imported, failed = 0, {}
for file in zipfile.ZipFile("/lib/python313.zip").namelist():
    name = file.removesuffix(".pyc").replace("/", ".").removesuffix(".__init__")
    try:
        importlib.import_module(name)
        imported += 1
    except Exception as error:
        failed[name] = repr(error)
json.dumps({"imported": imported, "failed": failed})
`),
);
