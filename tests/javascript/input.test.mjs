/** Input: where a pointer is in the box, what one frame holds, the keyboard's pointer; and the box's size in device px. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  INPUT_BLUR,
  INPUT_DOWN,
  INPUT_FEED,
  INPUT_KEY,
  INPUT_LEAVE,
  INPUT_MOVE,
  INPUT_SCROLL,
  INPUT_UP,
} from "../../web/protocol.js";
import { Browser } from "./browser.mjs";

const browser = new Browser();
/** @type {{entries: (entries: any[]) => void}[]} */
const observers = [];
/** @type {[string, EventTarget][]} media queries that were asked, the newest last */
const queries = [];
class Observer {
  /** @param {(entries: any[]) => void} act */
  constructor(act) {
    this.entries = act;
    observers.push(this);
  }
  observe() {}
  disconnect() {}
}
Object.assign(globalThis, {
  IntersectionObserver: class extends Observer {},
  ResizeObserver: class extends Observer {},
  PerformanceObserver: Observer,
  matchMedia: (/** @type {string} */ query) => {
    const list = new EventTarget();
    queries.push([query, list]);
    return list;
  },
});
const { InputListener } = await import("../../web/element/input.js");
const { boundedDpr, firstPaint, Visibility } = await import("../../web/element/visibility.js");

/** An element of a given size and place. */
class Box extends EventTarget {
  constructor(width = 400, height = 300, left = 50, top = 20) {
    super();
    Object.assign(this, { clientWidth: width, clientHeight: height });
    this.getBoundingClientRect = () => ({ left, top });
    this.blurred = 0;
  }
  blur() {
    this.blurred += 1;
  }
}

/** @type {number[][][]} frames of events of four numbers */
let frames = [];
/** @type {any[]} */
let cursors = [];
/** @type {any} */
let box;
/** @type {InstanceType<typeof InputListener>} */
let input;

const pointer = (/** @type {string} */ name, /** @type {number} */ x, /** @type {number} */ y, more = {}) =>
  box.dispatchEvent(Object.assign(new Event(name), { clientX: x, clientY: y, isPrimary: true, ...more }));
const press = (/** @type {string} */ key, more = {}) => {
  const event = Object.assign(new Event("keydown", { cancelable: true }), { key, ...more });
  box.dispatchEvent(event);
  return event.defaultPrevented;
};
const frame = () => {
  browser.clock.frame();
  return frames.at(-1)?.map(([kind, x, y]) => [kind, x, y]);
};

beforeEach(() => {
  input?.close();
  [frames, cursors, box] = [[], [], new Box()];
  input = new InputListener(
    box,
    box,
    (events) => frames.push(Array.from({ length: events.length / 4 }, (_, i) => [...events.slice(4 * i, 4 * i + 4)])),
    (x, y, on) => cursors.push([x, y, on]),
  );
});

test("places are CSS px in the box, wherever it lies", () => {
  pointer("pointermove", 60, 50);
  assert.deepEqual(frame(), [[INPUT_MOVE, 10, 30]]);
});

test("one frame is one message, in the order things happened, at the page's clock", () => {
  pointer("pointerdown", 60, 50);
  pointer("pointermove", 70, 50);
  pointer("pointerup", 70, 50);
  assert.equal(frames.length, 0);
  assert.deepEqual(
    frame()?.map(([kind]) => kind),
    [INPUT_DOWN, INPUT_MOVE, INPUT_UP],
  );
  assert.equal(frames.length, 1);
  browser.clock.frame();
  assert.equal(frames.length, 1, "nothing new, no message");
  input.add(INPUT_FEED, 1, 2, 30);
  browser.clock.frame();
  assert.equal(frames[1]?.[0]?.[3], browser.clock.origin + 30);
});

test("of a frame that holds too much the oldest goes", () => {
  for (let i = 0; i < 100; i += 1) pointer("pointermove", 50 + i, 20);
  const found = frame() ?? [];
  assert.deepEqual([found.length, found[0]?.[1], found.at(-1)?.[1]], [64, 36, 99]);
});

test("a tap feeds, a drag does not, a second finger is nobody", () => {
  pointer("pointerdown", 100, 100);
  pointer("click", 108, 108, { detail: 1 });
  pointer("pointerdown", 100, 100);
  pointer("click", 110, 110, { detail: 1 });
  pointer("pointermove", 100, 100, { isPrimary: false });
  assert.deepEqual(frame(), [
    [INPUT_DOWN, 50, 80],
    [INPUT_FEED, 58, 88],
    [INPUT_DOWN, 50, 80],
  ]);
});

test("arrows move a pointer from the middle, in steps, and no further than the box", () => {
  assert.equal(press("ArrowRight"), true);
  assert.deepEqual(cursors.at(-1), [224, 150, true]);
  press("ArrowUp", { shiftKey: true });
  assert.deepEqual(cursors.at(-1), [224, 54, true]);
  press("ArrowUp", { shiftKey: true });
  assert.deepEqual(cursors.at(-1), [224, 0, true]);
  const found = frame() ?? [];
  assert.deepEqual(found.at(-1), [INPUT_MOVE, 224, 0]);
  assert.deepEqual(
    found.map(([kind]) => kind),
    [INPUT_KEY, INPUT_MOVE, INPUT_KEY, INPUT_MOVE, INPUT_KEY, INPUT_MOVE],
  );
});

test("Enter, Space and assistive technology feed where the keyboard's pointer is", () => {
  press("ArrowLeft");
  press("Enter");
  press(" ");
  pointer("click", 0, 0, { detail: 0 });
  const fed = (frame() ?? []).filter(([kind]) => kind === INPUT_FEED);
  assert.deepEqual(
    fed,
    [1, 2, 3].map(() => [INPUT_FEED, 176, 150]),
  );
});

test("keys that are not the fish's stay the page's", () => {
  assert.equal(press("a"), false);
  assert.equal(press("ArrowUp", { ctrlKey: true }), false);
  press("Escape");
  assert.equal(box.blurred, 1);
  assert.equal(frame(), undefined);
});

test("a pointer hides the keyboard's; leaving the box by keyboard is told", () => {
  press("ArrowLeft");
  pointer("pointermove", 60, 60);
  assert.deepEqual(cursors.at(-1), [0, 0, false]);
  box.dispatchEvent(new Event("blur"));
  assert.deepEqual(
    frame()?.map(([kind]) => kind),
    [INPUT_KEY, INPUT_MOVE, INPUT_MOVE, INPUT_LEAVE, INPUT_BLUR],
  );
});

test("a visitor who is not heard leaves first; the page may still feed", () => {
  pointer("pointermove", 60, 60);
  input.mute(true);
  pointer("pointermove", 70, 70);
  press("Enter");
  pointer("click", 70, 70, { detail: 1 });
  browser.window.dispatchEvent(new Event("scroll"));
  input.add(INPUT_FEED, 5, 5);
  assert.deepEqual(
    frame()?.map(([kind]) => kind),
    [INPUT_MOVE, INPUT_LEAVE, INPUT_BLUR, INPUT_FEED],
  );
  input.mute(false);
  browser.window.dispatchEvent(new Event("scroll"));
  assert.deepEqual(frame()?.[0]?.[0], INPUT_SCROLL);
});

test("closed, it hears nothing and sends nothing", () => {
  pointer("pointermove", 60, 60);
  input.close();
  pointer("pointermove", 70, 70);
  assert.equal(frame(), undefined);
});

for (const [ratio, width, height, expected] of [
  [1, 800, 600, 1],
  [2, 800, 600, 2],
  [3, 400, 300, 2],
  [1.25, 800, 600, 1.25],
  [0, 800, 600, 1],
  [2, 2560, 1600, Math.sqrt(4_200_000 / (2560 * 1600))],
  [1, 7680, 4320, 0.5],
  [2, 0, 0, 2],
]) {
  test(`${width} × ${height} at ${ratio} has ${expected} device px a CSS px`, () => {
    Object.assign(browser.window, { devicePixelRatio: ratio });
    assert.equal(boundedDpr(width, height), expected);
    Object.assign(browser.window, { devicePixelRatio: 1 });
  });
}

/** @param {any} element */
function watched(element) {
  observers.length = 0;
  /** @type {any[]} */
  const told = [];
  const visibility = new Visibility(element, {
    onVisible: (on) => told.push(on ? "seen" : "unseen"),
    onResize: ({ width, height, dpr }) => told.push([width, height, dpr]),
    onHide: (forGood) => told.push(forGood ? "gone" : "hidden"),
    onReturn: () => told.push("back"),
  });
  const [crossing, sizing] = observers;
  return {
    visibility,
    told,
    cross: (/** @type {boolean} */ on) => crossing?.entries([{ isIntersecting: on }]),
    size: () => sizing?.entries([]),
  };
}

test("it is seen when it is on the screen of a page that is shown, and each change is told once", () => {
  browser.show(true);
  const { visibility, told, cross } = watched(new Box());
  cross(true);
  cross(true);
  browser.show(false);
  cross(false);
  browser.show(true);
  cross(true);
  assert.deepEqual(told, ["seen", "unseen", "hidden", "hidden", "seen"]);
  visibility.close();
  browser.show(false);
  assert.equal(told.length, 5);
  browser.show(true);
});

test("a page that goes for good, and one that comes back out of the cache, are told", () => {
  const { visibility, told } = watched(new Box());
  browser.window.dispatchEvent(new Event("pagehide"));
  browser.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  browser.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.deepEqual(told, ["gone", "back"]);
  visibility.close();
});

test("a box without a size is not told", () => {
  const element = /** @type {any} */ (new Box(0, 300));
  const { visibility, told, size } = watched(element);
  size();
  element.clientWidth = 640;
  size();
  assert.deepEqual(told, [[640, 300, 1]]);
  visibility.close();
});

test("a window that moves to another screen is told each time", () => {
  const { visibility, told } = watched(new Box());
  for (const [before, ratio] of [
    [1, 2],
    [2, 1],
  ]) {
    const [query, list] = queries.at(-1) ?? [];
    assert.equal(query, `(resolution: ${before}dppx)`);
    Object.assign(browser.window, { devicePixelRatio: ratio });
    list?.dispatchEvent(new Event("change"));
  }
  assert.deepEqual(told, [
    [400, 300, 2],
    [400, 300, 1],
  ]);
  visibility.close();
  queries.at(-1)?.[1].dispatchEvent(new Event("change"));
  assert.equal(told.length, 2);
});

test("a browser that never tells of its first paint holds nothing up for long", async () => {
  browser.clock.now = 0;
  let painted = false;
  void firstPaint().then(() => (painted = true));
  await browser.clock.advance(599);
  assert.equal(painted, false);
  await browser.clock.advance(1);
  assert.equal(painted, true);
});
