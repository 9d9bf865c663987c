/**
 * Keeps a whole release of the site's own page, so that it opens without a network.
 *
 * A release is kept whole or not at all: every file is verified while it comes, the page comes after all it
 * needs, and only then is the release the one that is served. All files but the page are named by what is in
 * them, so no page ever meets the files of another. What is not of a release (the API, other pages) is left alone.
 */

import { isPacked, unpackedName, unpacking } from "../runtime/unpack.js";
import { RELEASE } from "./release.js";

const NAME = "candlefish";
const NEVER_CHANGING = /^(?:app|pyodide|snapshot)-[^/]*[0-9a-f]{12}\//;
/** Between two files: the fish is swimming meanwhile. */
const BREATH_MS = 60;

const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const home = new URL("./", location.href).href;
/** Says which release is served. */
const pointer = `${home}release`;

/** @param {string} release */
const cacheOf = (release) => `${NAME}-${release}`;

/** @param {string} path */
const address = (path) => new URL(path, home).href;

/** @returns {Promise<string>} the release that is served, "" when there is none yet */
async function served() {
  const said = await (await caches.open(NAME)).match(pointer);
  return (await said?.text()) ?? "";
}

/** @type {(path: string) => string} of what is kept of a file */
const keptAddress = (path) => address(isPacked(path) ? unpackedName(path) : path);

/**
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Response>}
 */
async function fetched(path, options) {
  const response = await fetch(address(path), options);
  if (!response.ok || response.redirected) throw new Error(`${path || "the page"}: HTTP ${response.status}`);
  return response;
}

/** @type {(path: string) => Promise<Response>} fails if it is not what the build wrote */
const verified = (path) => fetched(path, { integrity: RELEASE.files[path] });

/**
 * What is packed is kept unpacked, which is what a later visit has less to do with.
 *
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function toKeep(path) {
  const response = await verified(path);
  if (!isPacked(path)) return response;
  const unpack = unpacking(await WebAssembly.compileStreaming(verified(RELEASE.unpacker)));
  const bytes = unpack(new Uint8Array(await response.arrayBuffer()), (shared) => shared.slice());
  return new Response(/** @type {BufferSource} */ (bytes), { headers: { "Content-Type": "application/octet-stream" } });
}

/** Fails as a whole; what has come is verified and need not come again. */
async function keep() {
  const cache = await caches.open(cacheOf(RELEASE.name));
  for (const path of Object.keys(RELEASE.files)) {
    const key = keptAddress(path);
    if (await cache.match(key)) continue;
    const known = await caches.match(key);
    await cache.put(key, known ?? (await toKeep(path)));
    if (!known) await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
  }
  const page = await fetched("", { cache: "no-cache" });
  if (!(await page.clone().text()).includes(RELEASE.page_names)) throw new Error("the page is of another release");
  await cache.put(home, page);
  await (await caches.open(NAME)).put(pointer, new Response(RELEASE.name));
}

/** No page of an earlier release is open any more. */
async function tidy() {
  const wanted = new Set([NAME, cacheOf(RELEASE.name), cacheOf(await served())]);
  const names = (await caches.keys()).filter((name) => name.startsWith(NAME) && !wanted.has(name));
  await Promise.all(names.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/**
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function page(request) {
  const release = await served();
  const kept = release === "" ? undefined : await (await caches.open(cacheOf(release))).match(home);
  return kept ?? fetch(request);
}

/**
 * @param {Request} request
 * @returns {Promise<Response> | null} null: none of ours
 */
function answer(request) {
  if (request.method !== "GET" || request.cache === "reload" || request.cache === "no-store") return null;
  if (!request.url.startsWith(home)) return null;
  const path = request.url.slice(home.length).replace(/[?#].*/, "");
  if (request.mode === "navigate") return path === "" || path === "index.html" ? page(request) : null;
  if (!NEVER_CHANGING.test(path)) return null;
  return caches.match(address(path)).then((kept) => kept ?? fetch(request));
}

scope.addEventListener("install", (event) => event.waitUntil(keep()));
scope.addEventListener("activate", (event) => event.waitUntil(tidy()));
scope.addEventListener("fetch", (event) => {
  const response = answer(event.request);
  if (response !== null) event.respondWith(response);
});
