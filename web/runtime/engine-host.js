/** The host of one Python engine, between the page's messages and Python: the same in the worker and on the page. */

import { failure } from "./failure.js";
import { Stage } from "./stage.js";

/** @typedef {import("../messages").FromEngine} FromEngine */
/** @typedef {import("../messages").ToEngine} ToEngine */
/** @typedef {import("../engine").StartHost} StartHost */
/** @typedef {import("../engine").BootEvents} BootEvents */

export class EngineHost {
  /**
   * @param {(on: BootEvents) => Promise<StartHost>} boot starts Python; called once, at the first message
   * @param {(message: FromEngine) => void} post to the page
   */
  constructor(boot, post) {
    this.boot = boot;
    this.post = post;
    this.closed = false;
    /** @type {import("../engine").Host | null} */
    this.host = null;
    /** @type {Stage | null} */
    this.stage = null;
    /** @type {ToEngine[]} what came before Python was there */
    this.early = [];
    /** @type {(text: string | null) => void} */
    this.takeStudy = () => {};
    /** @type {Promise<string | null>} */
    this.study = new Promise((resolve) => {
      this.takeStudy = resolve;
    });
  }

  /** @param {ToEngine} message */
  receive(message) {
    if (this.closed) return;
    if (message.type === "init" || message.type === "swarm") void this.start(message);
    else if (message.type === "study") this.takeStudy(message.text);
    else if (this.host === null) this.early.push(message);
    else this.pass(message);
  }

  /** @param {import("../messages").Init | import("../messages").SwarmMessage} message the first one */
  async start({ canvas, ...first }) {
    const { water, ...fish } = first.type === "init" ? first : { ...first, water: null };
    try {
      const startHost = await this.boot({
        onPhase: (name) => this.phase(name),
        onProgress: (asset) => this.post({ type: "progress", asset }),
        onTrouble: (error) => this.post({ ...failure(error, "snapshot"), fatal: false }),
      });
      const text = JSON.stringify(
        fish.type === "init" ? { ...fish, study: fish.waits ? await this.study : null } : fish,
      );
      if (this.closed) return;
      const transparent = fish.type === "init" && fish.transparent;
      this.stage = new Stage(canvas, (error) => this.fail(error, "frame"), water, transparent);
      this.host = startHost(text, this.stage, (told) => this.post(JSON.parse(told)));
      for (const early of this.early.splice(0)) this.pass(early);
    } catch (error) {
      this.fail(error, "start");
    }
  }

  /** @param {string} name */
  phase(name) {
    performance.mark(`candlefish:${name}`);
    this.post({ type: "phase", name, epoch_ms: performance.timeOrigin + performance.now() });
  }

  /** @param {ToEngine} message */
  pass(message) {
    try {
      if (message.type === "input") this.host?.input(message.events);
      else this.host?.receive(JSON.stringify(message));
    } catch (error) {
      this.fail(error, message.type);
    }
  }

  /**
   * @param {unknown} error
   * @param {string} where
   */
  fail(error, where) {
    if (this.closed) return;
    this.post(failure(error, where));
    this.close();
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    this.stage?.close();
    try {
      this.host?.close();
      this.host?.destroy();
    } catch {
      // Python itself may be what failed
    }
    this.host = null;
  }
}

/**
 * An engine whose Python runs on the page's own thread.
 *
 * @param {(on: BootEvents) => Promise<StartHost>} boot
 * @param {(message: FromEngine) => void} onMessage
 * @returns {import("../engine").Engine}
 */
export function inlineEngine(boot, onMessage) {
  const host = new EngineHost(boot, onMessage);
  return {
    thread: "page",
    post: (message) => host.receive(message),
    close: () => host.close(),
  };
}
