/** The studio's worker: the page's Python, with the studio's part of the package in it. */

import { ASSETS } from "../assets.js";
import { bootPyodide } from "../boot.js";
import { sharedBoot } from "../interpreter.js";
import { Station } from "../station.js";
import { STUDIO } from "./wheel.js";

/** @typedef {import("../messages").ToEngine} ToEngine */

const assets = { ...ASSETS, digests: { ...ASSETS.digests, ...STUDIO.digests } };
const boot = sharedBoot((on) => bootPyodide(assets, on, { wheel: STUDIO.wheel, host: "candlefish.studio.host" }));
/** @type {Map<number, Station>} by number of the fish */
const stations = new Map();

self.addEventListener(
  "message",
  (/** @type {MessageEvent<{fish: number, message: ToEngine | null}>} */ { data: { fish, message } }) => {
    if (message === null) {
      stations.get(fish)?.close();
      stations.delete(fish);
      return;
    }
    const station = stations.get(fish) ?? new Station(boot, (told) => self.postMessage({ fish, message: told }));
    stations.set(fish, station);
    station.receive(message);
  },
);
// Pyodide may fail in a promise nobody waits for.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  for (const station of stations.values()) station.fail(event.reason, "start");
});
