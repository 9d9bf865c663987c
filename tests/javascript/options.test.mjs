/** Options: what the attributes of `<candle-fish>` say, and what stands for what they do not say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LASTING, optionsOf, RESTARTING } from "../../web/protocol.js";

const DEFAULTS = { effects: "standard", complexity: "standard", seed: 7, transparent: false };

/** @param {Record<string, string>} attributes */
const said = (attributes) =>
  optionsOf({
    getAttribute: (/** @type {string} */ name) => attributes[name] ?? null,
    hasAttribute: (/** @type {string} */ name) => name in attributes,
  });

test("without attributes a fish is as the defaults say", () => {
  assert.deepEqual(said({}), DEFAULTS);
});

test("attributes are read by their kind", () => {
  assert.deepEqual(said({ effects: "rich", complexity: "basic", seed: "42", transparent: "" }), {
    effects: "rich",
    complexity: "basic",
    seed: 42,
    transparent: true,
  });
});

test("what is no value of an option is its default", () => {
  for (const effects of ["", "RICH", "lavish", "null"]) assert.deepEqual(said({ effects }), DEFAULTS);
  for (const seed of ["-1", "1.5", "NaN", "1e99", "seven", "9007199254740993"])
    assert.deepEqual(said({ seed }), DEFAULTS, seed);
});

test("an attribute starts the fish anew or does not", () => {
  assert.deepEqual(
    RESTARTING.filter((name) => LASTING.includes(name)),
    [],
  );
  for (const name of Object.keys(DEFAULTS)) assert.ok(RESTARTING.includes(name), name);
});
