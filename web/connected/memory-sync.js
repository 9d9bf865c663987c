/**
 * The memory beyond this browser. What is stored here is merged into a vault of the service, and what the
 * vault holds comes back; Python does the merging on both sides, so nothing is lost in any order.
 */

import { KEY as KEY_MEMORY } from "./memory-store.js";
import { newId, read, readJson, write } from "./storage.js";

export const KEY_VAULT = "candlefish_vault";

const QUIET_MS = 3_000;
const PULL_EVERY_MS = 30_000;
const RETRY_MS = 5_000;
const RETRY_MAX_MS = 600_000;
const ID = /^[A-Za-z0-9_-]{16,64}$/;

/** @typedef {{id: string, mode: "hybrid" | "cloud_sync"}} Vault */

/** @returns {Vault | null} the vault of this browser; to know its id is to own it */
export function vault() {
  const found = readJson(KEY_VAULT);
  return typeof found?.id === "string" && ID.test(found.id)
    ? { id: found.id, mode: found.mode === "cloud_sync" ? "cloud_sync" : "hybrid" }
    : null;
}

export class MemorySync {
  /**
   * @param {URL} base of the service
   * @param {(text: string) => void} onRemote the vault holds this memory
   */
  constructor(base, onRemote) {
    this.base = base;
    this.onRemote = onRemote;
    /** @type {Vault | null} */
    this.vault = vault();
    this.etag = "";
    /** @type {string | null} what the vault last took from here */
    this.taken = null;
    this.failures = 0;
    this.timer = 0;
    this.busy = false;
    this.closed = false;
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    window.addEventListener("online", () => this.soon(0), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon(0), {
      signal,
    });
  }

  /** @param {string} persistence the visitor's variant; a vault they chose themselves stays */
  begin(persistence) {
    if (this.vault === null && persistence === "local") return;
    const known = this.vault !== null;
    this.own(persistence === "cloud_sync" || this.vault?.mode === "cloud_sync" ? "cloud_sync" : "hybrid");
    if (known || read(KEY_MEMORY) !== null) this.soon(0); // a new vault holds nothing yet
  }

  /** @param {Vault["mode"]} mode @param {string} [id] @returns {Vault} */
  own(mode, id) {
    this.vault = { id: id ?? this.vault?.id ?? newId(), mode };
    write(KEY_VAULT, JSON.stringify(this.vault));
    return this.vault;
  }

  /** Storage here holds something new. */
  changed() {
    if (this.vault !== null) this.soon(QUIET_MS);
  }

  /** @param {number} wait_ms */
  soon(wait_ms) {
    if (this.closed || this.vault === null || (this.timer !== 0 && wait_ms > 0)) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.exchange();
    }, wait_ms);
  }

  /** Gives what is new here, and takes what is new there. */
  async exchange() {
    if (this.busy || this.closed || this.vault === null || navigator.onLine === false) return;
    this.busy = true;
    const text = read(KEY_MEMORY);
    const giving = text !== null && text !== this.taken;
    try {
      const answer = await (giving ? this.ask("PUT", "api/memory", text) : this.ask("GET", "api/memory"));
      if (answer.ok) await this.take(answer, giving ? text : this.taken);
      this.failures = answer.ok || answer.status === 304 || answer.status === 404 ? 0 : this.failures + 1;
    } catch {
      this.failures += 1;
    }
    this.busy = false;
    this.again();
  }

  /** @param {Response} answer @param {string | null} text what was given */
  async take(answer, text) {
    const { memory } = await answer.json();
    this.etag = answer.headers.get("ETag") ?? "";
    this.taken = text;
    if (!this.closed) this.onRemote(JSON.stringify(memory));
  }

  again() {
    if (this.failures > 0) this.soon(Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.failures) * (0.5 + Math.random() / 2));
    else if (this.vault?.mode === "cloud_sync" && document.visibilityState === "visible") this.soon(PULL_EVERY_MS);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {string} [body]
   * @param {boolean} [keepalive]
   */
  ask(method, path, body, keepalive = false) {
    /** @type {Record<string, string>} */
    const headers = { Authorization: `Bearer ${this.vault?.id ?? ""}` };
    if (method === "GET" && this.etag !== "") headers["If-None-Match"] = this.etag;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const more = body === undefined ? {} : { body };
    return fetch(new URL(path, this.base), {
      method,
      headers,
      keepalive,
      credentials: "omit",
      cache: "no-store",
      ...more,
    });
  }

  /** The page is hidden: what the vault has not seen is sent on its way. */
  hide() {
    const text = read(KEY_MEMORY);
    if (this.closed || this.vault === null || text === null || text === this.taken || navigator.onLine === false)
      return;
    this.ask("PUT", "api/memory", text, true).catch(() => {}); // it is in storage here, and given again
  }

  /**
   * A code that brings another device to this memory.
   * @returns {Promise<{code: string, expires_s: number}>}
   */
  async pair() {
    this.own("cloud_sync");
    await this.exchange();
    const answer = await this.ask("POST", "api/memory/pairing");
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.message);
    return content;
  }

  /** @param {string} code makes a code useless before its time */
  async revoke(code) {
    const answer = await this.ask("DELETE", `api/memory/pairing/${encodeURIComponent(code)}`);
    if (!answer.ok) throw new Error((await answer.json()).message);
  }

  /** @param {string} code from another device: the two remember as one from now on */
  async join(code) {
    const answer = await this.ask("POST", "api/memory/join", JSON.stringify({ code }));
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.message);
    this.own("cloud_sync", content.vault);
    this.etag = "";
    this.taken = null;
    await this.exchange();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.stopping.abort();
  }
}
