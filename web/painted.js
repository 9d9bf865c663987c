/** When the page can be seen: what is heavy waits for that, so that it does not delay it. */

/** Browsers that never tell, or have nothing to paint, hold nothing up for longer. */
const MOST_MS = 600;

/** @type {Promise<void> | null} */
let first = null;

/** @returns {Promise<void>} settled once the page's first paint is on the screen */
export function painted() {
  first ??= new Promise((resolve) => {
    const observer = new PerformanceObserver(() => {
      observer.disconnect();
      resolve();
    });
    observer.observe({ type: "paint", buffered: true });
    setTimeout(resolve, Math.max(0, MOST_MS - performance.now()));
  });
  return first;
}
