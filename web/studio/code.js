/** The code view: a manner of swimming in Python, changed, run and seen; an error is shown at its line. */

import { byId } from "../dom.js";
import { codeEditor, plainEditor } from "./editor.js";

const LOOK_EVERY_MS = 500;

export class Code {
  /** @param {(act: string, more?: Record<string, unknown>) => Promise<any>} ask of Python */
  constructor(ask) {
    this.ask = ask;
    /** @type {Record<string, string>} as shipped */
    this.shipped = {};
    /** @type {Record<string, string>} as written here */
    this.own = {};
    this.watching = 0;
    this.opened = false;
    this.field = byId("source", HTMLTextAreaElement);
    this.editor = plainEditor(this.field);
    this.manner = byId("manner", HTMLSelectElement);
    this.hint = byId("code-said").textContent ?? "";
    byId("t-code").addEventListener("click", () => void this.open(), { once: true });
    byId("t-code").addEventListener("focus", () => void this.open(), { once: true });
    this.manner.addEventListener("change", () => this.show());
    this.field.addEventListener("input", () => this.keep());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.run();
    });
    byId("run").addEventListener("click", () => void this.run());
    byId("uncode").addEventListener("click", () => void this.reset());
  }

  async open() {
    if (this.opened) return;
    this.opened = true;
    const on = { onInput: () => this.keep(), onRun: () => void this.run() };
    const [{ sources }, editor] = await Promise.all([
      this.ask("code"),
      codeEditor(this.field, on).catch(() => this.editor),
    ]);
    this.editor = editor;
    this.shipped = sources;
    this.manner.replaceChildren(...Object.keys(sources).map((name) => new Option(name.replaceAll("_", " "), name)));
    this.manner.value = "circle" in sources ? "circle" : this.manner.value;
    this.show();
  }

  show() {
    const name = this.manner.value;
    this.editor.show(this.own[name] ?? this.shipped[name]);
    this.say(this.hint);
  }

  keep() {
    this.own[this.manner.value] = this.editor.text();
  }

  async run() {
    const name = this.manner.value;
    const { problems } = await this.ask("run", { name, text: this.editor.text() });
    if (problems) return this.point(problems[0]);
    this.say("The fish swims by it.");
    clearInterval(this.watching);
    this.watching = window.setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  /** Whether it has failed since, as the fish swam by it. */
  async look() {
    const answer = await this.ask("trouble");
    if (answer?.problems) this.point(answer.problems[0]);
  }

  async reset() {
    clearInterval(this.watching);
    delete this.own[this.manner.value];
    await this.ask("uncode", { name: this.manner.value });
    this.show();
  }

  /** @param {import("./types").Problem} problem */
  point({ line, message }) {
    clearInterval(this.watching);
    this.say(line ? `line ${line}: ${message}` : message, true);
    if (line > 0) this.editor.point(line);
  }

  /**
   * @param {string} text
   * @param {boolean} [bad]
   */
  say(text, bad = false) {
    byId("code-said").textContent = text;
    byId("code-said").classList.toggle("bad", bad);
  }
}
