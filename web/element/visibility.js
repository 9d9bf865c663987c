/** Whether the fish can be seen, how large its box is, and when the page's first paint is done. */

const MOST_DPR = 2;
const MOST_PIXELS = 4_200_000; // a canvas of 2560 × 1600; more costs memory nobody sees

/**
 * @param {number} width
 * @param {number} height
 * @returns {number} device px per CSS px, bounded
 */
export function boundedDpr(width, height) {
  const fits = Math.sqrt(MOST_PIXELS / Math.max(1, width * height));
  return Math.min(window.devicePixelRatio || 1, MOST_DPR, Math.max(0.5, fits));
}

export class Visibility {
  /**
   * @param {HTMLElement} box
   * @param {{onVisible: (on: boolean) => void, onResize: (box: import("../messages").Box) => void,
   *   onHide: (forGood: boolean) => void, onReturn: () => void}} on `onReturn`: out of the browser's page cache
   */
  constructor(box, on) {
    this.box = box;
    this.on = on;
    this.onScreen = false;
    this.visible = false;
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    this.crossing = new IntersectionObserver((entries) => this.cross(entries));
    this.crossing.observe(box);
    this.sizing = new ResizeObserver(() => this.resize());
    this.sizing.observe(box);
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    window.addEventListener("pagehide", () => on.onHide(true), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && on.onReturn(), { signal });
    this.watchDpr();
  }

  /** A media query matches one ratio: ask again for each new one. */
  watchDpr() {
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const again = () => {
      this.resize();
      this.watchDpr();
    };
    query.addEventListener("change", again, { once: true, signal: this.stopping.signal });
  }

  /** @returns {import("../messages").Box} */
  size() {
    const { clientWidth: width, clientHeight: height } = this.box;
    return { width, height, dpr: boundedDpr(width, height) };
  }

  resize() {
    const size = this.size();
    if (size.width > 0 && size.height > 0) this.on.onResize(size);
    this.look();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  cross(entries) {
    this.onScreen = entries.at(-1)?.isIntersecting ?? false;
    this.look();
  }

  look() {
    const hidden = document.visibilityState === "hidden";
    const visible = this.onScreen && !hidden && this.box.clientWidth > 0 && this.box.clientHeight > 0;
    if (visible !== this.visible) {
      this.visible = visible;
      this.on.onVisible(visible);
    }
    if (hidden) this.on.onHide(false);
  }

  close() {
    this.stopping.abort();
    this.crossing.disconnect();
    this.sizing.disconnect();
  }
}

/** Browsers that never tell, or have nothing to paint, hold nothing up for longer. */
const MOST_MS = 600;

/** @type {Promise<void> | null} */
let painted = null;

/** @returns {Promise<void>} settled once the page's first paint is on the screen: what is heavy waits for that */
export function firstPaint() {
  painted ??= new Promise((resolve) => {
    const observer = new PerformanceObserver(() => {
      observer.disconnect();
      resolve();
    });
    observer.observe({ type: "paint", buffered: true });
    setTimeout(resolve, Math.max(0, MOST_MS - performance.now()));
  });
  return painted;
}
