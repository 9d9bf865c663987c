/** Fetching the parts of the interpreter: each verified, named when it fails, and given up when it stands still. */

import { unpackedName } from "./unpack.js";

/** No byte of anything for so long: what is still missing will not come. Counted in looks, as a stopped process makes none. */
export const STALL_MS = 12_000;
const RETRY_MS = 600;
const LOOK_MS = 1000;
const TELL_MS = 1000;

/** The network, also while a start has put something else in the place of `fetch`. */
const ask = fetch.bind(globalThis);

/** An asset that could not be had. `again` says whether a second try may help. */
export class AssetError extends Error {
  /**
   * @param {string} asset its path in the site
   * @param {string} problem
   * @param {boolean} [again]
   */
  constructor(asset, problem, again = true) {
    super(`${asset}: ${problem}`);
    this.name = "AssetError";
    this.asset = asset;
    this.again = again;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} hexadecimal; "" where the page may not hash (plain HTTP)
 */
async function sha256(bytes) {
  if (crypto.subtle === undefined) return "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {BufferSource} */ (bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Uint8Array[]} parts let go as they are joined
 * @returns {Uint8Array}
 */
function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * What the service worker keeps comes as it is; what the browser's own cache keeps is unpacked at every visit.
 *
 * @param {URL} url of a file that never changes
 * @returns {Promise<Response | undefined>}
 */
async function kept(url) {
  try {
    return await caches.match(url);
  } catch {
    return undefined; // none here: plain HTTP, or storage is not allowed
  }
}

/** @type {(bytes: Uint8Array) => Promise<WebAssembly.Module>} */
export const compile = (bytes) => WebAssembly.compile(/** @type {BufferSource} */ (bytes));

/** @type {(wait_ms: number) => Promise<void>} */
const pause = (wait_ms) => new Promise((resolve) => setTimeout(resolve, wait_ms));

export class Downloads {
  /**
   * @param {URL} base what the paths are relative to
   * @param {Record<string, string>} digests SHA-256 by path, hexadecimal
   * @param {Record<string, number>} unpacked bytes of each packed file once it is unpacked, by path
   * @param {(asset: string) => void} onProgress at most once a second
   */
  constructor(base, digests, unpacked, onProgress) {
    this.base = base;
    this.digests = digests;
    this.unpacked = unpacked;
    this.onProgress = onProgress;
    /** @type {Map<AbortController, string>} */
    this.pending = new Map();
    this.looks = 0;
    this.toldAt = -Infinity;
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** @param {string} path */
  name(path) {
    return path.replace(/^(\.\.?\/)+/, "");
  }

  /** @param {string} asset */
  moved(asset) {
    this.looks = 0;
    const now = performance.now();
    if (now - this.toldAt < TELL_MS) return;
    this.toldAt = now;
    this.onProgress(asset);
  }

  look() {
    this.looks += 1;
    if (this.looks * LOOK_MS < STALL_MS) return;
    for (const [controller, asset] of this.pending)
      controller.abort(new AssetError(asset, `no byte came for ${STALL_MS / 1000} s`, false));
  }

  /**
   * @template T
   * @param {(cache: RequestCache) => Promise<T>} attempt made at most twice, the second time past the browser's cache
   * @returns {Promise<T>}
   */
  async twice(attempt) {
    try {
      return await attempt("default");
    } catch (error) {
      if (!(error instanceof AssetError) || !error.again) throw error;
      await pause(RETRY_MS * (1 + Math.random()));
      return attempt("reload").catch((second) => Promise.reject(Object.assign(second, { again: false })));
    }
  }

  /**
   * @template T
   * @param {string} path
   * @param {(bytes: Uint8Array) => Promise<T>} use begins while the bytes, as the build wrote them, are verified
   * @returns {Promise<T>}
   */
  read(path, use) {
    return this.twice((cache) => this.attempt(path, use, cache));
  }

  /**
   * @template T
   * @param {string} path
   * @param {(bytes: Uint8Array) => Promise<T>} use begins while the bytes are verified
   * @param {RequestCache} cache
   * @returns {Promise<T>}
   */
  attempt(path, use, cache) {
    const asset = this.name(path);
    return this.watched(asset, async (signal) => {
      const url = new URL(path, this.base);
      const response = (cache === "default" && (await kept(url))) || (await ask(url, { signal, cache }));
      if (!response.ok) throw new AssetError(asset, `HTTP ${response.status}`, response.status >= 500);
      if (response.headers.get("content-type")?.includes("text/html"))
        throw new AssetError(asset, "a web page came in its place");
      const bytes = await this.body(response, asset);
      const [made] = await Promise.all([use(bytes), this.verify(bytes, path)]);
      return made;
    });
  }

  /**
   * Ends with an error that names the asset, also when nothing moves any more.
   *
   * @template T
   * @param {string} asset
   * @param {(signal: AbortSignal) => Promise<T>} act
   * @returns {Promise<T>}
   */
  async watched(asset, act) {
    const controller = new AbortController();
    const { signal } = controller;
    this.pending.set(controller, asset);
    /** @type {Promise<never>} */
    const stalled = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    try {
      return await Promise.race([act(signal), stalled]);
    } catch (error) {
      throw error instanceof AssetError
        ? error
        : new AssetError(asset, error instanceof Error ? error.message : String(error));
    } finally {
      this.pending.delete(controller);
      this.moved(asset);
    }
  }

  /**
   * @param {string} path
   * @returns {Promise<Uint8Array>} what the build wrote
   */
  bytes(path) {
    return this.read(path, async (bytes) => bytes);
  }

  /**
   * Compiled once it is here: to compile while it comes, and keep a copy to verify, takes longer than both in turn.
   *
   * @param {string} path
   * @returns {Promise<WebAssembly.Module>}
   */
  code(path) {
    return this.read(path, compile);
  }

  /**
   * A file of the build's, unpacked.
   *
   * @template T
   * @param {string} path
   * @param {Promise<<T>(packed: Uint8Array, use: (bytes: Uint8Array) => T) => T>} unpack
   * @param {(bytes: Uint8Array) => T | Promise<T>} use keeps a copy only: the bytes are its for this one call
   * @returns {Promise<T>}
   */
  async packed(path, unpack, use) {
    const bytes = await this.watched(this.name(path), () => this.keptUnpacked(path));
    if (bytes !== null) return use(bytes);
    return this.read(path, async (packed) => (await unpack)(packed, use));
  }

  /**
   * What the service worker verified and unpacked. Storage notices its own damage, so here the length is enough.
   *
   * @param {string} path
   * @returns {Promise<Uint8Array | null>}
   */
  async keptUnpacked(path) {
    const response = await kept(new URL(unpackedName(path), this.base));
    const body = await response?.arrayBuffer().catch(() => undefined);
    return body !== undefined && body.byteLength === this.unpacked[path] ? new Uint8Array(body) : null;
  }

  /**
   * @param {string} path
   * @returns {Promise<any>} the module's exports
   */
  script(path) {
    return this.twice(() => this.watched(this.name(path), () => import(new URL(path, this.base).href)));
  }

  /**
   * @param {Uint8Array} bytes
   * @param {string} path what the build wrote there they must be
   */
  async verify(bytes, path) {
    const digest = await sha256(bytes);
    if (digest !== "" && digest !== (this.digests[path] ?? digest))
      throw new AssetError(this.name(path), "it is damaged");
  }

  /**
   * @param {Response} response
   * @param {string} asset
   * @returns {Promise<Uint8Array>} its body
   */
  async body(response, asset) {
    /** @type {Uint8Array[]} */
    const parts = [];
    if (response.body === null) throw new AssetError(asset, "it is empty");
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      this.moved(asset);
    }
    return joined(parts);
  }

  close() {
    clearInterval(this.timer);
  }
}
