/** The code view: a steering behaviour in Python is edited and run; an error is shown at its line. */

import { byId } from "../dom.js";
import { codeEditor, plainEditor } from "./editor.js";

const POLL_EVERY_MS = 500;

export class Code {
  /** @param {(act: string, more?: Record<string, unknown>) => Promise<any>} ask of Python */
  constructor(ask) {
    this.ask = ask;
    /** @type {Record<string, string>} as shipped */
    this.shipped = {};
    /** @type {Record<string, string>} as written here */
    this.own = {};
    this.polling = 0;
    this.opened = false;
    this.field = byId("source", HTMLTextAreaElement);
    this.editor = plainEditor(this.field);
    this.behaviour = byId("behaviour", HTMLSelectElement);
    this.hint = byId("code-status").textContent ?? "";
    byId("t-code").addEventListener("click", () => void this.open(), { once: true });
    byId("t-code").addEventListener("focus", () => void this.open(), { once: true });
    this.behaviour.addEventListener("change", () => this.show());
    this.field.addEventListener("input", () => this.store());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.run();
    });
    byId("run").addEventListener("click", () => void this.run());
    byId("reset-code").addEventListener("click", () => void this.reset());
  }

  async open() {
    if (this.opened) return;
    this.opened = true;
    const on = { onInput: () => this.store(), onRun: () => void this.run() };
    const [{ sources }, editor] = await Promise.all([
      this.ask("code"),
      codeEditor(this.field, on).catch(() => this.editor),
    ]);
    this.editor = editor;
    this.shipped = sources;
    this.behaviour.replaceChildren(...Object.keys(sources).map((name) => new Option(name.replaceAll("_", " "), name)));
    this.behaviour.value = "circle" in sources ? "circle" : this.behaviour.value;
    this.show();
  }

  show() {
    const name = this.behaviour.value;
    this.editor.show(this.own[name] ?? this.shipped[name]);
    this.say(this.hint);
  }

  store() {
    this.own[this.behaviour.value] = this.editor.text();
  }

  async run() {
    const name = this.behaviour.value;
    const { problems } = await this.ask("run", { name, text: this.editor.text() });
    if (problems) return this.point(problems[0]);
    this.say("The fish swims by it.");
    clearInterval(this.polling);
    this.polling = window.setInterval(() => void this.poll(), POLL_EVERY_MS);
  }

  /** Asks whether the code has failed since, while the fish swims. */
  async poll() {
    const answer = await this.ask("trouble");
    if (answer?.problems) this.point(answer.problems[0]);
  }

  async reset() {
    clearInterval(this.polling);
    delete this.own[this.behaviour.value];
    await this.ask("uncode", { name: this.behaviour.value });
    this.show();
  }

  /** @param {import("./types").Problem} problem */
  point({ line, message }) {
    clearInterval(this.polling);
    this.say(line ? `line ${line}: ${message}` : message, true);
    if (line > 0) this.editor.point(line);
  }

  /**
   * @param {string} text
   * @param {boolean} [bad]
   */
  say(text, bad = false) {
    byId("code-status").textContent = text;
    byId("code-status").classList.toggle("bad", bad);
  }
}
