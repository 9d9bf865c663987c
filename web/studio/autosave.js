/** What a reload must not lose: the file with its last steps, and how the studio was set up. */

import { readJson, write } from "../connected/storage.js";

const KEY = "candlefish_studio";
const SETTLED_MS = 500;

/**
 * @typedef {object} Setting
 * @property {string} [table]
 * @property {string} [device]
 * @property {string[]} [locks]
 * @property {boolean} [hold]
 * @property {boolean} [hintsSeen]
 */

export class Autosave {
  /**
   * @param {string} name of the file
   * @param {() => Promise<any>} askKept Python's part
   */
  constructor(name, askKept) {
    this.key = `${KEY}:${name}`;
    this.askKept = askKept;
    const found = readJson(this.key);
    /** @type {{kept?: import("./types").Kept, setting?: Setting}} */
    this.found = found !== null && typeof found === "object" ? found : {};
    /** @type {Setting} */
    this.setting = this.found.setting ?? {};
    this.handle = 0;
  }

  /** @param {import("./types").FileState} state the text at once, the steps back when the hand rests */
  keep({ text, saved }) {
    this.found.kept = { ...this.found.kept, text, saved, history: this.found.kept?.history ?? [] };
    this.write();
    clearTimeout(this.handle);
    this.handle = window.setTimeout(() => void this.keepSteps(), SETTLED_MS);
  }

  async keepSteps() {
    const kept = await this.askKept();
    if (kept?.text === undefined) return;
    const { text, saved, history } = kept;
    this.found.kept = { text, saved, history };
    this.write();
  }

  /** @param {Setting} more */
  set(more) {
    Object.assign(this.setting, more);
    this.write();
  }

  write() {
    write(this.key, JSON.stringify({ kept: this.found.kept, setting: this.setting }));
  }
}
