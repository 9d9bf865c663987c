/** The demo page's own part: shows how the fish feels, and its two buttons. */

import { keepForLater } from "./offline.js";

/** @typedef {import("./candle-fish.js").CandleFish} CandleFish */

const READ_EVERY_MS = 400;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return /** @type {T} */ (found);
}

const fish = /** @type {CandleFish} */ (byId("fish"));
const feels = /** @type {HTMLElement} */ (document.querySelector(".feels"));
const mood = byId("mood");
const reason = byId("reason");
const trust = /** @type {HTMLMeterElement} */ (byId("trust"));
const trustNumber = byId("trust-number");
const pause = /** @type {HTMLButtonElement} */ (byId("pause"));

/** @param {import("./messages").FishState} state */
function show(state) {
  feels.dataset.mood = state.mood;
  mood.textContent = state.mood;
  if (reason.textContent !== state.reason) reason.textContent = state.reason;
  trust.value = state.trust;
  trustNumber.textContent = String(Math.round(state.trust));
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

if (fish.hasAttribute("analytics")) void import("./connected.js");
