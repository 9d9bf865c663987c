/** One fish's dealings with the service: its part in experiments, its events, its memory elsewhere. */

import { Beacon } from "./beacon.js";
import { clientId, forget, KEY_OPT_OUT, keepExposure, keepVariants, mayCount, study } from "./consent.js";
import { KEY_VAULT, MemorySync } from "./memory-sync.js";
import { write } from "./storage.js";

const CODE = /^[A-Za-z][A-Za-z0-9_.]{0,63}/;

/**
 * @param {string} base the service's address, relative to the page; "" is the page's own origin
 * @param {string[]} fixed settings the page's owner chose
 * @param {(text: string) => void} onRemote another device's memory
 * @returns {Promise<Analytics | null>} null for a visitor who asked not to be counted
 */
export async function openAnalytics(base, fixed, onRemote) {
  if (!mayCount()) return null;
  const url = new URL(base || "/", document.baseURI);
  return new Analytics(url, await study(url, fixed), onRemote);
}

/** @param {boolean} out the visitor does not want to be counted, from now on */
export function setOptOut(out) {
  write(KEY_OPT_OUT, out ? "1" : null);
  if (!out) return;
  forget();
  write(KEY_VAULT, null);
}

export class Analytics {
  /**
   * @param {URL} base
   * @param {string} text what Python deals the variants by
   * @param {(text: string) => void} onRemote
   */
  constructor(base, text, onRemote) {
    this.study = text;
    this.beacon = new Beacon(new URL("api/analytics", base), clientId(), mayCount);
    this.sync = new MemorySync(base, onRemote);
    /** @type {Record<string, number> | null} the end of the session, were it now; null between sessions */
    this.closing = null;
    this.startedAt = 0;
    this.loaded = false;
  }

  /** @param {import("../messages").AssignmentMessage} message */
  dealt({ variants, persistence }) {
    keepVariants(variants);
    this.sync.begin(persistence);
  }

  /** @param {import("../messages").Report} message */
  report({ events, closing }) {
    for (const event of events) {
      if (event.type === "session_start") this.began(event);
      if (event.type === "exposure") keepExposure(String(event.experiment), String(event.variant));
      this.beacon.add(event);
    }
    if (this.startedAt > 0) this.closing = closing;
  }

  /** @param {import("../messages").ReportedEvent} event */
  began(event) {
    this.end("hidden");
    this.beacon.begin();
    this.startedAt = performance.now();
    if (!this.loaded) event.load_ms = Math.round(performance.now());
    this.loaded = true;
  }

  /**
   * Only the class of an error is told: messages may hold anything.
   * @param {{message: string, where: string}} detail
   * @param {boolean} fatal
   */
  failed({ message, where }, fatal) {
    const code = CODE.exec(message.split(":")[0]?.trim() ?? "")?.[0] ?? "Error";
    this.beacon.add({ type: "error", code, where: CODE.exec(where)?.[0] ?? "page", fatal });
    if (fatal) this.end("failed");
  }

  /** @param {"hidden" | "closed" | "disabled" | "failed"} reason */
  end(reason) {
    if (this.closing === null) return;
    const duration_s = Math.round(performance.now() - this.startedAt) / 1000;
    this.beacon.add({ type: "session_end", duration_s, ...this.closing, reason });
    this.closing = null;
    this.startedAt = 0;
  }

  /** Storage holds a new memory. */
  written() {
    this.sync.changed();
  }

  /** @param {boolean} forGood */
  hide(forGood) {
    this.end(forGood ? "closed" : "hidden");
    this.beacon.hide();
    this.sync.hide();
  }

  /** The visitor does not want to be counted. */
  optOut() {
    this.closing = null;
    this.beacon.stop();
    this.sync.close();
    setOptOut(true);
  }

  close() {
    this.end("disabled");
    this.beacon.hide();
    this.beacon.close();
    this.sync.close();
  }
}
