/** Autosave: the file with its last undo steps, and the settings of the page, in local storage. */

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
   * @param {() => Promise<any>} askFile for the file with its undo steps, of Python
   */
  constructor(name, askFile) {
    this.key = `${KEY}:${name}`;
    this.askFile = askFile;
    const stored = readJson(this.key);
    /** @type {{kept?: import("./types").StoredFile, setting?: Setting}} */
    const { kept, setting } = stored !== null && typeof stored === "object" ? stored : {};
    /** The file of the last page, until it is changed here. */
    this.file = kept;
    /** @type {Setting} */
    this.setting = setting ?? {};
    this.handle = 0;
  }

  /** @param {import("./types").FileState} state whose text is stored at once, the undo steps a moment later */
  save({ text, saved }) {
    this.file = { ...this.file, text, saved, history: this.file?.history ?? [] };
    this.write();
    clearTimeout(this.handle);
    this.handle = window.setTimeout(() => void this.saveSteps(), SETTLED_MS);
  }

  async saveSteps() {
    const file = await this.askFile();
    if (file?.text === undefined) return;
    const { text, saved, history } = file;
    this.file = { text, saved, history };
    this.write();
  }

  /** @param {Setting} more */
  set(more) {
    Object.assign(this.setting, more);
    this.write();
  }

  write() {
    write(this.key, JSON.stringify({ kept: this.file, setting: this.setting }));
  }
}
