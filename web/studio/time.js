/** Time and circumstances: pace, single steps, the last minute, trust, hour and visitor. */

import { byId } from "../dom.js";
import { make } from "./dom.js";

/** @typedef {import("./types").Insight} Insight */

/** @param {number} hour */
export const clock = (hour) =>
  `${String(Math.floor(hour)).padStart(2, "0")}:${String(Math.floor((hour % 1) * 60)).padStart(2, "0")}`;

const RECORDING = "a recording";

export class Time {
  /**
   * @param {(act: string, more?: Record<string, unknown>) => Promise<any>} ask of Python
   * @param {string[]} personas
   */
  constructor(ask, personas) {
    this.ask = ask;
    this.pace = 1;
    this.past = false;
    this.seeking = false;
    /** A recorded visit is being replayed. */
    this.visited = false;
    /** @type {number | null} */
    this.wanted = null;
    this.play = byId("play");
    this.scrub = byId("scrub", HTMLInputElement);
    this.trust = byId("trust", HTMLInputElement);
    this.hour = byId("hour", HTMLInputElement);
    const persona = byId("persona", HTMLSelectElement);
    persona.append(...personas.map((name) => make("option", { value: name }, name.replaceAll("-", " "))));
    persona.append(make("option", { value: RECORDING }, "a recording …"));
    persona.addEventListener("change", () =>
      persona.value === RECORDING ? byId("recording").click() : void this.visit(persona.value),
    );
    this.persona = persona;
    const pace = byId("pace", HTMLSelectElement);
    pace.addEventListener("change", () => this.setPace(Number(pace.value)));
    this.play.addEventListener("click", () => this.toggle());
    byId("step").addEventListener("click", () => void this.step());
    byId("go-on").addEventListener("click", () => void this.leave(true));
    byId("back").addEventListener("click", () => void this.leave(false));
    this.scrub.addEventListener("input", () => this.seek(Number(this.scrub.value)));
    this.trust.addEventListener("input", () => void ask("trust", { value: Number(this.trust.value) }));
    this.hour.addEventListener("input", () => void ask("hour", { value: Number(this.hour.value) }));
  }

  /** @returns {boolean} */
  get still() {
    return this.play.getAttribute("aria-pressed") === "true";
  }

  /** @param {number} pace */
  setPace(pace) {
    this.pace = pace;
    if (!this.still) void this.ask("pace", { value: pace });
  }

  toggle() {
    if (this.past) return void this.leave(true);
    this.showStill(!this.still);
    void this.ask("pace", { value: this.still ? 0 : this.pace });
  }

  /** @param {boolean} on */
  showStill(on) {
    this.play.setAttribute("aria-pressed", String(on));
    this.play.setAttribute("aria-label", on ? "Let time run" : "Stop time");
  }

  async step() {
    if (!this.still) this.toggle();
    await this.ask("step", { count: 1 });
  }

  /** @param {number} step while one moment is looked up only the latest request is queued */
  async seek(step) {
    this.wanted = step;
    if (this.seeking) return;
    this.seeking = true;
    while (this.wanted !== null) {
      const next = this.wanted;
      this.wanted = null;
      await this.ask("seek", { step: next });
    }
    this.seeking = false;
    this.showPast(true);
  }

  /** @param {boolean} here go on from the moment shown, or return to the latest */
  async leave(here) {
    await this.ask("go_on", { here });
    if (this.pace !== 1) await this.ask("pace", { value: this.pace });
    this.showPast(false);
  }

  /** @param {boolean} on */
  showPast(on) {
    this.past = on;
    this.showStill(on);
    byId("past").hidden = !on;
  }

  /** @param {string} name of a persona; "" for the person at the page */
  async visit(name) {
    const { about = "" } = (await this.ask("persona", { name: name || null })) ?? {};
    byId("persona-about").textContent = about || "you visit it";
  }

  /** A recorded visit begins. */
  showVisit() {
    this.persona.value = RECORDING;
    byId("persona-about").textContent = "a recorded visit";
    this.showPast(false);
  }

  /** @param {Insight} now */
  show(now) {
    if (this.visited && now.visit === null && this.persona.value === RECORDING) {
      this.persona.value = "";
      void this.visit("");
    }
    this.visited = now.visit !== null;
    this.scrub.min = String(now.last - 3600);
    this.scrub.max = String(now.last);
    if (document.activeElement !== this.scrub || !this.past) this.scrub.value = String(now.step);
    const ago = (now.last - now.step) / 60;
    this.scrub.setAttribute("aria-valuetext", ago < 0.05 ? "now" : `${ago.toFixed(1)} seconds ago`);
    byId("ago").textContent = ago < 0.05 ? "now" : `${ago.toFixed(1)} s ago`;
    if (document.activeElement !== this.trust) this.trust.value = String(now.trust);
    byId("trust-now").textContent = String(Math.round(now.trust));
    if (document.activeElement !== this.hour) this.hour.value = String(now.hour);
    byId("hour-now").textContent = clock(now.hour);
    this.trust.setAttribute("aria-valuetext", String(Math.round(now.trust)));
    this.hour.setAttribute("aria-valuetext", clock(now.hour));
  }
}
