/** The fish on the stage: the one that is tuned, and for comparison the fish as last saved. */

import { Controller } from "../element/controller.js";
import { WorkerPool } from "../runtime/worker-pool.js";
import { make } from "./dom.js";
import { STUDIO } from "./studio-assets.js";

const NAME = "candlefish studio";
/** @type {import("../messages").Options} */
const OPTIONS = { seed: 7, effects: "standard", complexity: "standard" };

export class StudioFish {
  /**
   * @param {HTMLElement} box
   * @param {object} on
   * @param {() => void} on.onReady
   * @param {(insight: import("./types").Insight) => void} on.onInsight
   * @param {(message: string) => void} on.onFailure
   */
  constructor(box, on) {
    this.box = box;
    this.pool = new WorkerPool(
      { wheel: STUDIO.wheel, digests: STUDIO.digests, module: "candlefish.studio.studio_host" },
      NAME,
    );
    this.canvas = this.addCanvas(box);
    /** @type {{controller: Controller, box: HTMLElement} | null} */
    this.comparison = null;
    this.cursor = make("div", { className: "cursor", hidden: true });
    box.append(this.cursor);
    let trouble = "";
    this.controller = new Controller(
      { box, focus: box, canvas: this.canvas },
      OPTIONS,
      (receive) => this.pool.open(receive),
      {
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
      },
    );
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
   * @returns {Promise<any>} Python's answer; null when the engine is closed
   */
  ask(act, more = {}) {
    return this.controller.ask((id) => ({ ...more, type: "studio", id, do: act }));
  }

  /** @param {HTMLElement | null} box for the fish as last saved; null to end the comparison */
  compare(box) {
    this.comparison?.controller.close();
    this.comparison?.box.replaceChildren();
    this.comparison = null;
    if (box === null) return;
    const place = { box, focus: make("span"), canvas: this.addCanvas(box) };
    const controller = new Controller(place, OPTIONS, (receive) => this.pool.open(receive), {
      onEvent: () => {},
      onFirstFrame: () => {},
      onFailure: () => this.compare(null),
    });
    controller.disable(true);
    this.comparison = { controller, box };
  }

  /** @returns {HTMLCanvasElement} a picture of the fish */
  picture() {
    const { width, height } = this.canvas;
    const copy = make("canvas", { width, height });
    copy.getContext("2d")?.drawImage(this.canvas, 0, 0);
    return copy;
  }
}
