/** The worker: Python lives here, for every fish on the page. */

import { ASSETS } from "./assets.js";
import { bootPyodide } from "./boot.js";
import { sharedBoot } from "./interpreter.js";
import { Station } from "./station.js";

/** @typedef {import("./messages").ToEngine} ToEngine */

const boot = sharedBoot((on) => bootPyodide(ASSETS, on));
/** @type {Map<number, Station>} by number of the fish */
const stations = new Map();

/**
 * @param {number} fish
 * @returns {Station}
 */
function stationOf(fish) {
  const station = stations.get(fish) ?? new Station(boot, (message) => self.postMessage({ fish, message }));
  stations.set(fish, station);
  return station;
}

self.addEventListener(
  "message",
  (/** @type {MessageEvent<{fish: number, message: ToEngine | null}>} */ { data: { fish, message } }) => {
    if (message !== null) return stationOf(fish).receive(message);
    stations.get(fish)?.close();
    stations.delete(fish);
  },
);
// Pyodide may fail in a promise nobody waits for.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  for (const station of stations.values()) station.fail(event.reason, "start");
});
