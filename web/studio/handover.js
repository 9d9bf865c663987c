/** Files in and out: import, export, links, embed snippets, pictures and films. */

import { byId } from "../dom.js";
import { make } from "./dom.js";

/** @typedef {import("./commands.js").Commands} Commands */

const FILM_MS = 6000;
const MOST_BYTES = 262_144;
const MOST_RECORDED_BYTES = 64 * 1024 * 1024;

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** @returns {string | undefined} the first kind of film that this browser records */
function filmType() {
  return ["video/webm;codecs=vp9", "video/webm", "video/mp4"].find((one) => window.MediaRecorder?.isTypeSupported(one));
}

export class Handover {
  /**
   * @param {Commands} commands
   * @param {import("./fish.js").StudioFish} fish
   * @param {string} name of the file
   * @param {(text: string) => void} say
   * @param {(text: string, name: string) => Promise<void>} onVisit takes a recorded visit
   */
  constructor(commands, fish, name, say, onVisit) {
    this.onVisit = onVisit;
    this.commands = commands;
    this.fish = fish;
    this.name = name;
    this.say = say;
    this.dialog = byId("handover", HTMLDialogElement);
    this.text = byId("handover-text", HTMLTextAreaElement);
    this.format = byId("format", HTMLSelectElement);
    this.format.addEventListener("change", () => void this.fill());
    byId("share").addEventListener("click", () => void this.open());
    byId("handover-close").addEventListener("click", () => this.dialog.close());
    byId("copy-text").addEventListener("click", () => void this.copy());
    byId("download-text").addEventListener("click", () => this.download());
    byId("png").addEventListener("click", () =>
      this.fish.picture().toBlob((blob) => blob && download(blob, "candlefish.png"), "image/png"),
    );
    byId("film").addEventListener("click", () => this.film());
    byId("film").textContent =
      `Film of ${FILM_MS / 1000} s, ${filmType()?.match(/webm|mp4/)?.[0] ?? "not in this browser"}`;
    for (const id of ["file", "recording"]) {
      const picker = byId(id, HTMLInputElement);
      picker.addEventListener("change", () => {
        if (picker.files?.[0]) void this.take(picker.files[0]);
        picker.value = "";
      });
    }
    byId("import").addEventListener("click", () => byId("file").click());
    this.listenToDrops();
  }

  listenToDrops() {
    const over = byId("drop");
    let depth = 0;
    const show = (/** @type {number} */ change) => {
      depth = Math.max(0, depth + change);
      over.hidden = depth === 0;
    };
    addEventListener("dragenter", () => show(1));
    addEventListener("dragleave", () => show(-1));
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      show(-depth);
      const file = event.dataTransfer?.files[0];
      if (file) void this.take(file);
    });
  }

  /** @param {File} file */
  async take(file) {
    const recorded = file.name.toLowerCase().endsWith(".jsonl");
    const most = recorded ? MOST_RECORDED_BYTES : MOST_BYTES;
    if (file.size > most)
      return this.commands.on.onProblems(
        [{ line: 0, message: `expected at most ${most} bytes, got ${file.size}` }],
        `import ${file.name}`,
      );
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      return this.commands.on.onProblems([{ line: 0, message: "not a text in UTF-8" }], `import ${file.name}`);
    }
    if (recorded) return this.onVisit(text, file.name);
    const answer = await this.commands.do("import", { text, name: file.name });
    if (!answer.problems) this.say(`${file.name} is open; undo brings the one before back`);
  }

  async open() {
    this.dialog.showModal();
    await this.fill();
  }

  async fill() {
    this.text.value = await this.written();
    byId("download-text").hidden = !["toml", "json"].includes(this.format.value);
  }

  /** @returns {Promise<string>} */
  async written() {
    const state = this.commands.state;
    if (state === null) return "";
    switch (this.format.value) {
      case "json":
        return (await this.commands.ask("json", {})).text;
      case "link":
        return `${location.origin}${location.pathname}#moods=${state.link}`;
      case "embed":
        return `<script type="module" src="candle-fish.js"></script>\n<candle-fish mood-preset="./${this.name}" style="height: 60vh"></candle-fish>\n`;
      default:
        return state.text;
    }
  }

  async copy() {
    this.text.select();
    try {
      await navigator.clipboard.writeText(this.text.value);
      this.say("Copied");
    } catch {
      this.say("Selected: copy it with your keyboard");
    }
  }

  download() {
    const json = this.format.value === "json";
    download(
      new Blob([this.text.value], { type: json ? "application/json" : "application/toml" }),
      json ? this.name.replace(/\.toml$/, ".json") : this.name,
    );
    if (!json) void this.commands.do("saved");
  }

  film() {
    const button = byId("film", HTMLButtonElement);
    const type = filmType();
    if (type === undefined) return this.say("This browser records no films");
    const recorder = new MediaRecorder(this.fish.canvas.captureStream(30), {
      mimeType: type,
      videoBitsPerSecond: 6_000_000,
    });
    /** @type {Blob[]} */
    const parts = [];
    let failed = "";
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      button.disabled = false;
      if (failed) return this.say(`The film failed: ${failed}`);
      download(new Blob(parts, { type }), type.includes("mp4") ? "candlefish.mp4" : "candlefish.webm");
      this.say("The film is done");
    });
    recorder.addEventListener("error", (event) => {
      failed = "error" in event && event.error instanceof Error ? event.error.message : "the recorder stopped";
    });
    recorder.start();
    button.disabled = true;
    this.say(`Filming for ${FILM_MS / 1000} seconds`);
    setTimeout(() => recorder.state === "recording" && recorder.stop(), FILM_MS);
  }
}
