/** Installs wheels into Pyodide fast, with one copy of their compiled code instead of three. */

const SITE_PACKAGES = "/lib/python3.13/site-packages";
const END_OF_DIRECTORY = { signature: 0x06054b50, bytes: 22, count: 10, offset: 16 };
const ENTRY = { signature: 0x02014b50, bytes: 46, method: 10, size: 24, name: 28, extra: 30, comment: 32, local: 42 };
const LOCAL = { bytes: 30, name: 26, extra: 28 };
const STORED = 0;

/**
 * The files of a zip archive without compression (the server compresses the whole archive instead).
 *
 * @param {Uint8Array} archive
 * @returns {Generator<[string, Uint8Array]>} each file's path, and its bytes as a view on the archive
 */
export function* storedFiles(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.byteLength - END_OF_DIRECTORY.bytes;
  if (end < 0 || view.getUint32(end, true) !== END_OF_DIRECTORY.signature)
    throw new Error("not a wheel: no zip directory at its end");
  const text = new TextDecoder();
  let entry = view.getUint32(end + END_OF_DIRECTORY.offset, true);
  for (let left = view.getUint16(end + END_OF_DIRECTORY.count, true); left > 0; left -= 1) {
    if (view.getUint32(entry, true) !== ENTRY.signature)
      throw new Error("damaged wheel: its zip directory is cut short");
    const nameBytes = view.getUint16(entry + ENTRY.name, true);
    const name = text.decode(archive.subarray(entry + ENTRY.bytes, entry + ENTRY.bytes + nameBytes));
    if (view.getUint16(entry + ENTRY.method, true) !== STORED)
      throw new Error(`${name} is compressed: the wheel must be stored`);
    const local = view.getUint32(entry + ENTRY.local, true);
    const start =
      local + LOCAL.bytes + view.getUint16(local + LOCAL.name, true) + view.getUint16(local + LOCAL.extra, true);
    yield [name, archive.subarray(start, start + view.getUint32(entry + ENTRY.size, true))];
    entry +=
      ENTRY.bytes + nameBytes + view.getUint16(entry + ENTRY.extra, true) + view.getUint16(entry + ENTRY.comment, true);
  }
}

/**
 * Links an extension module before Python asks for it, keeping only the linked code.
 *
 * Left to itself, Emscripten's dlopen() copies the shared object into WebAssembly memory and never frees
 * it (5.3 MB for NumPy), and the file stays in the file system besides. Linked from JavaScript under the
 * path that dlopen() will ask for, it needs neither: an empty file is enough for Python to find it.
 *
 * @param {any} pyodide
 * @param {string} path where Python's import will look for it
 * @param {Uint8Array} code
 */
async function link(pyodide, path, code) {
  pyodide.FS.writeFile(path, code);
  await pyodide._module.loadDynamicLibrary(path, { global: false, nodelete: true, loadAsync: true }, {});
  pyodide.FS.writeFile(path, new Uint8Array(0));
}

/**
 * Unpacks a wheel where Python looks for packages and links its extension modules.
 *
 * @param {any} pyodide the interpreter
 * @param {Uint8Array} wheel the wheel's bytes; its files are stored, not compressed
 * @returns {Promise<void>} settled when `import` will work
 */
export async function installWheel(pyodide, wheel) {
  for (const [name, bytes] of storedFiles(wheel)) {
    const path = `${SITE_PACKAGES}/${name}`;
    pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    if (name.endsWith(".so")) await link(pyodide, path, bytes);
    else pyodide.FS.writeFile(path, bytes);
  }
}
