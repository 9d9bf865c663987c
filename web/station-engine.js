/** An engine whose Python runs on the page's own thread. */

import { Station } from "./station.js";

/**
 * @param {(on: import("./messages").BootEvents) => Promise<import("./messages").StartHost>} boot
 * @param {(message: import("./messages").FromEngine) => void} onMessage
 * @returns {import("./messages").Engine}
 */
export function stationEngine(boot, onMessage) {
  const station = new Station(boot, (message) => onMessage(message));
  return {
    thread: "page",
    post: (message) => station.receive(message),
    close: () => station.close(),
  };
}
