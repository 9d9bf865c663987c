/** Downloads: each verified, tried twice at most, named when it fails, given up when nothing moves. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { Browser, settle, until } from "./browser.mjs";

const browser = new Browser();
const { AssetError, Downloads, STALL_MS } = await import("../../web/runtime/downloads.js");

const PATH = "../snapshot-1/memory.bin.zst";
const NAME = "snapshot-1/memory.bin.zst";
const BYTES = new TextEncoder().encode("the memory");
const DIGEST = createHash("sha256").update(BYTES).digest("hex");
/** @type {string[]} */
let told = [];
/** @type {InstanceType<typeof Downloads>} */
let downloads;

/** @param {Promise<unknown>} promise @returns {{done: boolean, value?: any, error?: any}} what becomes of it */
function watch(promise) {
  const found = { done: false };
  promise.then(
    (value) => Object.assign(found, { done: true, value }),
    (error) => Object.assign(found, { done: true, error }),
  );
  return found;
}

/** A body of which the test holds the tap. @returns {{response: Response, send: (bytes: Uint8Array) => void, end: () => void}} */
function slow() {
  /** @type {ReadableStreamDefaultController} */
  let tap;
  const body = new ReadableStream({
    start(controller) {
      tap = controller;
    },
  });
  return { response: new Response(body), send: (bytes) => tap.enqueue(bytes), end: () => tap.close() };
}

const answers = (/** @type {(() => Response | Promise<Response>)[]} */ ...list) => {
  browser.answer = () => (list.length > 1 ? list.shift() : list[0])?.() ?? Response.error();
};
const good = () => new Response(BYTES);
const failing = (/** @type {number} */ status) => () => new Response(null, { status });
const retry = () => browser.clock.advance(1_200);

beforeEach(() => {
  told = [];
  browser.requests.length = 0;
  browser.random = 1;
  Object.assign(globalThis.caches, { match: async () => undefined });
  downloads = new Downloads(new URL("https://fish.example/app-1/"), { [PATH]: DIGEST }, { [PATH]: 3 }, (asset) =>
    told.push(asset),
  );
});

afterEach(() => downloads.close());

test("what comes whole is handed over", async () => {
  answers(good);
  assert.deepEqual(await downloads.bytes(PATH), BYTES);
  assert.equal(browser.requests[0]?.url, "https://fish.example/snapshot-1/memory.bin.zst");
});

test("what is damaged is fetched once more, past the browser's cache", async () => {
  answers(() => new Response("the memorx"), good);
  const found = watch(downloads.bytes(PATH));
  await until(() => browser.clock.timers.length > 1); // it waits before it tries again
  await retry();
  await until(() => found.done);
  assert.deepEqual(found.value, BYTES);
  assert.deepEqual(
    browser.requests.map(({ cache }) => cache),
    ["default", "reload"],
  );
});

test("what is damaged twice is given up, by name", async () => {
  answers(() => new Response("the memorx"));
  const found = watch(downloads.bytes(PATH));
  await until(() => browser.clock.timers.length > 1);
  await retry();
  await until(() => found.done);
  assert.ok(found.error instanceof AssetError);
  assert.deepEqual([found.error.asset, found.error.message], [NAME, `${NAME}: it is damaged`]);
  assert.equal(browser.requests.length, 2);
});

for (const status of [404, 403, 410]) {
  test(`what is not there is not asked for again (${status})`, async () => {
    answers(failing(status));
    await assert.rejects(downloads.bytes(PATH), {
      name: "AssetError",
      asset: NAME,
      message: `${NAME}: HTTP ${status}`,
      again: false,
    });
    assert.equal(browser.requests.length, 1);
  });
}

for (const status of [500, 503]) {
  test(`a server in trouble is asked once more (${status})`, async () => {
    answers(failing(status), good);
    const found = watch(downloads.bytes(PATH));
    await browser.clock.advance(1_199);
    assert.equal(browser.requests.length, 1);
    await browser.clock.advance(1);
    await until(() => found.done);
    assert.deepEqual(found.value, BYTES);
  });
}

test("the second trouble is the last", async () => {
  answers(failing(503));
  const found = watch(downloads.bytes(PATH));
  await browser.clock.advance(60_000);
  assert.deepEqual([found.error.message, found.error.again], [`${NAME}: HTTP 503`, false]);
  assert.equal(browser.requests.length, 2);
});

test("visitors do not come back all at once", async () => {
  browser.random = 0;
  answers(failing(503));
  watch(downloads.bytes(PATH));
  await browser.clock.advance(599);
  assert.equal(browser.requests.length, 1);
  await browser.clock.advance(1);
  assert.equal(browser.requests.length, 2);
});

test("a network that fails names the asset, and is tried again", async () => {
  answers(() => Promise.reject(new TypeError("Failed to fetch")), good);
  const found = watch(downloads.bytes(PATH));
  await retry();
  await until(() => found.done);
  assert.deepEqual(found.value, BYTES);
});

test("a script that cannot be loaded is tried again, and named", async () => {
  const found = watch(downloads.script("./nowhere.js")); // Node imports nothing by https
  await until(() => browser.clock.timers.length > 1);
  assert.equal(found.done, false);
  await retry();
  await until(() => found.done);
  assert.deepEqual([found.error.name, found.error.asset], ["AssetError", "nowhere.js"]);
});

test("a web page in the place of a file is no file", async () => {
  answers(() => new Response("<title>Log in</title>", { headers: { "content-type": "text/html; charset=utf-8" } }));
  const found = watch(downloads.bytes(PATH));
  await browser.clock.advance(60_000);
  assert.equal(found.error.message, `${NAME}: a web page came in its place`);
});

test("what the use of bytes throws names the asset", async () => {
  answers(good);
  const use = () => Promise.reject(new Error("no WebAssembly"));
  const found = watch(downloads.read(PATH, use));
  await until(() => browser.clock.timers.length > 1);
  await retry();
  await until(() => found.done);
  assert.deepEqual([found.error.name, found.error.message], ["AssetError", `${NAME}: no WebAssembly`]);
});

test("a download that stands still is given up, and not tried again", async () => {
  answers(() => new Promise(() => {}));
  const found = watch(downloads.bytes(PATH));
  await browser.clock.advance(STALL_MS - 1_000);
  assert.equal(found.done, false);
  await browser.clock.advance(1_000);
  assert.deepEqual([found.error?.asset, found.error?.message], [NAME, `${NAME}: no byte came for 12 s`]);
  await browser.clock.advance(60_000);
  assert.equal(browser.requests.length, 1);
});

test("a slow network that moves is never given up", async () => {
  const { response, send, end } = slow();
  answers(() => response);
  const found = watch(downloads.bytes(PATH));
  for (const byte of BYTES) {
    await browser.clock.advance(STALL_MS - 1_001);
    send(Uint8Array.of(byte));
    await settle();
  }
  end();
  await until(() => found.done);
  assert.deepEqual(found.value, BYTES);
});

test("a body that stops in the middle is given up", async () => {
  const { response, send } = slow();
  answers(() => response);
  const found = watch(downloads.bytes(PATH));
  await browser.clock.advance(5_000);
  send(BYTES.subarray(0, 3));
  await settle();
  await browser.clock.advance(STALL_MS - 1_000);
  assert.equal(found.done, false);
  await browser.clock.advance(2_000);
  assert.equal(found.error?.asset, NAME);
});

test("progress is told at most once a second", async () => {
  const { response, send, end } = slow();
  answers(() => response);
  const found = watch(downloads.bytes(PATH));
  await settle();
  for (const byte of BYTES) {
    send(Uint8Array.of(byte));
    await settle();
    await browser.clock.advance(250);
  }
  end();
  await until(() => found.done);
  assert.deepEqual(told, [NAME, NAME, NAME]);
});

test("what is kept unpacked is used as it is, if it is as long as it should be", async () => {
  const unpack = Promise.reject(new Error("nothing is unpacked"));
  unpack.catch(() => {});
  const use = (/** @type {Uint8Array} */ bytes) => [...bytes];
  Object.assign(globalThis.caches, {
    match: async (/** @type {URL} */ url) =>
      url.pathname.endsWith("/memory.bin") ? new Response(Uint8Array.of(7, 8, 9)) : undefined,
  });
  assert.deepEqual(await downloads.packed(PATH, unpack, use), [7, 8, 9]);
  assert.equal(browser.requests.length, 0);
});

test("else it is fetched and unpacked", async () => {
  Object.assign(globalThis.caches, {
    match: async (/** @type {URL} */ url) =>
      url.pathname.endsWith("/memory.bin") ? new Response(Uint8Array.of(7)) : undefined,
  });
  answers(good);
  const unpack = Promise.resolve((/** @type {Uint8Array} */ packed, /** @type {(bytes: Uint8Array) => any} */ use) =>
    use(packed.subarray(0, 3)),
  );
  assert.equal(await downloads.packed(PATH, unpack, (bytes) => new TextDecoder().decode(bytes)), "the");
});

test("a cache that may not be asked is none", async () => {
  Object.assign(globalThis.caches, { match: () => Promise.reject(new DOMException("no", "SecurityError")) });
  answers(good);
  assert.deepEqual(await downloads.bytes(PATH), BYTES);
});
