/** The heartbeat: an engine that no longer answers is noticed, one that is slow is not. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser } from "./browser.mjs";

const browser = new Browser();
const { Countdown, Heartbeat, PATIENCE_S } = await import("../../web/runtime/heartbeat.js");

let silences = 0;
let asked = 0;
/** @type {((value?: unknown) => void) | null} */
let answer = null;
/** @type {InstanceType<typeof Heartbeat>} */
let heartbeat;

const ask = () => {
  asked += 1;
  return new Promise((resolve) => {
    answer = resolve;
  });
};

beforeEach(() => {
  heartbeat?.stop();
  [silences, asked, answer] = [0, 0, null];
  heartbeat = new Heartbeat(ask, () => {
    silences += 1;
  });
});

test("an engine that answers is asked every five seconds", async () => {
  heartbeat.ask = async () => {
    asked += 1;
  };
  heartbeat.start();
  await browser.clock.advance(60_000);
  assert.equal(asked, 12);
  assert.equal(silences, 0);
});

test("one that never answers is given up once, after the patience it says", async () => {
  heartbeat.start();
  await browser.clock.advance(5_000 + PATIENCE_S * 1000 - 1);
  assert.deepEqual([asked, silences], [1, 0], "a question that waits is not asked again");
  await browser.clock.advance(1);
  assert.equal(silences, 1);
  await browser.clock.advance(60_000);
  assert.deepEqual([asked, silences], [1, 1]);
});

test("a late answer begins the patience anew", async () => {
  heartbeat.start();
  await browser.clock.advance(19_000);
  answer?.();
  await browser.clock.advance(1_000 + PATIENCE_S * 1000 - 1);
  assert.equal(silences, 0);
  await browser.clock.advance(1);
  assert.equal(silences, 1);
});

test("a night's sleep is one late tick, not three", async () => {
  heartbeat.start();
  await browser.clock.advance(5_000);
  browser.clock.now += 8 * 3_600_000;
  for (const timer of browser.clock.timers) timer.at = browser.clock.now;
  await browser.clock.advance(1);
  answer?.();
  await browser.clock.advance(10_000);
  assert.equal(silences, 0);
});

test("stopped, it asks nothing; started again, it has missed nothing", async () => {
  heartbeat.start();
  await browser.clock.advance(16_000);
  heartbeat.stop();
  await browser.clock.advance(60_000);
  assert.equal(silences, 0);
  heartbeat.start();
  await browser.clock.advance(19_000);
  assert.equal(silences, 0);
});

test("a countdown ends after its ticks without a restart, once", async () => {
  let ends = 0;
  const countdown = new Countdown(15, () => {
    ends += 1;
  });
  countdown.restart();
  await browser.clock.advance(14_000);
  countdown.restart();
  await browser.clock.advance(14_000);
  assert.equal(ends, 0);
  await browser.clock.advance(60_000);
  assert.equal(ends, 1);
});

test("a process that was stopped for long has missed one tick, not a minute", async () => {
  let ends = 0;
  const countdown = new Countdown(15, () => {
    ends += 1;
  });
  countdown.restart();
  await browser.clock.suspend(60_000);
  assert.equal(ends, 0);
  countdown.stop();
});
