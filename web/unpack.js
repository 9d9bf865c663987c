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
    const said = decoder.ZSTD_findDecompressedSize(from, packed.length);
    const size = Number(BigInt.asUintN(32, said));
    const to = BigInt(size) === BigInt.asUintN(64, said) ? decoder.malloc(size) : 0;
    try {
      if (to === 0 || decoder.ZSTD_decompress(to, size, from, packed.length) !== size) throw new Error("it cannot be unpacked");
      return use(new Uint8Array(decoder.memory.buffer, to, size));
    } finally {
      decoder.free(to);
      decoder.free(from);
    }
  };
}
