/** Fetching the parts of the interpreter: each verified, named when it fails, and given up when it stands still. */

/** No byte of anything for so long: what is still missing will not come. */
export const STALL_MS = 12_000;
const RETRY_MS = 600;
const LOOK_MS = 1000;
const TELL_MS = 1000;

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

/** @type {(wait_ms: number) => Promise<void>} */
const pause = (wait_ms) => new Promise((resolve) => setTimeout(resolve, wait_ms));

export class Downloads {
  /**
   * @param {URL} base what the paths are relative to
   * @param {Record<string, string>} digests SHA-256 by path, hexadecimal
   * @param {(asset: string) => void} onProgress at most once a second
   */
  constructor(base, digests, onProgress) {
    this.base = base;
    this.digests = digests;
    this.onProgress = onProgress;
    /** @type {Map<AbortController, string>} */
    this.pending = new Map();
    this.movedAt = performance.now();
    this.toldAt = -Infinity;
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** @param {string} path */
  name(path) {
    return path.replace(/^(\.\.?\/)+/, "");
  }

  /** @param {string} asset */
  moved(asset) {
    this.movedAt = performance.now();
    if (this.movedAt - this.toldAt < TELL_MS) return;
    this.toldAt = this.movedAt;
    this.onProgress(asset);
  }

  look() {
    if (performance.now() - this.movedAt < STALL_MS) return;
    for (const [controller, asset] of this.pending) controller.abort(new AssetError(asset, `no byte came for ${STALL_MS / 1000} s`, false));
  }

  /**
   * Tries at most twice, the second time past the browser's cache.
   *
   * @template T
   * @param {string} path
   * @param {(response: Response, asset: string) => Promise<T>} use
   * @returns {Promise<T>}
   */
  async get(path, use) {
    try {
      return await this.attempt(path, use, "default");
    } catch (error) {
      if (!(error instanceof AssetError) || !error.again) throw error;
      await pause(RETRY_MS * (1 + Math.random()));
      return this.attempt(path, use, "reload");
    }
  }

  /**
   * @template T
   * @param {string} path
   * @param {(response: Response, asset: string) => Promise<T>} use
   * @param {RequestCache} cache
   * @returns {Promise<T>}
   */
  attempt(path, use, cache) {
    const asset = this.name(path);
    return this.watched(asset, async (signal) => {
      const response = await fetch(new URL(path, this.base), { signal, cache });
      if (!response.ok) throw new AssetError(asset, `HTTP ${response.status}`, response.status >= 500);
      if (response.headers.get("content-type")?.includes("text/html")) throw new AssetError(asset, "a web page came in its place");
      return use(response, asset);
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
      throw error instanceof AssetError ? error : new AssetError(asset, error instanceof Error ? error.message : String(error));
    } finally {
      this.pending.delete(controller);
      this.moved(asset);
    }
  }

  /**
   * @param {Response} response
   * @param {string} path
   * @returns {Promise<Uint8Array>} its body, which is what the build wrote
   */
  async body(response, path) {
    const asset = this.name(path);
    /** @type {Uint8Array[]} */
    const parts = [];
    if (response.body === null) throw new AssetError(asset, "it is empty");
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      this.moved(asset);
    }
    const bytes = joined(parts);
    const digest = await sha256(bytes);
    const expected = this.digests[path] ?? digest;
    if (digest !== "" && digest !== expected) throw new AssetError(asset, "it is damaged");
    return bytes;
  }

  /**
   * @param {string} path
   * @returns {Promise<Uint8Array>}
   */
  bytes(path) {
    return this.get(path, (response) => this.body(response, path));
  }

  /**
   * Compiled while it comes, and verified before it is used.
   *
   * @param {string} path
   * @returns {Promise<WebAssembly.Module>}
   */
  code(path) {
    return this.get(path, async (response) => {
      const copy = response.clone();
      const [code] = await Promise.all([WebAssembly.compileStreaming(response), this.body(copy, path)]);
      return code;
    });
  }

  /**
   * For code that others compile while it comes. A damaged body cannot be fetched again under them.
   *
   * @param {string} path
   * @param {RequestCache} cache
   * @returns {{response: Promise<Response>, whole: Promise<unknown>}} `whole` settles when all has come and is verified
   */
  streamed(path, cache) {
    /** @type {(response: Response) => void} */
    let begin = () => {};
    /** @type {Promise<Response>} */
    const response = new Promise((resolve) => (begin = resolve));
    const whole = this.attempt(
      path,
      (one) => {
        const copy = one.clone();
        begin(one);
        return this.body(copy, path);
      },
      cache,
    );
    return { response, whole: whole.then(() => undefined) }; // or the body would stay as long as whoever waits for it
  }

  /**
   * @param {string} path
   * @returns {Promise<any>} the module's exports
   */
  script(path) {
    return this.watched(this.name(path), () => import(new URL(path, this.base).href));
  }

  close() {
    clearInterval(this.timer);
  }
}
