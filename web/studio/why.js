/** The causes of the mood: stimuli, the diagram of moods with the present one lit, and the ways out of it. */

import { byId } from "../dom.js";
import { draw, make } from "./dom.js";
import { Plane, Timeline } from "./plots.js";

/** @typedef {import("./types").Insight} Insight */
/** @typedef {import("./types").Arrow} Arrow */

const CENTRE = { x: 190, y: 104 };
const RADIUS = { x: 136, y: 78 };
const NODE = { x: 40, y: 15 };

/** @param {string} text */
const words = (text) => text.replace(/_(px_s|px|hz|s)\b/g, "").replaceAll("_", " ");

export class Why {
  /**
   * @param {Arrow[]} arrows
   * @param {(mood: string) => string} colourOf
   */
  constructor(arrows, colourOf) {
    this.colourOf = colourOf;
    this.plane = new Plane(byId("plane", HTMLCanvasElement));
    this.timeline = new Timeline(byId("timeline", HTMLCanvasElement), colourOf);
    /** @type {Map<string, {row: HTMLElement, bar: HTMLElement}>} */
    this.bars = new Map();
    this.moods = [...new Set(arrows.map(({ from }) => from))];
    this.drawDiagram(arrows);
    this.ways = "";
  }

  /** @param {string} mood */
  place(mood) {
    const turn = (this.moods.indexOf(mood) / this.moods.length) * 2 * Math.PI - Math.PI / 2;
    return { x: CENTRE.x + RADIUS.x * Math.cos(turn), y: CENTRE.y + RADIUS.y * Math.sin(turn) };
  }

  /** @param {Arrow[]} arrows */
  drawDiagram(arrows) {
    const lines = arrows.map(({ from, to, reasons }) => this.arrow(from, to, reasons));
    const nodes = this.moods.map((mood) => {
      const { x, y } = this.place(mood);
      const box = draw("rect", { x: x - NODE.x, y: y - NODE.y, width: 2 * NODE.x, height: 2 * NODE.y, rx: NODE.y });
      return draw("g", { class: "node", "data-mood": mood }, box, draw("text", { x, y: y + 4 }, mood));
    });
    byId("diagram", SVGSVGElement).replaceChildren(...lines, ...nodes);
  }

  /**
   * @param {string} from
   * @param {string} to
   * @param {string[]} reasons
   */
  arrow(from, to, reasons) {
    const [a, b] = [this.place(from), this.place(to)];
    const long = Math.hypot(b.x - a.x, b.y - a.y);
    const [ux, uy] = [(b.x - a.x) / long, (b.y - a.y) / long];
    const side = 5; // there and back lie beside each other
    const edge = 1 / Math.max(Math.abs(ux) / (NODE.x + 5), Math.abs(uy) / (NODE.y + 5));
    const start = { x: a.x + ux * edge - uy * side, y: a.y + uy * edge + ux * side };
    const end = { x: b.x - ux * edge - uy * side, y: b.y - uy * edge + ux * side };
    const head = `M${end.x - ux * 6 - uy * 3.5} ${end.y - uy * 6 + ux * 3.5}L${end.x} ${end.y}L${end.x - ux * 6 + uy * 3.5} ${end.y - uy * 6 - ux * 3.5}`;
    const path = draw("path", {
      class: "arrow",
      d: `M${start.x} ${start.y}L${end.x} ${end.y}${head}`,
      "data-from": from,
      "data-to": to,
    });
    path.append(draw("title", {}, `${from} → ${to}: ${reasons.join(", ")}`));
    return path;
  }

  /** @param {Insight} now */
  show(now) {
    const colour = this.colourOf(now.mood);
    this.plane.show(now, colour);
    this.timeline.show(now);
    this.showStimuli({ startle: now.startle, ...now.stimuli });
    const diagram = byId("diagram", SVGSVGElement);
    if (diagram.dataset.mood !== now.mood) {
      diagram.dataset.mood = now.mood;
      diagram.style.setProperty("--mood", colour);
      for (const one of diagram.querySelectorAll("[data-mood]"))
        one.classList.toggle("lit", one.getAttribute("data-mood") === now.mood);
      for (const one of diagram.querySelectorAll("[data-from]"))
        one.classList.toggle("lit", one.getAttribute("data-from") === now.mood);
      diagram.setAttribute("aria-label", `The moods and their changes; now ${now.mood}`);
    }
    if (byId("ways").offsetParent !== null) this.showWays(now.ways);
  }

  /** @param {Record<string, number>} strengths */
  showStimuli(strengths) {
    const list = byId("stimuli");
    for (const [name, strength] of Object.entries(strengths)) {
      let one = this.bars.get(name);
      if (!one) {
        const bar = make("i");
        one = { bar, row: make("li", {}, make("span", {}, name), bar) };
        this.bars.set(name, one);
        list.append(one.row);
      }
      one.bar.style.setProperty("--strength", String(Math.min(1, strength)));
      one.row.classList.toggle("felt", strength > 0.02);
    }
  }

  /** @param {Insight["ways"]} ways */
  showWays(ways) {
    const key = JSON.stringify(ways);
    if (key === this.ways) return;
    this.ways = key;
    const items = ways.map(({ to, reason, all, conditions }) => {
      const dot = make("span", { className: "dot" });
      dot.style.setProperty("--mood", this.colourOf(to));
      const chips = conditions.map(([text, holds]) =>
        make("span", { className: `chip ${holds ? "holds" : ""}` }, `${holds ? "✓" : "·"} ${words(text)}`),
      );
      return make(
        "li",
        {},
        make(
          "p",
          {},
          dot,
          make("strong", {}, to),
          ` ${reason}`,
          make("span", { className: "any" }, all || conditions.length < 2 ? "" : " (any of)"),
        ),
        make("p", { className: "chips" }, ...chips),
      );
    });
    byId("ways").replaceChildren(...items);
  }
}
