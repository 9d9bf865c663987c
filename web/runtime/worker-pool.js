/** Where Python runs, seen from the page: a worker, or the page itself when canvases cannot leave it. */

import { failure } from "./failure.js";

/** @typedef {import("../engine").Engine} Engine */
/** @typedef {import("../messages").FromEngine} FromEngine */
/** @typedef {import("../engine").PythonHost} PythonHost */

/** A fish that moves in the page, or is put back at once, finds Python still there. */
const LINGER_MS = 800;

/** @returns {boolean} a canvas can be drawn on from a worker */
export function canUseWorker() {
  return (
    typeof Worker === "function" &&
    typeof OffscreenCanvas === "function" &&
    typeof HTMLCanvasElement.prototype.transferControlToOffscreen === "function"
  );
}

/** A worker and the fish that live in it. It ends with the last of them. */
class EngineWorker {
  /**
   * @param {PythonHost | null} python
   * @param {string} name
   */
  constructor(python, name) {
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name });
    if (python !== null) this.worker.postMessage({ python });
    /** @type {Map<number, (message: FromEngine) => void>} */
    this.fish = new Map();
    this.ending = 0;
    /** Something in it has failed, or it has ended: whoever comes next gets a new one. */
    this.failed = false;
    this.worker.addEventListener("message", ({ data: { fish, message } }) => this.tell(fish, message));
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      const trouble = failure(event.message || "worker.js, or a module it needs, could not be loaded", "worker");
      for (const fish of [...this.fish.keys()]) this.tell(fish, { ...trouble, asset: "worker.js" });
    });
  }

  /**
   * @param {number} fish
   * @param {FromEngine} message
   */
  tell(fish, message) {
    if (message.type === "error" && message.fatal) this.failed = true;
    this.fish.get(fish)?.(message);
  }

  /**
   * @param {number} fish
   * @param {(message: FromEngine) => void} onMessage
   */
  join(fish, onMessage) {
    clearTimeout(this.ending);
    this.fish.set(fish, onMessage);
  }

  /**
   * @param {number} fish
   * @param {boolean} silent it has stopped to answer
   */
  leave(fish, silent) {
    if (!this.fish.delete(fish)) return;
    this.failed ||= silent;
    this.worker.postMessage({ fish, message: null });
    if (this.fish.size === 0) this.ending = window.setTimeout(() => this.end(), this.failed ? 0 : LINGER_MS);
  }

  end() {
    this.failed = true;
    this.worker.terminate();
  }
}

/** The engines of a page that run in workers: one for all of them, and a new one after a failure. */
export class WorkerPool {
  /**
   * @param {PythonHost | null} [python] null: the fish's
   * @param {string} [name] of its workers, as DevTools show it
   */
  constructor(python = null, name = "candlefish") {
    this.python = python;
    this.name = name;
    /** @type {EngineWorker | null} */
    this.newest = null;
    this.lastFish = 0;
  }

  /**
   * @param {(message: FromEngine) => void} onMessage
   * @returns {Engine}
   */
  open(onMessage) {
    const fish = ++this.lastFish;
    if (this.newest === null || this.newest.failed) this.newest = new EngineWorker(this.python, this.name);
    const mine = this.newest;
    mine.join(fish, onMessage);
    return {
      thread: "worker",
      post: (message, transfer = []) => mine.worker.postMessage({ fish, message }, transfer),
      close: (silent = false) => mine.leave(fish, silent),
    };
  }
}

/**
 * What runs Python on the page is fetched only where that is needed.
 *
 * @param {(message: FromEngine) => void} onMessage
 * @returns {Engine}
 */
export function pageEngine(onMessage) {
  const opened = import("./engine-inline.js").then(({ openOnPage }) => openOnPage(onMessage));
  opened.catch((error) => onMessage({ ...failure(error, "start"), asset: "engine-inline.js" }));
  return {
    thread: "page",
    post: (message) =>
      void opened.then(
        (engine) => engine.post(message),
        () => {},
      ),
    close: () =>
      void opened.then(
        (engine) => engine.close(),
        () => {},
      ),
  };
}
