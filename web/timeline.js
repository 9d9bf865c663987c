/** What DevTools shows of a start: each phase as a measure on a track of its own, and marks where they end. */

/** @param {string} name */
const detail = (name) => ({
  devtools: { dataType: "track-entry", track: "Candlefish", tooltipText: `start: ${name}` },
});

/**
 * @param {number} began_ms when the engine was asked for, from the navigation's start
 * @param {Record<string, number>} timeline when each phase ended, in their order
 */
export function showTimeline(began_ms, timeline) {
  let start = began_ms;
  for (const [name, end] of Object.entries(timeline)) {
    performance.mark(`candlefish:${name}`, { startTime: end });
    performance.measure(`candlefish: ${name}`, { start, end: Math.max(start, end), detail: detail(name) });
    start = Math.max(start, end);
  }
}
