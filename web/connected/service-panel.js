/** The demo page beside a service: what is counted and how to say no, and the same fish on another device. */

import { byId } from "../dom.js";

/** @typedef {import("../element/candle-fish.js").CandleFish} CandleFish */

const fish = /** @type {CandleFish | null} */ (document.querySelector("candle-fish[analytics]"));

/** @param {string} text */
function say(text) {
  byId("paired").textContent = text;
}

/** @param {() => Promise<string>} act */
async function tell(act) {
  try {
    say(await act());
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

/** @param {CandleFish} fish */
function connect(fish) {
  byId("collects").hidden = true;
  byId("connected").hidden = false;
  byId("opt-out").addEventListener("click", async () => {
    await fish.optOut();
    byId("connected").hidden = true;
    byId("collects").hidden = false;
  });
  byId("pair").addEventListener("click", () =>
    tell(async () => {
      const { code, expires_s } = await fish.pair();
      return `Enter ${code} there within ${Math.round(expires_s / 60)} minutes.`;
    }),
  );
  byId("pairing").addEventListener("submit", (event) => {
    event.preventDefault();
    void tell(async () => {
      await fish.join(byId("code", HTMLInputElement).value);
      return "It knows you from both now.";
    });
  });
}

if (fish !== null) connect(fish);
