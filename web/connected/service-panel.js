/** The demo page beside a service: what is counted and how to say no, and the same fish on another device. */

/** @typedef {import("../element/candle-fish.js").CandleFish} CandleFish */

const fish = /** @type {CandleFish | null} */ (document.querySelector("candle-fish[analytics]"));
const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} text */
function say(text) {
  find("paired").textContent = text;
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
  find("collects").hidden = true;
  find("connected").hidden = false;
  find("opt-out").addEventListener("click", async () => {
    await fish.optOut();
    find("connected").hidden = true;
    find("collects").hidden = false;
  });
  find("pair").addEventListener("click", () =>
    tell(async () => {
      const { code, expires_s } = await fish.pair();
      return `Enter ${code} there within ${Math.round(expires_s / 60)} minutes.`;
    }),
  );
  find("pairing").addEventListener("submit", (event) => {
    event.preventDefault();
    void tell(async () => {
      await fish.join(/** @type {HTMLInputElement} */ (find("code")).value);
      return "It knows you from both now.";
    });
  });
}

if (fish !== null) connect(fish);

export {};
