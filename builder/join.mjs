/**
 * Joins scripts with esbuild, for builder/bundle.py: `node join.mjs job.json result.json`.
 *
 * A script that is loaded by its address (a dynamic import, a worker) is shipped as a file of its own, and so stays
 * apart from every script that imports it. All files are shipped side by side, by their file names.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { build, transform } from "esbuild";

/** The syntax that the browsers we serve read: nothing is translated. */
const TARGET = "es2022";
/** esbuild follows imports, but not addresses. */
const ADDRESS = /new URL\("(\.[\w./-]+\.js)", import\.meta\.url\)/g;

const [jobFile, resultFile] = process.argv.slice(2);
/** @type {{scripts: Record<string, string>, entries: string[], apart: string[], format: "esm" | "iife"}} */
const job = JSON.parse(readFileSync(jobFile, "utf8"));
const shipped = new Set(job.entries);
/** @type {Map<string, Set<string>>} paths by the path of the script that imports them at once */
const imports = new Map();
/** @type {Map<string, Set<string>>} names of files by the path of the script that starts them */
const addresses = new Map();

/** @param {Map<string, Set<string>>} map @param {string} from @param {string} to */
function note(map, from, to) {
  map.set(from, (map.get(from) ?? new Set()).add(to));
}

/** @param {string} path of a script @returns {string} how another shipped one names it */
const address = (path) => `./${posix.basename(path)}`;

/** @param {string} path @returns {string} its text, with the addresses that its workers have when they are shipped */
function textOf(path) {
  return job.scripts[path].replace(ADDRESS, (whole, relative) => {
    const target = posix.join(posix.dirname(path), relative);
    if (!(target in job.scripts)) return whole;
    shipped.add(target);
    note(addresses, path, posix.basename(target));
    return `new URL("${address(target)}", import.meta.url)`;
  });
}

/** @type {import("esbuild").Plugin} */
const apart = {
  name: "what is shipped apart",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^/ }, ({ path, importer, kind }) => {
      if (kind === "entry-point") return { path, namespace: "web" };
      const target = posix.join(posix.dirname(importer), path);
      const known = target in job.scripts;
      if (kind === "dynamic-import" && known) shipped.add(target);
      else note(imports, importer, target);
      const generated = !known && job.apart.includes(posix.basename(target));
      if (generated || shipped.has(target)) return { path: address(target), external: true };
      if (known) return { path: target, namespace: "web" };
      return { errors: [{ text: `web/${importer} imports ${target}, which is not there` }] };
    });
    onLoad({ filter: /^/, namespace: "web" }, async ({ path }) => {
      /** @type {import("esbuild").TransformOptions} */
      const options = { minifyWhitespace: true, charset: "utf8", legalComments: "none", sourcefile: `web/${path}` };
      return { contents: (await transform(textOf(path), options)).code, loader: "js" }; // joined, it is set out anew
    });
  },
};

const join = () =>
  build({
    entryPoints: Array.from(shipped, (path) => ({ in: path, out: posix.basename(path, ".js") })),
    outdir: "/",
    write: false,
    metafile: true,
    bundle: true,
    minifySyntax: true,
    format: job.format,
    target: TARGET,
    charset: "utf8",
    logLevel: "silent",
    plugins: [apart],
  });

/** @typedef {Awaited<ReturnType<typeof join>>} Joined */

/** @returns {Promise<Joined>} once no script was found that has to be apart too */
async function joined() {
  for (;;) {
    requireOwnNames(shipped);
    const before = shipped.size;
    const result = await join();
    if (shipped.size === before) return result;
  }
}

/** @param {Joined} result */
function described({ outputFiles, metafile }) {
  const scripts = outputFiles.map(({ path, text }) => {
    const output = Object.entries(metafile.outputs).find(([name]) => posix.resolve("/", name) === path)?.[1];
    if (output === undefined) throw new Error(`esbuild says nothing of ${path}`);
    /** @type {[string, number][]} */
    const modules = Object.entries(output.inputs).map(([name, { bytesInOutput }]) => [name.slice(4), bytesInOutput]);
    const loads = new Set(output.imports.map((one) => posix.basename(one.path)));
    for (const [module] of modules) for (const name of addresses.get(module) ?? []) loads.add(name);
    return [posix.basename(path), { text, modules: Object.fromEntries(modules), loads: [...loads].sort() }];
  });
  return {
    scripts: Object.fromEntries(scripts),
    imports: Object.fromEntries([...imports].map(([k, v]) => [k, [...v]])),
  };
}

/** @param {Set<string>} paths that are shipped side by side */
function requireOwnNames(paths) {
  const names = [...paths].map((path) => posix.basename(path));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two scripts that are shipped are called ${twice}`);
}

/** @param {unknown} error @returns {Partial<import("esbuild").Message>[]} what esbuild says, or the error itself */
function problems(error) {
  const all = error instanceof Error && "errors" in error ? error.errors : null;
  return Array.isArray(all) ? all : [{ text: String(error) }];
}

try {
  writeFileSync(resultFile, JSON.stringify(described(await joined())));
} catch (error) {
  for (const { text, location } of problems(error))
    console.error(location ? `${location.file}:${location.line}: ${text}` : text);
  process.exitCode = 1;
}
