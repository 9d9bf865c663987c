// node unpack.mjs DECODER PACKED…: unpacks as the worker does; prints for each file its SHA-256, or what was wrong.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const { unpacking } = await import("../../web/runtime/unpack.js");
const [decoder, ...packed] = process.argv.slice(2).map((path) => new Uint8Array(readFileSync(path)));
const unpack = unpacking(await WebAssembly.compile(decoder));
const digest = (/** @type {Uint8Array} */ bytes) => createHash("sha256").update(bytes).digest("hex");
const said = packed.map((bytes) => {
  try {
    return unpack(bytes, digest);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});
process.stdout.write(JSON.stringify(said));
