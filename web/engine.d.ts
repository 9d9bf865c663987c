/** Engines as the page and the worker see them, and what starting one needs. Messages: messages.d.ts. */

import type { ToEngine } from "./messages";

/** Where Python runs, seen from the page. */
export interface Engine {
  readonly thread: "worker" | "page";
  post(message: ToEngine, transfer?: Transferable[]): void;
  /** `silent`: it has stopped to answer, and no other fish may count on it. */
  close(silent?: boolean): void;
}

/** Which Python a worker starts, when it is not the fish's: a further wheel, and the module in it that has `start`. */
export interface PythonHost {
  wheel: string;
  digests: Record<string, string>;
  module: string;
}

/** Page to worker: what its Python is (first of all, if it is said), else a message for one fish; null: it goes. */
export type ToWorker = { python: PythonHost } | { fish: number; message: ToEngine | null };

/** What builder writes into assets.js; paths are relative to that file. */
export interface Assets {
  version: string;
  pyodide: string;
  wheels: string[];
  /** The text of Pyodide's lock file, as an object. */
  lock: Record<string, unknown>;
  /** A recorded interpreter, packed but for `link` and `unpacker`; `code` in the order of the link map's libraries. */
  snapshot: { unpacker: string; main: string; image: string; link: string; code: string[] } | null;
  /** SHA-256 of every file that is fetched, hexadecimal. */
  digests: Record<string, string>;
  /** Bytes of every packed file once it is unpacked. */
  unpacked: Record<string, number>;
}

/** What starting Python says on the way. */
export interface BootEvents {
  /** A phase is over. */
  onPhase(name: string): void;
  /** Bytes of an asset have come. */
  onProgress(asset: string): void;
  /** Python has started, but not as it should have. */
  onTrouble(error: unknown): void;
}

/** What builder/snapshot records of an interpreter besides its memory. */
export interface SnapshotLink {
  format: number;
  build_id: string;
  memory_bytes: number;
  /** Below it the image holds what differs from a fresh instance, above it what is not zero. */
  static_end: number;
  table: { base: number; length: number; free: number[] };
  got: Record<string, number>;
  /** `references` null: for ever. */
  libraries: {
    path: string;
    file: string;
    handle: number;
    global: boolean;
    references: number | null;
    memory_base: number;
    memory_bytes: number;
    table_base: number;
    table_slots: number;
  }[];
  /** Table entry, library, name. */
  slots: [number, string, string][];
  /** Table entry, name of a JavaScript function. */
  js_slots: [number, string][];
  /** Address, value where WebAssembly can suspend, value where not. */
  suspension_cells: [number, number, number][];
  hiwire: { hiwireKeys: unknown[]; immortalKeys: unknown[] };
  /** Data files by path. */
  files: Record<string, string>;
}

/** `candlefish.browser.host.Host`, as JavaScript sees it. */
export interface Host {
  input(events: Float64Array): void;
  receive(text: string): void;
  close(): void;
  destroy(): void;
}

/** `candlefish.browser.host.start`, as JavaScript sees it. */
export type StartHost = (text: string, stage: import("./runtime/stage.js").Stage, post: (text: string) => void) => Host;
