// node wasm_symbols.mjs FILE: the exports and imports of a WebAssembly module, as JSON.
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const symbols = { exports: WebAssembly.Module.exports(module), imports: WebAssembly.Module.imports(module) };
process.stdout.write(JSON.stringify(symbols));
