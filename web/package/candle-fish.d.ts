/**
 * `<candle-fish>` for TypeScript. Lengths are CSS px in the element's box.
 * Written by builder/protocol.py from what Python declares: change it there.
 */

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

/** Values by mood (or `thresholds`) and name, as in moods.toml; colours as "#rrggbb". */
export type ParamChanges = Record<string, Record<string, number | string>>;

/** Where Python runs, and milliseconds from the start of the navigation to the end of each phase. */
export interface ReadyDetail {
  thread: "worker" | "page";
  timeline: Record<string, number>;
}

export interface MoodChangeDetail {
  from: "curious" | "playful" | "shy" | "excited" | "trusting" | "lonely";
  to: "curious" | "playful" | "shy" | "excited" | "trusting" | "lonely";
  reason: string;
}

/** Trust as it is now, 0…100, and by how much it has changed. */
export interface TrustChangeDetail {
  trust: number;
  change: number;
}

/** What happened for the first time. */
export interface MilestoneDetail {
  name: "first_feed" | "comfortable" | "trusting" | "bonded";
  trust: number;
}

/** Where it ate, CSS px in the box. */
export interface FedDetail {
  x: number;
  y: number;
  trust: number;
}

/** What went wrong, and where. */
export interface ErrorDetail {
  message: string;
  where: string;
  traceback?: string;
}

/** Why only the picture is shown. */
export interface FallbackDetail {
  reason: string;
}

/** How fluent it was in the last seconds. */
export interface PerfDetail {
  fps: number;
  frame_p99_ms: number;
  work_ms: number;
  dropped: number;
  frames: number;
}

/** Why its memory could not be kept or read. */
export interface StorageDetail {
  reason: string;
  message: string;
}

export class CandleFish extends HTMLElement {
  paused: boolean;
  disabled: boolean;
  pause(): void;
  resume(): void;
  feed(x: number, y: number): void;
  reset(): void;
  getState(): Promise<FishState>;
  setParams(values: ParamChanges | null): Promise<void>;
  pair(): Promise<{ code: string; expires_s: number }>;
  join(code: string): Promise<void>;
  optOut(out?: boolean): Promise<void>;
}

export interface CandleFishEvents {
  "candlefish:ready": CustomEvent<ReadyDetail>;
  "candlefish:moodchange": CustomEvent<MoodChangeDetail>;
  "candlefish:trustchange": CustomEvent<TrustChangeDetail>;
  "candlefish:milestone": CustomEvent<MilestoneDetail>;
  "candlefish:fed": CustomEvent<FedDetail>;
  "candlefish:error": CustomEvent<ErrorDetail>;
  "candlefish:fallback": CustomEvent<FallbackDetail>;
  "candlefish:perf": CustomEvent<PerfDetail>;
  "candlefish:storage": CustomEvent<StorageDetail>;
}

declare global {
  interface HTMLElementTagNameMap {
    "candle-fish": CandleFish;
  }
  interface HTMLElementEventMap extends CandleFishEvents {}
  interface DocumentEventMap extends CandleFishEvents {}
}
