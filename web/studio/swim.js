/** The fish on the stage: the one that is tuned, and beside or under it its double as last saved. */

import { Tank } from "../tank.js";
import { make } from "./dom.js";

/** @typedef {import("../messages").FromEngine} FromEngine */
/** @typedef {import("../messages").ToEngine} ToEngine */
/** @typedef {import("../messages").Engine} Engine */

/** @type {import("../messages").Options} */
const OPTIONS = { seed: 7, effects: "standard", complexity: "standard" };

/** One worker for the fish and its double. */
class Workshop {
  constructor() {
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "candlefish studio" });
    /** @type {Map<number, (message: FromEngine) => void>} */
    this.fish = new Map();
    this.last = 0;
    this.worker.addEventListener("message", ({ data: { fish, message } }) => this.fish.get(fish)?.(message));
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      const message = event.message || "studio/worker.js, or a module it needs, could not be loaded";
      for (const tell of [...this.fish.values()]) tell({ type: "error", message, where: "worker", fatal: true });
    });
  }

  /**
   * @param {(message: FromEngine) => void} onMessage
   * @returns {Engine}
   */
  open(onMessage) {
    const fish = ++this.last;
    this.fish.set(fish, onMessage);
    return {
      thread: "worker",
      post: (message, transfer = []) => this.worker.postMessage({ fish, message }, transfer),
      close: () => {
        this.fish.delete(fish);
        this.worker.postMessage({ fish, message: null });
      },
    };
  }
}

export class Swim {
  /**
   * @param {HTMLElement} box
   * @param {object} on
   * @param {() => void} on.onReady
   * @param {(insight: import("./types").Insight) => void} on.onInsight
   * @param {(message: string) => void} on.onFailure
   */
  constructor(box, on) {
    this.box = box;
    this.workshop = new Workshop();
    this.canvas = this.addCanvas(box);
    /** @type {{tank: Tank, box: HTMLElement} | null} */
    this.double = null;
    this.cursor = make("div", { className: "cursor", hidden: true });
    box.append(this.cursor);
    let trouble = "";
    this.tank = new Tank({ box, focus: box, canvas: this.canvas }, OPTIONS, (receive) => this.workshop.open(receive), {
      onEvent: (name, detail) => {
        if (name === "insight") on.onInsight(/** @type {any} */ (detail));
        else if (name === "ready") on.onReady();
        else if (name === "error") trouble = String(detail.message);
      },
      onFirstFrame: () => box.classList.add("awake"),
      onFailure: () => on.onFailure(trouble),
      showCursor: (x, y, shown) => {
        this.cursor.hidden = !shown;
        Object.assign(this.cursor.style, { left: `${x}px`, top: `${y}px` });
      },
    });
  }

  /** @param {HTMLElement} box */
  addCanvas(box) {
    const canvas = document.createElement("canvas");
    box.append(canvas);
    return canvas;
  }

  /**
   * @param {string} act
   * @param {Record<string, unknown>} [more]
   * @returns {Promise<any>} Python's answer; null when it is gone
   */
  ask(act, more = {}) {
    return this.tank.ask((id) => ({ ...more, type: "studio", id, do: act }));
  }

  /** @param {HTMLElement | null} box where its double is to swim; null: no more */
  compare(box) {
    this.double?.tank.close();
    this.double?.box.replaceChildren();
    this.double = null;
    if (box === null) return;
    const place = { box, focus: make("span"), canvas: this.addCanvas(box) };
    const tank = new Tank(place, OPTIONS, (receive) => this.workshop.open(receive), {
      onEvent: () => {},
      onFirstFrame: () => {},
      onFailure: () => this.compare(null),
    });
    tank.disable(true);
    this.double = { tank, box };
  }

  /** @returns {HTMLCanvasElement} a picture of the fish as it is */
  picture() {
    const { width, height } = this.canvas;
    const copy = make("canvas", { width, height });
    copy.getContext("2d")?.drawImage(this.canvas, 0, 0);
    return copy;
  }
}
