/** The demo page's own part: shows how the fish feels, and its two buttons. */

import { byId, find } from "../dom.js";

/** @typedef {import("../element/candle-fish.js").CandleFish} CandleFish */

const READ_EVERY_MS = 400;

const fish = /** @type {CandleFish} */ (byId("fish"));
const feels = find(".feels", HTMLElement);
const mood = byId("mood");
const reason = byId("reason");
const trust = byId("trust", HTMLMeterElement);
const trustNumber = byId("trust-number");
const pause = byId("pause", HTMLButtonElement);

/**
 * Only what has changed: whatever is set is laid out again.
 * @param {HTMLElement} element
 * @param {string} text
 */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {import("../messages").FishState} state */
function show(state) {
  if (feels.dataset.mood !== state.mood) feels.dataset.mood = state.mood;
  say(mood, state.mood);
  say(reason, state.reason);
  const whole = Math.round(state.trust);
  if (trust.value !== whole) trust.value = whole;
  say(trustNumber, String(whole));
}

/** The service worker waits: the fish comes first. */
const KEEP_AFTER_MS = 2000;

/**
 * Registers the service worker, once the fish swims, so that the page opens without a network from the second visit on;
 * not for a visitor who saves data. The element alone keeps nothing.
 */
function keepForLater() {
  const { serviceWorker, connection } = navigator;
  if (serviceWorker === undefined || connection?.saveData === true) return;
  const script = new URL("../service-worker.js", import.meta.url);
  setTimeout(() => serviceWorker.register(script, { updateViaCache: "none" }).catch(() => {}), KEEP_AFTER_MS);
}

let reading = 0;

async function read() {
  if (document.visibilityState === "visible") show(await fish.getState());
}

fish.addEventListener("candlefish:ready", () => {
  document.body.classList.add("awake");
  clearInterval(reading);
  reading = window.setInterval(read, READ_EVERY_MS);
  void read();
});

fish.addEventListener("candlefish:fallback", () => {
  document.body.classList.remove("awake");
  clearInterval(reading);
});

pause.addEventListener("click", () => {
  fish.paused = !fish.paused;
  pause.setAttribute("aria-pressed", String(fish.paused));
});

byId("forget").addEventListener("click", () => fish.reset());

const keep = byId("keep-recording");
keep.hidden = !new URLSearchParams(location.search).has("record");

keep.addEventListener("click", async () => {
  const { text } = await fish.recording();
  const href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  Object.assign(document.createElement("a"), { href, download: "candlefish-visit.jsonl" }).click();
  URL.revokeObjectURL(href);
});

fish.addEventListener("candlefish:ready", keepForLater, { once: true });

if (fish.hasAttribute("analytics")) void import("../connected/service-panel.js");
