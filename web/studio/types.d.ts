/** Messages between the studio's page and its Python (candlefish/studio). */

export interface Param {
  name: string;
  label: string;
  kind: "number" | "colour" | "curve";
  help: string;
  low: number;
  high: number;
  step: number;
  unit: string;
  /** Thresholds it must be less than, and more than. */
  below?: string[];
  above?: string[];
}

export interface Table {
  name: string;
  title: string;
  groups: { title: string; params: Param[] }[];
}

export type Values = Record<string, Record<string, number | string>>;

export interface Schema {
  tables: Table[];
  presets: Record<string, Values>;
}

export interface Problem {
  /** 0: no line in particular. */
  line: number;
  message: string;
}

/** The state of the file. */
export interface FileState {
  text: string;
  saved: string;
  values: Values;
  dirty: boolean;
  /** The steps that undo and redo would take; "" for none. */
  undo: string;
  redo: string;
  /** By mood: contrast, and the colour as seen with each deficiency. */
  colours: Record<string, Record<string, number | string>>;
  link: string;
}

export interface Arrow {
  from: string;
  to: string;
  reasons: string[];
}

export interface Opened extends FileState {
  schema: Schema;
  arrows: Arrow[];
  personas: string[];
}

/** The state of the fish and its causes, ten times a second. */
export interface Insight {
  mood: string;
  reason: string;
  dwell_s: number;
  trust: number;
  valence: number;
  arousal: number;
  rest: [number, number];
  hour: number;
  step: number;
  first: number;
  last: number;
  startle: number;
  felt: string;
  stimuli: Record<string, number>;
  pointer: [number, number] | null;
  ways: { to: string; reason: string; all: boolean; conditions: [string, boolean][] }[];
  fps: number;
  frame_p99_ms: number;
  work_ms: number;
  dropped: number;
  wasm_bytes: number;
  /** Calls between Python and JavaScript a frame. */
  crossings: number;
  detail: number;
  pace: number;
  /** Of a recorded visit: its number of steps, and its present box, px. */
  visit: [number, number, number] | null;
}

/** The file as it is stored in the browser, with its undo steps. */
export interface StoredFile {
  text: string;
  saved: string;
  history?: [string, string][];
}
