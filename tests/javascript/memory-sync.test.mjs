/** Memory sync: what is given and taken when, what waits, and that a merge is Python's. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser, json, settle } from "./browser.mjs";

const browser = new Browser();
const { KEY } = await import("../../web/connected/memory-store.js");
const { KEY_VAULT, MemorySync, vault } = await import("../../web/connected/memory-sync.js");

const BASE = new URL("https://fish.example/");
const { items } = browser.storage;
/** @type {InstanceType<typeof MemorySync>} */
let sync;
/** @type {string[]} */
let remote = [];
const open = () => new MemorySync(BASE, (text) => remote.push(text));
const asked = () => browser.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
const own = (mode = "hybrid") => items.set(KEY_VAULT, JSON.stringify({ id: "v".repeat(22), mode }));

beforeEach(() => {
  sync?.close();
  items.clear();
  browser.storage.denied = false;
  browser.requests.length = 0;
  browser.navigator.onLine = true;
  browser.show(true);
  browser.random = 1;
  remote = [];
  browser.answer = () => json({ memory: { m: 1 } }, 200, { ETag: '"1"' });
});

test("a visitor whose memory is local asks nobody", async () => {
  items.set(KEY, "mine");
  sync = open();
  sync.begin("local");
  sync.changed();
  sync.hide();
  await browser.clock.advance(600_000);
  assert.deepEqual(asked(), []);
  assert.equal(items.has(KEY_VAULT), false);
});

test("a vault is made, and given what is here; what comes back is for Python to merge", async () => {
  items.set(KEY, "mine");
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(0);
  assert.deepEqual(asked(), ["PUT /api/memory"]);
  const [{ body, headers }] = browser.requests;
  assert.equal(body, "mine");
  assert.equal(headers.Authorization, `Bearer ${vault()?.id}`);
  assert.match(String(vault()?.id), /^[\w-]{22}$/);
  assert.deepEqual(remote, ['{"m":1}']);
});

test("a new vault without a memory here asks for nothing", async () => {
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(60_000);
  assert.deepEqual(asked(), []);
});

test("many changes are one exchange, three seconds after the first", async () => {
  own();
  sync = open();
  for (const text of ["a", "b", "c"]) {
    items.set(KEY, text);
    sync.changed();
    await browser.clock.advance(900);
  }
  assert.deepEqual(asked(), []);
  await browser.clock.advance(300);
  assert.deepEqual(
    browser.requests.map(({ body }) => body),
    ["c"],
  );
});

test("what the vault has is not given again; it is asked whether there is more", async () => {
  own();
  items.set(KEY, "mine");
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(0);
  browser.answer = () => new Response(null, { status: 304 });
  browser.connect(true);
  await browser.clock.advance(0);
  assert.deepEqual(asked(), ["PUT /api/memory", "GET /api/memory"]);
  assert.equal(browser.requests[1]?.headers["If-None-Match"], '"1"');
  assert.equal(remote.length, 1);
  await browser.clock.advance(3_600_000);
  assert.equal(browser.requests.length, 2, "not modified is no failure");
});

test("after a failure each wait doubles, up to ten minutes, and a success ends that", async () => {
  own();
  items.set(KEY, "mine");
  browser.answer = () => new Response(null, { status: 503 });
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(0);
  for (const wait_ms of [10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]) {
    const before = browser.requests.length;
    await browser.clock.advance(wait_ms - 1);
    assert.equal(browser.requests.length, before, `nothing before ${wait_ms} ms`);
    await browser.clock.advance(1);
    assert.equal(browser.requests.length, before + 1);
  }
  browser.answer = () => json({ memory: {} });
  await browser.clock.advance(600_000);
  const before = browser.requests.length;
  await browser.clock.advance(3_600_000);
  assert.equal(browser.requests.length, before);
});

test("no network is a failure as any; an empty vault is none", async () => {
  own();
  browser.answer = () => Promise.reject(new TypeError("no network"));
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(10_000);
  assert.equal(browser.requests.length, 2);
  browser.answer = () => new Response(null, { status: 404 });
  await browser.clock.advance(20_000);
  const before = browser.requests.length;
  await browser.clock.advance(3_600_000);
  assert.equal(browser.requests.length, before);
});

test("offline nothing is tried; back online it is", async () => {
  own();
  sync = open();
  browser.connect(false);
  sync.begin("hybrid");
  await browser.clock.advance(60_000);
  assert.deepEqual(asked(), []);
  browser.connect(true);
  await browser.clock.advance(0);
  assert.equal(asked().length, 1);
});

test("a memory of many devices is looked for every half minute, while the page is seen", async () => {
  own("cloud_sync");
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(0);
  await browser.clock.advance(29_999);
  assert.equal(browser.requests.length, 1);
  await browser.clock.advance(1);
  assert.equal(browser.requests.length, 2);
  browser.show(false);
  await browser.clock.advance(30_000);
  await browser.clock.advance(600_000);
  assert.equal(browser.requests.length, 3, "one that was due, and no more");
  browser.show(true);
  await browser.clock.advance(0);
  assert.equal(browser.requests.length, 4);
});

test("a vault the visitor chose stays one of many devices", () => {
  own("cloud_sync");
  sync = open();
  sync.begin("local");
  assert.deepEqual(vault(), { id: "v".repeat(22), mode: "cloud_sync" });
});

test("hidden, what the vault lacks goes on without the page", async () => {
  own();
  items.set(KEY, "mine");
  sync = open();
  sync.hide();
  assert.deepEqual([asked(), browser.requests[0]?.keepalive], [["PUT /api/memory"], true]);
  sync.begin("hybrid");
  await browser.clock.advance(0);
  sync.hide();
  assert.equal(browser.requests.length, 2, "what it has taken is not sent again");
});

test("one exchange at a time", async () => {
  own();
  items.set(KEY, "mine");
  /** @type {(response: Response) => void} */
  let arrive = () => {};
  browser.answer = () =>
    new Promise((resolve) => {
      arrive = resolve;
    });
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(0);
  void sync.exchange();
  await settle();
  assert.equal(browser.requests.length, 1);
  arrive(json({ memory: {} }));
  await settle();
});

test("an answer after the end is nobody's", async () => {
  own();
  /** @type {(response: Response) => void} */
  let arrive = () => {};
  browser.answer = () =>
    new Promise((resolve) => {
      arrive = resolve;
    });
  sync = open();
  sync.begin("hybrid");
  await browser.clock.advance(0);
  sync.close();
  arrive(json({ memory: {} }));
  await browser.clock.advance(600_000);
  assert.deepEqual([remote, browser.requests.length], [[], 1]);
});

test("a code joins two devices in one vault", async () => {
  items.set(KEY, "mine");
  sync = open();
  browser.answer = ({ url }) => (url.endsWith("/join") ? json({ vault: "w".repeat(22) }) : json({ memory: { m: 2 } }));
  await sync.join("AB12");
  assert.deepEqual(asked(), ["POST /api/memory/join", "PUT /api/memory"]);
  assert.deepEqual(vault(), { id: "w".repeat(22), mode: "cloud_sync" });
  assert.deepEqual(remote, ['{"m":2}']);
});

test("a code is asked for once the vault has what is here, and may be made useless", async () => {
  items.set(KEY, "mine");
  sync = open();
  const code = { code: "AB/2", expires_s: 600 };
  browser.answer = ({ url }) => json(url.endsWith("/pairing") ? code : { memory: { m: 1 } });
  assert.deepEqual(await sync.pair(), code);
  await sync.revoke(code.code);
  assert.deepEqual(asked(), ["PUT /api/memory", "POST /api/memory/pairing", "DELETE /api/memory/pairing/AB%2F2"]);
  assert.equal(vault()?.mode, "cloud_sync");
});

test("a service that gives no code, or cannot take one back, says why", async () => {
  sync = open();
  browser.answer = () => json({ message: "too many codes" }, 429);
  await assert.rejects(sync.pair(), /too many codes/);
  await assert.rejects(sync.revoke("AB12"), /too many codes/);
});

test("a refused code says why and changes nothing", async () => {
  sync = open();
  browser.answer = () => json({ message: "the code is used up" }, 404);
  await assert.rejects(sync.join("AB12"), /the code is used up/);
  assert.equal(vault(), null);
});

for (const text of ["{", '{"id":"short"}', '{"id":7}', "null"]) {
  test(`a stored vault of ${text} is none`, () => {
    items.set(KEY_VAULT, text);
    assert.equal(vault(), null);
  });
}
