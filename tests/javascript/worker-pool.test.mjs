/** The worker pool: one worker for all fish, a new one after a failure, and an end with the last of them. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser, until } from "./browser.mjs";

const browser = new Browser();
/** @type {FakeWorker[]} */
let workers = [];

class FakeWorker extends EventTarget {
  /** @param {URL} url @param {{name: string, type: string}} options */
  constructor(url, options) {
    super();
    this.file = url.pathname.split("/").at(-1);
    this.options = options;
    /** @type {any[]} */
    this.heard = [];
    this.ended = false;
    workers.push(this);
  }
  /** @param {any} data */
  postMessage(data) {
    this.heard.push(data);
  }
  terminate() {
    this.ended = true;
  }
  /** @param {number} fish @param {any} message */
  say(fish, message) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: { fish, message } }));
  }
}
Object.assign(globalThis, { Worker: FakeWorker });
const { canUseWorker, pageEngine, WorkerPool } = await import("../../web/runtime/worker-pool.js");

/** @type {any[][]} messages by fish */
let told = [];
/** @type {InstanceType<typeof WorkerPool>} */
let pool;
const open = () => {
  /** @type {any[]} */
  const mine = [];
  told.push(mine);
  return pool.open((message) => mine.push(message));
};
const FATAL = { type: "error", message: "it broke", where: "frame", fatal: true };

beforeEach(() => {
  [workers, told] = [[], []];
  pool = new WorkerPool();
});

test("all fish share a worker, and each hears its own messages", () => {
  const [one, two] = [open(), open()];
  assert.equal(workers.length, 1);
  const [worker] = workers;
  assert.deepEqual([worker?.file, worker?.options.type, worker?.options.name], ["worker.js", "module", "candlefish"]);
  one.post({ type: "hide" });
  two.post({ type: "pause", on: true });
  assert.deepEqual(worker?.heard, [
    { fish: 1, message: { type: "hide" } },
    { fish: 2, message: { type: "pause", on: true } },
  ]);
  worker?.say(2, { type: "ready" });
  assert.deepEqual(told, [[], [{ type: "ready" }]]);
});

test("a worker hears first of all which Python it is for, if it is another", () => {
  const python = { wheel: "w", digests: { w: "0" }, module: "candlefish.studio.studio_host" };
  pool = new WorkerPool(python, "candlefish studio");
  open().post({ type: "hide" });
  assert.equal(workers[0]?.options.name, "candlefish studio");
  assert.deepEqual(workers[0]?.heard, [{ python }, { fish: 1, message: { type: "hide" } }]);
});

test("it ends a moment after the last fish has gone, unless another comes", async () => {
  const [one, two] = [open(), open()];
  one.close();
  await browser.clock.advance(10_000);
  assert.equal(workers[0]?.ended, false, "one is left");
  two.close();
  await browser.clock.advance(799);
  const three = open();
  await browser.clock.advance(10_000);
  assert.deepEqual([workers.length, workers[0]?.ended], [1, false]);
  three.close();
  await browser.clock.advance(800);
  assert.equal(workers[0]?.ended, true);
  open();
  assert.equal(workers.length, 2);
});

test("after a failure the next fish gets a new worker; the old one ends with its last fish, at once", async () => {
  const [one, two] = [open(), open()];
  workers[0]?.say(1, { ...FATAL, fatal: false });
  open().close();
  assert.equal(workers.length, 1, "not after a trouble it survived");
  workers[0]?.say(1, FATAL);
  open();
  assert.equal(workers.length, 2);
  one.close();
  await browser.clock.advance(0);
  assert.equal(workers[0]?.ended, false);
  two.close();
  two.close();
  await browser.clock.advance(0);
  assert.equal(workers[0]?.ended, true);
  assert.equal(workers[1]?.ended, false);
});

test("a worker that has stopped to answer is used no more", async () => {
  open().close(true);
  open();
  assert.equal(workers.length, 2);
  await browser.clock.advance(0);
  assert.deepEqual(
    workers.map(({ ended }) => ended),
    [true, false],
  );
});

test("a worker that cannot be loaded fails every fish, by the file's name", () => {
  open();
  open();
  const event = new Event("error", { cancelable: true });
  workers[0]?.dispatchEvent(event);
  assert.equal(event.defaultPrevented, true);
  for (const [message] of told) {
    assert.deepEqual(
      [message.type, message.asset, message.where, message.fatal],
      ["error", "worker.js", "worker", true],
    );
    assert.match(message.message, /could not be loaded/);
  }
  assert.equal(told.length, 2);
});

test("Python is on the page where a canvas cannot leave it", () => {
  const whole = { OffscreenCanvas: class {}, HTMLCanvasElement: class {} };
  Object.assign(whole.HTMLCanvasElement.prototype, { transferControlToOffscreen() {} });
  Object.assign(globalThis, whole);
  assert.equal(canUseWorker(), true);
  Object.assign(globalThis, { HTMLCanvasElement: class {} });
  assert.equal(canUseWorker(), false);
  Object.assign(globalThis, { ...whole, OffscreenCanvas: undefined });
  assert.equal(canUseWorker(), false);
  Object.assign(globalThis, { ...whole, Worker: undefined });
  assert.equal(canUseWorker(), false);
  Object.assign(globalThis, { Worker: FakeWorker });
});

test("what cannot be loaded onto the page fails its fish by the file's name, and may be told and closed", async () => {
  /** @type {any[]} */
  const heard = [];
  const engine = pageEngine((message) => heard.push(message)); // assets.js is there only in a built site
  engine.post({ type: "hide" });
  const message = await until(() => heard[0]);
  assert.deepEqual([engine.thread, message.asset, message.where], ["page", "engine-inline.js", "start"]);
  engine.close();
  assert.equal(heard.length, 1);
});
