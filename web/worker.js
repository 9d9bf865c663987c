/** The worker: Python lives here. */

import { ASSETS } from "./assets.js";
import { bootPyodide } from "./boot.js";
import { Station } from "./station.js";

const station = new Station(
  (on) => bootPyodide(ASSETS, on),
  (message) => self.postMessage(message),
);

self.addEventListener("message", (event) => station.receive(event.data));
// Pyodide may fail in a promise nobody waits for.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  station.fail(event.reason, "start");
});
