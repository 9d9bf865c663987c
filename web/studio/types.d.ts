/** What the studio's page and its Python (candlefish/studio) say to each other. */

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
  /** 0: nowhere in particular. */
  line: number;
  message: string;
}

/** How the file is. */
export interface FileState {
  text: string;
  saved: string;
  values: Values;
  dirty: boolean;
  /** What undo and redo would do; "" for nothing. */
  undo: string;
  redo: string;
  /** By mood: contrast, and the colour as it is seen with each deficiency. */
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

/** Ten times a second: how the fish is, and why. */
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
  /** calls between Python and JavaScript a frame */
  crossings: number;
  detail: number;
  pace: number;
  /** of a recorded visit: how many steps it lasts, and its box as it is now, px */
  visit: [number, number, number] | null;
}

/** What outlasts a reload. */
export interface Kept {
  text: string;
  saved: string;
  history?: [string, string][];
}
