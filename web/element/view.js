/** The shadow tree of `<candle-fish>`: picture, canvas, keyboard pointer, pause button, live region. */

import { LABEL } from "../protocol.js";
import { SHADOW_CSS } from "./styles.js";

const HELP = "Arrow keys move a light it follows, Enter or Space feeds it, Escape leaves.";
const HINT = "Waking up …";
const FADE_MS = 500; // longer than the transition in styles.js
const ANNOUNCE_EVERY_MS = 8000;
const ICON = "M3 2h4v12H3zM9 2h4v12H9z";
const ICON_PAUSED = "M3 1.5v13l11-6.5z";
const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} part also its class
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, part) {
  const made = document.createElement(tag);
  made.className = part;
  made.part.add(part);
  return made;
}

export class View {
  /**
   * @param {HTMLElement} host
   * @param {() => void} onPause the visitor presses the pause button
   */
  constructor(host, onPause) {
    this.host = host;
    this.announcedAt = -Infinity;
    this.announcing = 0;
    const root = host.attachShadow({ mode: "open", delegatesFocus: true });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHADOW_CSS);
    root.adoptedStyleSheets = [sheet];
    this.slot = document.createElement("slot");
    this.stage = element("div", "stage");
    this.cursor = element("div", "cursor");
    this.hint = Object.assign(element("div", "hint"), { textContent: HINT, hidden: true });
    this.hint.setAttribute("aria-hidden", "true"); // the picture is what there is, until it swims
    this.help = Object.assign(document.createElement("p"), {
      className: "unseen",
      id: "help",
      textContent: HELP,
      hidden: true,
    });
    this.live = Object.assign(document.createElement("p"), { className: "unseen live" });
    this.pause = this.pauseButton(onPause);
    this.live.setAttribute("role", "status");
    this.cursor.hidden = true;
    this.stage.append(this.slot, this.hint, this.cursor);
    root.append(this.stage, this.pause, this.help, this.live);
    this.still();
  }

  /** @param {() => void} onPause */
  pauseButton(onPause) {
    const button = element("button", "pause");
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("viewBox", "0 0 16 16");
    icon.setAttribute("aria-hidden", "true");
    icon.append(document.createElementNS(SVG, "path"));
    button.type = "button";
    button.append(icon);
    button.addEventListener("click", onPause);
    return button;
  }

  /** @param {boolean} on */
  showPaused(on) {
    this.pause.setAttribute("aria-label", on ? "Let the fish swim" : "Pause the fish");
    this.pause.querySelector("path")?.setAttribute("d", on ? ICON_PAUSED : ICON);
  }

  /** @param {string | null} label "" or null: our own */
  setLabel(label) {
    this.stage.setAttribute("aria-label", label || LABEL);
  }

  /**
   * Without a picture of the page's own, the one that comes with the fish.
   * @param {boolean} transparent without water
   */
  showPicture(transparent) {
    const name = transparent ? "fallback-transparent.svg" : "fallback.svg";
    const { href } = new URL(`../static/${name}`, import.meta.url);
    if (this.slot.querySelector("img")?.src === href) return;
    const picture = Object.assign(document.createElement("img"), { alt: "", src: href });
    picture.part.add("picture");
    this.slot.replaceChildren(picture);
  }

  /** @returns {{canvas: HTMLCanvasElement, water: HTMLCanvasElement}} fresh ones over the picture, transparent until `alive` */
  addCanvases() {
    const [water, canvas] = [0, 1].map(() => {
      const made = document.createElement("canvas");
      made.part.add("canvas");
      made.setAttribute("aria-hidden", "true"); // the stage has the name
      return made;
    });
    water.className = "water";
    this.stage.insertBefore(water, this.cursor);
    this.stage.insertBefore(canvas, this.cursor);
    return { canvas, water };
  }

  /** @param {boolean} on the start takes long */
  showHint(on) {
    this.hint.hidden = !on;
  }

  /** The canvases fade in. */
  alive() {
    this.showHint(false);
    this.stage.classList.add("alive");
    this.pause.hidden = false;
  }

  /** @param {boolean} listens the fish takes pointer and keyboard */
  listen(listens) {
    const { stage, help } = this;
    help.hidden = !listens;
    stage.tabIndex = listens ? 0 : -1;
    stage.setAttribute("role", listens ? "application" : "img");
    if (listens) stage.setAttribute("aria-describedby", help.id);
    else stage.removeAttribute("aria-describedby");
  }

  /** Only the picture is left. */
  still() {
    clearTimeout(this.announcing);
    this.stage.classList.remove("alive");
    this.showHint(false);
    this.cursor.hidden = true;
    this.pause.hidden = true;
    this.live.textContent = "";
    this.listen(false);
    this.dropCanvases();
  }

  /** Removes canvases that no controller draws on, once they have faded out. */
  dropCanvases() {
    const old = [...this.stage.querySelectorAll("canvas")];
    const remove = () => {
      for (const canvas of old) canvas.remove();
    };
    if (this.host.isConnected) window.setTimeout(remove, FADE_MS);
    else remove();
  }

  /**
   * At most one announcement in eight seconds; the last mood wins.
   * @param {string} mood
   */
  announce(mood) {
    clearTimeout(this.announcing);
    const wait_ms = Math.max(0, this.announcedAt + ANNOUNCE_EVERY_MS - performance.now());
    this.announcing = window.setTimeout(() => {
      this.announcedAt = performance.now();
      this.live.textContent = `The fish is ${mood}.`;
    }, wait_ms);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} on
   */
  showCursor(x, y, on) {
    this.cursor.hidden = !on;
    this.cursor.style.transform = `translate(${x}px, ${y}px)`;
  }
}
