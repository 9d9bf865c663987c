/** The beacon: batches, back-off, what is kept while nothing arrives and sent later, once. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser, settle } from "./browser.mjs";

const browser = new Browser();
const { Beacon, KEY_UNSENT } = await import("../../web/connected/beacon.js");

const ADDRESS = new URL("https://fish.example/api/analytics");
/** @type {InstanceType<typeof Beacon>} */
let beacon;
let may = true;
const open = () => new Beacon(ADDRESS, "client", () => may);
const bodies = () => browser.requests.map(({ body }) => JSON.parse(body));
const seqs = () => bodies().map(({ events }) => events.map((/** @type {any} */ event) => event.seq));
const unsent = () => JSON.parse(browser.storage.items.get(KEY_UNSENT) ?? "[]");
const status = (/** @type {number} */ code, headers = {}) => {
  browser.answer = () => new Response(null, { status: code, headers });
};

beforeEach(() => {
  beacon?.close();
  Object.assign(browser.storage, { full: false, denied: false });
  browser.storage.items.clear();
  browser.requests.length = 0;
  browser.navigator.onLine = true;
  [browser.random, may] = [1, true];
  status(204);
  beacon = open();
});

test("the first events go after five seconds, the next after fifteen", async () => {
  beacon.add({ type: "one" });
  beacon.add({ type: "two" });
  await browser.clock.advance(4_999);
  assert.equal(browser.requests.length, 0);
  await browser.clock.advance(1);
  beacon.add({ type: "three" });
  await browser.clock.advance(14_999);
  assert.deepEqual(seqs(), [[0, 1]]);
  await browser.clock.advance(1);
  assert.deepEqual(seqs(), [[0, 1], [2]]);
  const [{ v, client, session }, second] = bodies();
  assert.deepEqual([v, client, session], [1, "client", second.session]);
  const [{ method, headers }] = browser.requests;
  assert.deepEqual([method, headers["Content-Type"]], ["POST", "text/plain"], "no preflight at another origin");
});

test("an event happened when it says, but never later than now", async () => {
  const now = Date.now();
  beacon.add({ type: "past", at_ms: now - 50 });
  beacon.add({ type: "future", at_ms: now + 5_000_000 });
  await browser.clock.advance(5_000);
  assert.deepEqual(
    bodies()[0].events.map((/** @type {any} */ event) => event.at_ms),
    [now - 50, now],
  );
});

test("a hundred events go at once, and more make a second batch", async () => {
  for (let i = 0; i < 130; i += 1) beacon.add({ type: "many" });
  await browser.clock.advance(0);
  assert.deepEqual(
    seqs().map((found) => found.length),
    [100, 30],
  );
});

test("a batch holds at most 60 kB", async () => {
  for (let i = 0; i < 3; i += 1) beacon.add({ type: "large", text: "x".repeat(25_000) });
  await browser.clock.advance(5_000);
  assert.deepEqual(seqs(), [[0, 1], [2]]);
});

test("after a failure each wait is twice the last, up to five minutes, and nothing is lost", async () => {
  status(503);
  beacon.add({ type: "one" });
  await browser.clock.advance(5_000);
  for (const wait_ms of [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000]) {
    const before = browser.requests.length;
    await browser.clock.advance(wait_ms - 1);
    assert.equal(browser.requests.length, before, `nothing before ${wait_ms} ms`);
    await browser.clock.advance(1);
    assert.equal(browser.requests.length, before + 1);
  }
  assert.equal(unsent().length, 1);
  status(204);
  await browser.clock.advance(300_000);
  assert.equal(unsent().length, 0);
  const sent = browser.requests.length;
  await browser.clock.advance(3_600_000);
  assert.equal(browser.requests.length, sent, "once taken it is not sent again");
});

test("a network that fails is a failure as any", async () => {
  browser.answer = () => Promise.reject(new TypeError("Failed to fetch"));
  beacon.add({ type: "one" });
  await browser.clock.advance(5_000);
  assert.deepEqual([browser.requests.length, unsent().length], [1, 1]);
  status(204);
  await browser.clock.advance(1_999);
  assert.equal(browser.requests.length, 1);
  await browser.clock.advance(1);
  assert.deepEqual(seqs(), [[0], [0]]);
  assert.equal(unsent().length, 0);
});

test("visitors spread over the upper half of a wait", async () => {
  browser.random = 0;
  status(500);
  beacon.add({ type: "one" });
  await browser.clock.advance(5_000 + 999);
  assert.equal(browser.requests.length, 1);
  await browser.clock.advance(1);
  assert.equal(browser.requests.length, 2);
});

test("a service that asks for patience gets it", async () => {
  status(429, { "Retry-After": "120" });
  beacon.add({ type: "one" });
  await browser.clock.advance(5_000 + 119_999);
  assert.equal(browser.requests.length, 1);
  await browser.clock.advance(1);
  assert.equal(browser.requests.length, 2);
});

for (const code of [400, 404, 413]) {
  test(`what the service will never take is dropped (${code})`, async () => {
    status(code);
    beacon.add({ type: "bad" });
    await browser.clock.advance(5_000);
    await browser.clock.advance(3_600_000);
    assert.equal(browser.requests.length, 1);
    assert.deepEqual(unsent(), []);
  });
}

test("a timeout of the service is no refusal", async () => {
  status(408);
  beacon.add({ type: "one" });
  await browser.clock.advance(5_000 + 2_000);
  assert.equal(browser.requests.length, 2);
});

test("offline nothing is tried; back online it goes", async () => {
  browser.connect(false);
  beacon.add({ type: "one" });
  await browser.clock.advance(60_000);
  assert.equal(browser.requests.length, 0);
  browser.connect(true);
  await browser.clock.advance(0);
  assert.deepEqual(seqs(), [[0]]);
});

test("hidden, it sends what goes on without the page, and keeps it until it has arrived", async () => {
  /** @type {(response: Response) => void} */
  let arrive = () => {};
  browser.answer = () =>
    new Promise((resolve) => {
      arrive = resolve;
    });
  beacon.add({ type: "last" });
  beacon.hide();
  assert.equal(browser.requests[0]?.keepalive, true);
  assert.equal(unsent().length, 1);
  beacon.hide();
  assert.equal(browser.requests.length, 1, "one that is under way is not sent twice");
  arrive(new Response(null, { status: 204 }));
  await settle();
  assert.deepEqual(unsent(), []);
});

test("what a page left unsent the next one sends, once", async () => {
  browser.answer = () => Promise.reject(new TypeError("no network"));
  beacon.add({ type: "left" });
  beacon.hide();
  await settle();
  const { session } = bodies()[0];
  beacon.close();
  status(204);
  beacon = open();
  await browser.clock.advance(5_000);
  assert.equal(browser.requests.length, 2);
  assert.deepEqual([bodies()[1].session, seqs()[1]], [session, [0]], "by the same name: a second copy is harmless");
  beacon.close();
  beacon = open();
  await browser.clock.advance(60_000);
  assert.equal(browser.requests.length, 2);
});

test("what is a week old, or no batch, is not sent", async () => {
  const old = { session: "s", bytes: 9, events: [{ at_ms: Date.now() - 7 * 86_400_000, seq: 0 }] };
  browser.storage.items.set(KEY_UNSENT, JSON.stringify([old, 3, null, { session: "s", bytes: 1, events: [] }]));
  beacon.close();
  beacon = open();
  await browser.clock.advance(60_000);
  assert.equal(browser.requests.length, 0);
});

for (const text of ["{", "7", '{"a":1}', "null"]) {
  test(`storage that holds ${text} is no trouble`, async () => {
    browser.storage.items.set(KEY_UNSENT, text);
    beacon.close();
    beacon = open();
    beacon.add({ type: "one" });
    await browser.clock.advance(5_000);
    assert.deepEqual(seqs(), [[0]]);
  });
}

test("full or denied storage stops no sending", async () => {
  for (const trouble of ["full", "denied"]) {
    Object.assign(browser.storage, { full: false, denied: false, [trouble]: true });
    beacon.close();
    beacon = open();
    beacon.add({ type: trouble });
    await browser.clock.advance(5_000);
    assert.equal(bodies().at(-1).events[0].type, trouble);
  }
});

test("of more than five hundred events the oldest batch goes", async () => {
  browser.connect(false);
  for (let i = 0; i < 720; i += 1) beacon.add({ type: "many" });
  browser.connect(true);
  await browser.clock.advance(0);
  const sent = seqs().flat();
  assert.ok(sent.length <= 500, `${sent.length} were kept`);
  assert.equal(sent[0], 300);
  assert.equal(sent.at(-1), 719);
});

test("a visitor who asks not to be counted takes everything back", async () => {
  status(503);
  beacon.add({ type: "one" });
  await browser.clock.advance(5_000);
  assert.equal(unsent().length, 1);
  may = false;
  await browser.clock.advance(600_000);
  assert.equal(browser.requests.length, 1);
  assert.deepEqual(unsent(), []);
  beacon.add({ type: "two" });
  beacon.hide();
  await browser.clock.advance(600_000);
  assert.equal(browser.requests.length, 1);
});

test("a new visit counts from nought under another name", async () => {
  beacon.add({ type: "one" });
  beacon.begin();
  beacon.add({ type: "two" });
  await browser.clock.advance(5_000);
  assert.deepEqual(seqs(), [[0], [0]]);
  const [first, second] = bodies();
  assert.notEqual(first.session, second.session);
});
