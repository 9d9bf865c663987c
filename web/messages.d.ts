/**
 * What the page and the engine say to each other.
 * Written by builder/protocol.py from what Python declares: change it there.
 */

/** Events of the element, without their prefix. */
export type EventName =
  | "ready"
  | "moodchange"
  | "trustchange"
  | "milestone"
  | "fed"
  | "error"
  | "fallback"
  | "perf"
  | "storage";

/** How a fish starts. */
export interface Options {
  /** How much is drawn. */
  effects: "minimal" | "standard" | "rich";
  /** Three moods, six, or six with learning. */
  complexity: "basic" | "standard" | "advanced";
  /** Of every random stream: the same seed and the same input give the same life. */
  seed: number;
  /** No water: the fish, its light and what glows around it lie over the page. A picture in the element should have none either: `static/fallback-transparent.svg`. */
  transparent?: boolean;
  /** Keep a log of all that enters the world. */
  record?: boolean;
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

/** Page to engine, first of all: how a fish starts. The canvases stay in JavaScript. */
export interface Init extends Options {
  type: "init";
  width: number;
  height: number;
  dpr: number;
  memory: string | null;
  pending: Pending[];
  device: string;
  canvas: HTMLCanvasElement | OffscreenCanvas;
  /** under it, for the light field */
  water?: HTMLCanvasElement | OffscreenCanvas | null;
  now_ms: number;
  paused: boolean;
  /** A `study` message follows, and Python waits for it. */
  waits: boolean;
}

/** A swarm of light instead of a fish (`candlefish/browser/swarm.py`). */
export interface SwarmMessage {
  type: "swarm";
  canvas: OffscreenCanvas;
  width: number;
  height: number;
  count: number;
}

/** The swarm's box has another size. */
export interface SwarmResize {
  type: "resize";
  width: number;
  height: number;
}

/** The swarm stands still, or goes on. */
export interface SwarmSwitch {
  type: "pause" | "resume";
}

/** What the visitor did; `events` is flat: kind, x, y, t_ms, kind, … (kinds: `INPUT_…` of protocol.js). */
export interface InputMessage {
  type: "input";
  events: Float64Array;
}

/** The box has another size. */
export interface Resize {
  type: "resize";
  width: number;
  height: number;
  dpr: number;
}

/** The fish can be seen or not; it stands still or not. */
export interface Switch {
  type: "visible" | "pause";
  on: boolean;
}

/** Forget the visitor, who has a new id from now on. */
export interface Reset {
  type: "reset";
  device: string;
}

/** A question without more to it; the answer has its id. */
export interface Question {
  type: "state" | "record";
  id: number;
}

/** Another character that comes with the fish. */
export interface PresetChange {
  preset: string;
}

/** The text of a moods.toml. */
export interface FileChange {
  toml: string;
}

/** Single values; null: back to the preset or file. */
export interface ValuesChange {
  values: ParamChanges | null;
}

/** Change to a preset. */
export interface TunePreset {
  type: "tune";
  preset: string;
  id: number;
}

/** Change to a moods.toml. */
export interface TuneFile {
  type: "tune";
  toml: string;
  id: number;
}

/** Change single values. */
export interface TuneValues {
  type: "tune";
  values: ParamChanges | null;
  id: number;
}

/** Replay a recording, out of sight. */
export interface Replay {
  type: "replay";
  id: number;
  text: string;
}

/** A question of the studio's page (`web/studio/types.d.ts`). */
export interface StudioRequest {
  type: "studio";
  id: number;
  do: string;
  [more: string]: unknown;
}

/** A memory that is stored now, or that a service has from elsewhere. */
export interface MemoryText {
  type: "saved" | "remote";
  text: string;
}

/** What storage holds, written by another tab. */
export interface StorageText {
  type: "storage";
  text: string | null;
}

/** The visitor's part in analytics and experiments, as JSON (`browser/experiments.py`); null: none. */
export interface Study {
  type: "study";
  text: string | null;
}

/** The page is hidden. */
export interface Hide {
  type: "hide";
}

/** One event as Python reports it (`candlefish/events` has the fields of each type). */
export interface ReportedEvent {
  type: string;
  at_ms?: number;
  [more: string]: unknown;
}

/** What analytics hears of the fish; `closing` is the session's end, were it now. */
export interface Report {
  type: "report";
  events: ReportedEvent[];
  closing: Record<string, number>;
}

/** The variants a visitor has, and where their memory is kept. */
export interface AssignmentMessage {
  type: "dealt";
  variants: Record<string, string>;
  persistence: "local" | "hybrid" | "cloud_sync";
}

/** A memory to store; `base` is the stored text it grew out of. */
export interface SaveMessage {
  type: "save";
  text: string;
  base: string | null;
}

/** Something went wrong. */
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

/** What the engine knows of the fish. */
export interface EngineState {
  mood: "curious" | "playful" | "shy" | "excited" | "trusting" | "lonely";
  /** Why it feels so, in words a visitor would use. */
  reason: string;
  /** 0…100 */
  trust: number;
  /** -1…1 */
  valence: number;
  /** -1…1 */
  arousal: number;
  x: number;
  y: number;
  /** Drawn so far. */
  frames: number;
  fps: number;
  food_eaten: number;
  effects: string;
  complexity: string;
  wasm_bytes: number;
  running: boolean;
}

/** What `getState()` resolves to. */
export interface FishState {
  mood: "curious" | "playful" | "shy" | "excited" | "trusting" | "lonely";
  /** Why it feels so, in words a visitor would use. */
  reason: string;
  /** 0…100 */
  trust: number;
  /** -1…1 */
  valence: number;
  /** -1…1 */
  arousal: number;
  x: number;
  y: number;
  /** Drawn so far. */
  frames: number;
  fps: number;
  food_eaten: number;
  effects: string;
  complexity: string;
  wasm_bytes: number;
  running: boolean;
  memory_saved: boolean;
  /** Where Python runs; "none" while only the picture is shown. */
  thread: "worker" | "page" | "none";
}

/** A log of all that entered the world, "" when none is kept, and the fingerprint of that world. */
export interface Recording {
  text: string;
  world: string;
}

/** What the replay of a recording led to; `problem` when it is none. */
export interface ReplayResult {
  world?: string;
  state?: Record<string, number | string>;
  problem?: string;
}

/** A phase of the start is over. */
export interface Phase {
  type: "phase";
  name: string;
  epoch_ms: number;
}

/** Bytes of an asset have come. */
export interface ProgressMessage {
  type: "progress";
  asset: string;
}

/** Python has the fish; its first frame is drawn. */
export interface Started {
  type: "ready" | "frame1";
}

/** Something happened to the fish: an event of the element, or what the studio shows of it. */
export interface EngineEvent {
  type: "event";
  name: EventName | "insight";
  detail: Record<string, unknown>;
}

/** How the fish is. */
export interface StateAnswer {
  type: "state";
  id: number;
  state: EngineState;
}

/** Parameters have changed, or why they have not. */
export interface Tuned {
  type: "tuned";
  id: number;
  problem: string | null;
}

/** The recording of this visit. */
export interface RecordAnswer {
  type: "record";
  text: string;
  world: string;
  id: number;
}

/** What a replay led to. */
export interface ReplayAnswer {
  type: "replay";
  world?: string;
  state?: Record<string, number | string>;
  problem?: string;
  id: number;
}

/** An answer to the studio's page. */
export interface StudioAnswer {
  type: "studio";
  id: number;
  [more: string]: unknown;
}

/** How fluent it was in the last seconds. */
export interface PerfDetail {
  fps: number;
  frame_p99_ms: number;
  work_ms: number;
  dropped: number;
  frames: number;
}

/** Frame statistics, every five seconds. */
export interface Perf {
  type: "perf";
  fps: number;
  frame_p99_ms: number;
  work_ms: number;
  dropped: number;
  frames: number;
}

/** The stored memory could not be read as a whole. */
export interface Damaged {
  type: "damaged";
  text: string;
  problems: string[];
}

/** Values by mood (or `thresholds`) and name, as in moods.toml; colours as "#rrggbb". */
export type ParamChanges = Record<string, Record<string, number | string>>;

/** What may be changed: all to a preset, all to a file, or single values. */
export type Tune = PresetChange | FileChange | ValuesChange;

/** Page to a swarm; it answers with how many frames it has drawn. */
export type ToSwarm = SwarmMessage | SwarmResize | SwarmSwitch;

/** Page to engine. */
export type ToEngine =
  | Init
  | SwarmMessage
  | InputMessage
  | Resize
  | Switch
  | Reset
  | Question
  | TunePreset
  | TuneFile
  | TuneValues
  | Replay
  | StudioRequest
  | MemoryText
  | StorageText
  | Study
  | Hide;

/** Engine to page. */
export type FromEngine =
  | Phase
  | ProgressMessage
  | Started
  | EngineEvent
  | StateAnswer
  | Tuned
  | RecordAnswer
  | ReplayAnswer
  | StudioAnswer
  | Perf
  | Damaged
  | SaveMessage
  | Report
  | AssignmentMessage
  | EngineError;
