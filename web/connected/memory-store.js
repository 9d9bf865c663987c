/**
 * The visitor's memory in localStorage. Python owns what it means; this owns when it is written, and that
 * two tabs never overwrite each other: a write happens only when storage still holds what the new text grew
 * out of, otherwise Python gets what is there, merges, and saves again.
 */

export const KEY = "candlefish_memory";
export const KEY_DAMAGED = `${KEY}.damaged`;
export const KEY_PENDING = `${KEY}.pending`;

const EVERY_MS = 2000;
const MOST_PENDING = 8;
const MOST_DAMAGED_CHARS = 64_000;

/** @typedef {import("../messages").SaveMessage} Save */
/** @typedef {import("../messages").Pending} Pending */

/**
 * @param {string | null} text
 * @returns {Pending[]} what can be read of it
 */
function parsePending(text) {
  try {
    const list = JSON.parse(text ?? "[]");
    const ok = (/** @type {any} */ item) =>
      typeof item?.mine === "string" && (item.base === null || typeof item.base === "string");
    return Array.isArray(list) ? list.filter(ok).slice(-MOST_PENDING) : [];
  } catch {
    return [];
  }
}

/** @returns {string} a random id for a device without one */
function newDevice() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @type {Set<MemoryStore>} the stores of this document, which gets no storage events for its own writes */
const stores = new Set();

export class MemoryStore {
  /**
   * @param {{onForeign: (text: string | null) => void, onWritten: (text: string) => void,
   *   onTrouble: (detail: {reason: string, message: string}) => void}} on
   *   `onForeign`: another tab's text is in storage; `onWritten`: ours is; `onTrouble`: nothing can be saved
   */
  constructor(on) {
    this.on = on;
    /** Storage works, as far as is known. */
    this.saved = true;
    this.readable = true;
    /** @type {Save | null} */
    this.waiting = null;
    /** @type {Save | null} refused for a merge Python has not answered yet */
    this.refused = null;
    /** @type {Save | null} our last write: later saves may still name its base */
    this.last = null;
    /** @type {Pending[]} taken over at the start, not yet part of a write */
    this.claimed = [];
    /** @type {Pending[]} left behind when the page was hidden for good */
    this.left = [];
    this.timer = 0;
    this.wroteAt = -Infinity;
    /** @param {StorageEvent} event */
    this.onStorage = (event) => {
      if (event.key === KEY || event.key === null) this.on.onForeign(this.read(KEY));
    };
    window.addEventListener("storage", this.onStorage);
    stores.add(this);
  }

  /** @returns {import("../messages").Remembered} */
  open() {
    const memory = this.read(KEY);
    this.claimed = parsePending(this.read(KEY_PENDING));
    if (this.claimed.length > 0) this.write(KEY_PENDING, null);
    return { memory, pending: this.claimed, device: newDevice() };
  }

  /** @param {Save} save */
  save(save) {
    this.waiting = save;
    this.refused = null;
    const wait_ms = this.wroteAt + EVERY_MS - performance.now();
    if (wait_ms <= 0 || document.visibilityState === "hidden") this.commit();
    else this.timer ||= window.setTimeout(() => this.commit(), wait_ms);
  }

  /** Writes what waits, if storage holds what it grew out of. */
  commit() {
    const save = this.take();
    if (save === null) return;
    const held = this.read(KEY);
    if (this.fits(save, held)) return void this.put(save);
    this.refused = save;
    this.on.onForeign(held);
  }

  /** @returns {Save | null} what waits to be written; nothing does afterwards */
  take() {
    clearTimeout(this.timer);
    this.timer = 0;
    const save = this.waiting;
    this.waiting = null;
    return save;
  }

  /**
   * @param {Save} save
   * @param {string | null} held
   */
  fits(save, held) {
    const ours = this.last !== null && this.last.base === save.base && this.last.text === held;
    return held === save.base || ours || !this.readable;
  }

  /** @param {Save} save */
  put(save) {
    this.wroteAt = performance.now();
    const news = this.read(KEY) !== save.text;
    if (!this.write(KEY, save.text)) return;
    this.last = save;
    this.claimed = [];
    this.on.onWritten(save.text);
    if (!news) return;
    for (const other of stores) if (other !== this) other.on.onForeign(save.text);
  }

  /** The page goes: what waits is written now; what would need a merge is left for the next page. */
  flush() {
    const save = this.take() ?? this.refused;
    this.refused = null;
    if (save === null) this.leave(this.claimed);
    else if (this.fits(save, this.read(KEY))) this.put(save);
    else this.leave([{ base: save.base, mine: save.text }]);
    this.claimed = [];
  }

  /** @param {Pending[]} late */
  leave(late) {
    if (late.length === 0) return;
    this.left = late;
    this.write(KEY_PENDING, JSON.stringify([...parsePending(this.read(KEY_PENDING)), ...late].slice(-MOST_PENDING)));
  }

  /** The page is back out of the browser's cache: takes back what it left, unless another page has it. */
  comeBack() {
    const left = this.left.map((item) => JSON.stringify(item));
    const there = parsePending(this.read(KEY_PENDING));
    const others = there.filter((item) => !left.includes(JSON.stringify(item)));
    const mine = this.left.at(-1)?.mine;
    if (others.length < there.length) this.write(KEY_PENDING, others.length > 0 ? JSON.stringify(others) : null);
    else if (mine !== undefined) this.on.onWritten(mine); // merged into storage by the page that took it
    this.left = [];
    this.on.onForeign(this.read(KEY));
  }

  /** @param {string} text what could not be read whole */
  setAside(text) {
    this.write(KEY_DAMAGED, text.slice(0, MOST_DAMAGED_CHARS));
  }

  /** Drops all but the memory itself, which Python writes anew. @returns {string} a fresh device id */
  reset() {
    this.take();
    this.refused = null;
    this.claimed = [];
    for (const key of [KEY_DAMAGED, KEY_PENDING]) this.write(key, null);
    return newDevice();
  }

  /**
   * @param {string} key
   * @returns {string | null}
   */
  read(key) {
    try {
      return localStorage.getItem(key);
    } catch (error) {
      this.readable = false;
      this.trouble("denied", error);
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {string | null} text null removes
   * @returns {boolean} whether it worked
   */
  write(key, text) {
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
      if (key === KEY) this.saved = true;
      return true;
    } catch (error) {
      const full = error instanceof DOMException && error.name === "QuotaExceededError";
      if (key === KEY) this.trouble(full ? "full" : "denied", error);
      return false;
    }
  }

  /**
   * @param {string} reason
   * @param {unknown} error
   */
  trouble(reason, error) {
    const first = this.saved;
    this.saved = false;
    if (first) this.on.onTrouble({ reason, message: String(error) });
  }

  close() {
    stores.delete(this);
    this.flush();
    window.removeEventListener("storage", this.onStorage);
  }
}
