/**
 * What the page and the engine (Python, in a worker or on the page) say to each other.
 * Lengths are CSS px in the element's box, times epoch milliseconds.
 */

/** How a fish starts. */
export interface Options {
  seed: number;
  effects: "minimal" | "standard" | "rich";
  complexity: "basic" | "standard" | "advanced";
  /** Keep a log of all that enters the world. */
  record?: boolean;
  /** Draw no water: what lies under the element shows. */
  transparent?: boolean;
}

/** Size of the box and how many device px a CSS px takes. */
export interface Box {
  width: number;
  height: number;
  dpr: number;
}

/** A memory another page could not merge before it closed: `mine` grew out of the stored `base`. */
export interface Pending {
  base: string | null;
  mine: string;
}

/** What storage held when the fish started; `device` is a fresh random id for a visitor without memory. */
export interface Remembered {
  memory: string | null;
  pending: Pending[];
  device: string;
}

export interface Init extends Box, Remembered, Options {
  type: "init";
  canvas: HTMLCanvasElement | OffscreenCanvas;
  /** under it, for the light field */
  water?: HTMLCanvasElement | OffscreenCanvas | null;
  now_ms: number;
  paused: boolean;
  /** A `study` message follows, and Python waits for it. */
  waits: boolean;
}

/** One event as Python reports it (`candlefish/events` has the fields of each type). */
export interface ReportedEvent {
  type: string;
  at_ms?: number;
  [field: string]: unknown;
}

/** What analytics hears of the fish (`candlefish/browser/telemetry.py`); `closing` is the session's end, were it now. */
export interface Report {
  type: "report";
  events: ReportedEvent[];
  closing: Record<string, number>;
}

/** The variants a visitor has, and where their memory is kept. */
export interface Dealt {
  type: "dealt";
  variants: Record<string, string>;
  persistence: "local" | "hybrid" | "cloud_sync";
}

/** Values by mood (or `thresholds`) and name, as in moods.toml; colours as "#rrggbb". */
export type ParamChanges = Record<string, Record<string, number | string>>;

/** A preset by name, the text of a moods.toml, or single values (null: back to the preset or file). */
export type Tune = { preset: string } | { toml: string } | { values: ParamChanges | null };

/** A swarm of light instead of a fish (`candlefish/browser/swarm.py`). */
export interface Swarm {
  type: "swarm";
  canvas: OffscreenCanvas;
  width: number;
  height: number;
  count: number;
}

/** Page to engine. `input.events` is flat: kind, x, y, t_ms, kind, x, … (kinds: candlefish/sim/inputs.py). */
export type ToEngine =
  | Init
  | Swarm
  | { type: "input"; events: Float64Array }
  | ({ type: "resize" } & Box)
  | { type: "visible"; on: boolean }
  | { type: "pause"; on: boolean }
  | { type: "reset"; device: string }
  | { type: "state"; id: number }
  | ({ type: "tune"; id: number } & Tune)
  | { type: "record"; id: number }
  | { type: "replay"; id: number; text: string }
  | { type: "studio"; id: number; do: string; [more: string]: unknown }
  | { type: "storage"; text: string | null }
  | { type: "saved"; text: string }
  | { type: "study"; text: string | null }
  | { type: "remote"; text: string }
  | { type: "hide" };

/** Milliseconds from the start of the navigation to the end of each phase. */
export type Timeline = Record<string, number>;

/** A memory to store; `base` is the stored text it grew out of. */
export interface Save {
  type: "save";
  text: string;
  base: string | null;
}

export interface EngineError {
  type: "error";
  message: string;
  where: string;
  /** The path in the site of the file that could not be had. */
  asset?: string;
  traceback?: string;
  /** The fish cannot go on. */
  fatal: boolean;
}

/** What the engine knows of the fish (SPEC of `getState()`, without what only the page knows). */
export interface EngineState {
  mood: string;
  reason: string;
  trust: number;
  valence: number;
  arousal: number;
  x: number;
  y: number;
  frames: number;
  fps: number;
  food_eaten: number;
  effects: string;
  complexity: string;
  wasm_bytes: number;
  running: boolean;
}

/** A log of all that entered the world ("" when none is kept), and the fingerprint of the world it led to. */
export interface Recording {
  text: string;
  world: string;
}

/** What a recording, lived again, led to; `problem` when it is none. */
export interface Relived {
  world?: string;
  state?: Record<string, number | string>;
  problem?: string;
}

/** What `getState()` resolves to. */
export interface FishState extends EngineState {
  memory_saved: boolean;
  /** Where Python runs: "none" while the still picture is shown. */
  thread: "worker" | "page" | "none";
}

/** Engine to page. */
export type FromEngine =
  | { type: "phase"; name: string; epoch_ms: number }
  | { type: "progress"; asset: string }
  | { type: "ready" }
  | { type: "frame1" }
  | { type: "event"; name: string; detail: Record<string, unknown> }
  | { type: "state"; id: number; state: EngineState }
  | { type: "tuned"; id: number; problem: string | null }
  | ({ type: "record"; id: number } & Recording)
  | ({ type: "replay"; id: number } & Relived)
  | { type: "studio"; id: number; [more: string]: unknown }
  | { type: "perf"; fps: number; frame_p99_ms: number; work_ms: number; dropped: number; frames: number }
  | { type: "damaged"; text: string; problems: string[] }
  | Save
  | Report
  | Dealt
  | EngineError;

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
