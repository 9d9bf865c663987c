/** Between the messages and Python: the same in the worker and on the page. */

import { failure } from "./failure.js";
import { Stage } from "./stage.js";

/** @typedef {import("./messages").FromEngine} FromEngine */
/** @typedef {import("./messages").ToEngine} ToEngine */
/** @typedef {import("./messages").StartHost} StartHost */
/** @typedef {import("./messages").BootEvents} BootEvents */

export class Station {
  /**
   * @param {(on: BootEvents) => Promise<StartHost>} boot starts Python; called once, at `init`
   * @param {(message: FromEngine) => void} post to the page
   */
  constructor(boot, post) {
    this.boot = boot;
    this.post = post;
    this.closed = false;
    /** @type {import("./messages").Host | null} */
    this.host = null;
    /** @type {Stage | null} */
    this.stage = null;
    /** @type {ToEngine[]} what came before Python was there */
    this.early = [];
    /** @type {(text: string | null) => void} */
    this.hearStudy = () => {};
    /** @type {Promise<string | null>} */
    this.study = new Promise((resolve) => (this.hearStudy = resolve));
  }

  /** @param {ToEngine} message */
  receive(message) {
    if (this.closed) return;
    if (message.type === "init") void this.start(message);
    else if (message.type === "study") this.hearStudy(message.text);
    else if (this.host === null) this.early.push(message);
    else this.pass(message);
  }

  /** @param {import("./messages").Init} init */
  async start({ canvas, water, ...init }) {
    try {
      const startHost = await this.boot({
        onPhase: (name) => this.phase(name),
        onProgress: (asset) => this.post({ type: "progress", asset }),
        onTrouble: (error) => this.post({ ...failure(error, "snapshot"), fatal: false }),
      });
      const study = init.waits ? await this.study : null;
      if (this.closed) return;
      this.stage = new Stage(canvas, (error) => this.fail(error, "frame"), water, init.transparent);
      this.host = startHost(JSON.stringify({ ...init, study }), this.stage, (text) => this.post(JSON.parse(text)));
      for (const message of this.early.splice(0)) this.pass(message);
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
