/** Unpacking what the build packed with Zstandard (builder/packing.py), by the decoder of the package zstddec. */

/**
 * @typedef {object} Decoder
 * @property {WebAssembly.Memory} memory
 * @property {(bytes: number) => number} malloc
 * @property {(address: number) => void} free
 * @property {(packed: number, bytes: number) => bigint} ZSTD_findDecompressedSize
 * @property {(to: number, room: number, packed: number, bytes: number) => number} ZSTD_decompress
 */

/** The decoder tells us that its memory has grown; we look at it anew each time anyway. */
const IMPORTS = { env: { emscripten_notify_memory_growth() {} } };

const SUFFIX = ".zst";
/** What its memory can be asked for. */
const MOST_BYTES = 2 ** 31;

/** @type {(path: string) => boolean} */
export const isPacked = (path) => path.endsWith(SUFFIX);

/** @type {(path: string) => string} what a packed file is called where it is kept unpacked */
export const unpackedName = (path) => path.slice(0, -SUFFIX.length);

/**
 * @param {WebAssembly.Module} code the decoder
 * @returns {<T>(packed: Uint8Array, use: (bytes: Uint8Array) => T) => T} `use` is handed the decoder's own memory,
 *   which holds the bytes until it returns; throws when `packed` is not a whole frame that says its length
 */
export function unpacking(code) {
  const decoder = /** @type {Decoder} */ (/** @type {unknown} */ (new WebAssembly.Instance(code, IMPORTS).exports));
  return (packed, use) => {
    const from = decoder.malloc(packed.length);
    new Uint8Array(decoder.memory.buffer).set(packed, from);
    const size = Number(decoder.ZSTD_findDecompressedSize(from, packed.length)); // negative: not a frame, or it does not say
    const to = size > 0 && size < MOST_BYTES ? decoder.malloc(size) : 0;
    try {
      if (to === 0 || decoder.ZSTD_decompress(to, size, from, packed.length) !== size)
        throw new Error("it cannot be unpacked");
      return use(new Uint8Array(decoder.memory.buffer, to, size));
    } finally {
      decoder.free(to);
      decoder.free(from);
    }
  };
}
