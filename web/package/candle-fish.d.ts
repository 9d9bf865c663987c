/** `<candle-fish>` for TypeScript. Lengths are CSS px in the element's box. */

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
  memory_saved: boolean;
  wasm_bytes: number;
  running: boolean;
  /** Where Python runs; "none" while only the picture is shown. */
  thread: "worker" | "page" | "none";
}

/** Values by mood (or `thresholds`) and name, as in moods.toml; colours as "#rrggbb". */
export type ParamChanges = Record<string, Record<string, number | string>>;

export interface ReadyDetail {
  thread: "worker" | "page";
  /** Milliseconds from the start of the navigation to the end of each phase. */
  timeline: Record<string, number>;
}
export interface MoodChangeDetail {
  from: FishState["mood"];
  to: FishState["mood"];
  reason: string;
}
export interface TrustChangeDetail {
  trust: number;
  change: number;
}
export interface MilestoneDetail {
  name: "first_feed" | "comfortable" | "trusting" | "bonded";
  trust: number;
}
export interface FedDetail {
  x: number;
  y: number;
  trust: number;
}
export interface ErrorDetail {
  message: string;
  where: string;
  traceback?: string;
}
export interface FallbackDetail {
  reason: string;
}
export interface PerfDetail {
  fps: number;
  frame_p99_ms: number;
  work_ms: number;
  dropped: number;
  frames: number;
}
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
