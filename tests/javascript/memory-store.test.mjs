/** The memory store: how often it writes, and that no tab overwrites what it has not merged. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser } from "./browser.mjs";

const browser = new Browser();
const { KEY, KEY_DAMAGED, KEY_PENDING, MemoryStore } = await import("../../web/connected/memory-store.js");

/** @type {InstanceType<typeof MemoryStore>[]} */
let open = [];

/** @returns {InstanceType<typeof MemoryStore> & {heard: any[]}} a store that notes what it tells */
function store() {
  /** @type {any[]} */
  const heard = [];
  const made = new MemoryStore({
    onForeign: (text) => heard.push(["foreign", text]),
    onWritten: (text) => heard.push(["written", text]),
    onTrouble: ({ reason }) => heard.push(["trouble", reason]),
  });
  open.push(made);
  return Object.assign(made, { heard });
}

const { items } = browser.storage;
const save = (/** @type {string} */ text, /** @type {string | null} */ base) => ({
  type: /** @type {const} */ ("save"),
  text,
  base,
});
const writes = () => browser.storage.writes.filter((key) => key === KEY).length;

/** What another tab does: it writes, and this one hears of it. @param {string | null} text @param {string | null} [key] */
function elsewhere(text, key = KEY) {
  if (text === null) items.delete(KEY);
  else items.set(KEY, text);
  browser.window.dispatchEvent(Object.assign(new Event("storage"), { key }));
}

beforeEach(async () => {
  for (const one of open) one.close();
  open = [];
  await browser.clock.advance(10_000);
  items.clear();
  browser.storage.writes.length = 0;
  Object.assign(browser.storage, { full: false, denied: false });
  browser.show(true);
});

test("it writes at most once in two seconds, and the last text wins", async () => {
  const one = store();
  one.save(save("a", null));
  assert.equal(items.get(KEY), "a", "the first at once");
  for (const text of ["b", "c", "d"]) {
    await browser.clock.advance(500);
    one.save(save(text, "a"));
  }
  assert.equal(writes(), 1);
  await browser.clock.advance(499);
  assert.equal(writes(), 1);
  await browser.clock.advance(1);
  assert.deepEqual([writes(), items.get(KEY)], [2, "d"]);
  await browser.clock.advance(60_000);
  assert.equal(writes(), 2);
  assert.deepEqual(one.heard, [
    ["written", "a"],
    ["written", "d"],
  ]);
});

test("when the page is hidden what waits is written, once", async () => {
  const one = store();
  one.save(save("a", null));
  one.save(save("b", "a"));
  one.flush();
  assert.deepEqual([writes(), items.get(KEY)], [2, "b"]);
  one.flush();
  await browser.clock.advance(60_000);
  assert.equal(writes(), 2);
});

test("a save of a hidden page does not wait", () => {
  const one = store();
  one.save(save("a", null));
  browser.show(false);
  one.save(save("b", "a"));
  assert.equal(items.get(KEY), "b");
});

test("a save may still name the base of the write before it", async () => {
  const one = store();
  one.save(save("a", null));
  await browser.clock.advance(2_000);
  one.save(save("b", null));
  assert.equal(items.get(KEY), "b", "Python had not heard of the write yet");
});

test("what another tab wrote is merged, never overwritten", async () => {
  const one = store();
  one.save(save("a", null));
  await browser.clock.advance(2_000);
  items.set(KEY, "theirs");
  one.save(save("b", "a"));
  assert.equal(items.get(KEY), "theirs");
  assert.deepEqual(one.heard.at(-1), ["foreign", "theirs"]);
  one.save(save("both", "theirs"));
  assert.equal(items.get(KEY), "both");
});

test("another tab's write, and a cleared storage, are told", () => {
  const one = store();
  elsewhere("theirs");
  elsewhere(null, null);
  elsewhere("other", "another key");
  assert.deepEqual(one.heard, [
    ["foreign", "theirs"],
    ["foreign", null],
  ]);
});

test("another fish of this page hears of a write, the writer does not", () => {
  const [one, two] = [store(), store()];
  one.save(save("a", null));
  assert.deepEqual(two.heard, [["foreign", "a"]]);
  assert.deepEqual(one.heard, [["written", "a"]]);
});

test("what could not be merged before the page went is left for the next page, once", () => {
  const one = store();
  items.set(KEY, "theirs");
  one.save(save("mine", "a"));
  one.flush();
  assert.equal(items.get(KEY), "theirs");
  const next = store();
  const { memory, pending, device } = next.open();
  assert.deepEqual([memory, pending], ["theirs", [{ base: "a", mine: "mine" }]]);
  assert.match(device, /^[0-9a-f]{16}$/);
  assert.equal(items.has(KEY_PENDING), false);
  assert.deepEqual(store().open().pending, []);
});

test("a page that took over what was left, and went without a write, leaves it again", () => {
  items.set(KEY_PENDING, JSON.stringify([{ base: null, mine: "left" }]));
  const one = store();
  one.open();
  one.flush();
  assert.deepEqual(store().open().pending, [{ base: null, mine: "left" }]);
});

test("a page that comes back out of the browser's cache takes back what it left, or hears that another has it", () => {
  const one = store();
  items.set(KEY, "theirs");
  one.save(save("mine", "a"));
  one.flush();
  one.comeBack();
  assert.equal(items.has(KEY_PENDING), false);
  assert.deepEqual(one.heard.at(-1), ["foreign", "theirs"]);
  one.save(save("mine", "a"));
  one.flush();
  store().open();
  one.comeBack();
  assert.deepEqual(one.heard.slice(-2), [
    ["written", "mine"],
    ["foreign", "theirs"],
  ]);
});

for (const text of ["{", "7", '{"mine":1}', '[{"mine":3,"base":null},{"mine":"x"},null]']) {
  test(`of what was left, ${text} is nothing`, () => {
    items.set(KEY_PENDING, text);
    assert.deepEqual(store().open().pending, []);
  });
}

test("at most eight are left", () => {
  const many = Array.from({ length: 12 }, (_, i) => ({ base: null, mine: String(i) }));
  items.set(KEY_PENDING, JSON.stringify(many));
  assert.deepEqual(store().open().pending, many.slice(4));
});

test("full storage is told once, and again after it has worked in between", async () => {
  const one = store();
  browser.storage.full = true;
  one.save(save("a", null));
  await browser.clock.advance(2_000);
  one.save(save("b", null));
  assert.deepEqual(one.heard, [["trouble", "full"]]);
  assert.equal(one.saved, false);
  browser.storage.full = false;
  await browser.clock.advance(2_000);
  one.save(save("c", null));
  assert.equal(one.saved, true);
  browser.storage.full = true;
  await browser.clock.advance(2_000);
  one.save(save("d", "c"));
  assert.deepEqual(one.heard.slice(-2), [
    ["written", "c"],
    ["trouble", "full"],
  ]);
});

test("denied storage is no memory, told once, and stops nothing", () => {
  browser.storage.denied = true;
  const one = store();
  assert.deepEqual([one.open().memory, one.open().pending], [null, []]);
  one.save(save("a", null));
  one.flush();
  one.setAside("damaged");
  assert.deepEqual(one.heard, [["trouble", "denied"]]);
});

test("what is damaged is kept aside, up to a length", () => {
  store().setAside("x".repeat(70_000));
  assert.equal(items.get(KEY_DAMAGED)?.length, 64_000);
});

test("a reset drops what waits, what was left and what is damaged, and gives a fresh id", async () => {
  const one = store();
  one.save(save("a", null));
  one.save(save("b", "a"));
  one.setAside("damaged");
  items.set(KEY_PENDING, "[]");
  const [first, second] = [one.reset(), one.reset()];
  await browser.clock.advance(10_000);
  assert.deepEqual([...items.entries()], [[KEY, "a"]]);
  assert.notEqual(first, second);
});

test("closed, it writes what waits and hears nothing more", () => {
  const one = store();
  one.save(save("a", null));
  one.save(save("b", "a"));
  one.close();
  assert.equal(items.get(KEY), "b");
  const before = one.heard.length;
  elsewhere("theirs");
  assert.equal(one.heard.length, before);
});
