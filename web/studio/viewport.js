/** The stage: a box of any size for the fish, with the fish as last saved beside or over it. */

import { byId } from "../dom.js";

/** @type {Record<string, [number, number] | null>} CSS px; null: as large as there is room */
export const DEVICES = {
  fill: null,
  Phone: [390, 700],
  "Phone, landscape": [844, 390],
  Tablet: [768, 1024],
  "Laptop hero": [1280, 640],
  Banner: [970, 250],
  "Square card": [400, 400],
};

export class Viewport {
  /**
   * @param {import("./fish.js").StudioFish} fish
   * @param {() => void} onChange
   */
  constructor(fish, onChange) {
    this.fish = fish;
    this.onChange = onChange;
    /** The size of a recorded visit's box, while there is one. */
    this.visitSize = "";
    this.room = byId("room");
    this.stage = byId("stage");
    this.device = byId("device", HTMLSelectElement);
    this.view = byId("compare", HTMLSelectElement);
    this.wipe = byId("wipe", HTMLInputElement);
    this.device.append(
      ...Object.keys(DEVICES)
        .slice(1)
        .map((name) => new Option(name, name)),
    );
    this.device.addEventListener("change", () => this.choose(this.device.value));
    this.view.addEventListener("change", () => this.compare(this.view.value));
    this.wipe.addEventListener("input", () => this.showWipe());
    this.watching = new ResizeObserver(() => this.tellSize());
    this.watching.observe(this.stage);
    this.watching.observe(this.room);
  }

  /** @param {string} device */
  choose(device) {
    const size = DEVICES[device] ?? null;
    this.device.value = device in DEVICES ? device : "fill";
    Object.assign(
      this.stage.style,
      size ? { width: `${size[0]}px`, height: `${size[1]}px` } : { width: "", height: "" },
    );
    this.stage.classList.toggle("fill", size === null);
    this.onChange();
  }

  /** @param {[number, number] | null} size of the box of a recorded visit, CSS px; null restores the stage's own */
  showVisit(size) {
    const [width, height] = size ?? [0, 0];
    if (this.visitSize === `${width} × ${height}`) return;
    const given = this.visitSize !== "";
    this.visitSize = size ? `${width} × ${height}` : "";
    if (size === null) return void (given && this.choose(this.device.value));
    Object.assign(this.stage.style, { width: `${width}px`, height: `${height}px` });
    this.stage.classList.remove("fill");
  }

  tellSize() {
    byId("size").textContent = `${this.stage.offsetWidth} × ${this.stage.offsetHeight}`;
  }

  /** @param {string} how off, side, wipe */
  compare(how) {
    this.view.value = how;
    this.stage.dataset.compare = how;
    byId("comparison-box").hidden = how === "off";
    byId("wipe-field").hidden = how !== "wipe";
    this.fish.compare(how === "off" ? null : byId("comparison"));
    this.showWipe();
  }

  showWipe() {
    byId("comparison-box").style.clipPath = this.view.value === "wipe" ? `inset(0 0 0 ${this.wipe.value}%)` : "";
    this.stage.style.setProperty("--wipe", `${this.wipe.value}%`);
  }
}
