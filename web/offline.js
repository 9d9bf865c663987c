/** The site's own page opens without a network from the second visit on. The element alone keeps nothing. */

/** The fish comes first. */
const AFTER_MS = 2000;

/** Registers the service worker, once the fish swims; not for a visitor who saves data. */
export function keepForLater() {
  const { serviceWorker, connection } = /** @type {any} */ (navigator);
  if (serviceWorker === undefined || connection?.saveData === true) return;
  const script = new URL("../service-worker.js", import.meta.url);
  setTimeout(() => serviceWorker.register(script, { updateViaCache: "none" }).catch(() => {}), AFTER_MS);
}
