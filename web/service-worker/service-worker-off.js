/** The kill switch: in the place of the service worker it removes what that kept, and itself. */

const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

async function leave() {
  const names = (await caches.keys()).filter((name) => name.startsWith("candlefish"));
  await Promise.all(names.map((name) => caches.delete(name)));
  await scope.registration.unregister();
}

scope.addEventListener("install", () => scope.skipWaiting());
scope.addEventListener("activate", (event) => event.waitUntil(leave()));
