/** Options: what the attributes of `<candle-fish>` say, and what stands for what they do not say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LASTING, optionsOf, RESTARTING } from "../../web/protocol.js";

/** @param {Record<string, string>} attributes */
const said = (attributes) =>
  optionsOf({
    getAttribute: (/** @type {string} */ name) => attributes[name] ?? null,
  });

test("without attributes a fish is as the defaults say", () => {
  const { effects, complexity, seed, transparent } = said({});
  assert.deepEqual([effects, complexity, seed, transparent], ["standard", "standard", 7, false]);
});

test("attributes are read by their kind", () => {
  const { effects, complexity, seed, transparent } = said({
    effects: "rich",
    complexity: "basic",
    seed: "42",
    transparent: "",
  });
  assert.deepEqual([effects, complexity, seed, transparent], ["rich", "basic", 42, true]);
});

test("a flag is on when it is there, whatever it says but false", () => {
  for (const transparent of ["", "true", "transparent"]) assert.equal(said({ transparent }).transparent, true);
  assert.equal(said({ transparent: "false" }).transparent, false);
});

test("what is no value of an option is its default", () => {
  for (const effects of ["", "RICH", "lavish", "null"]) assert.equal(said({ effects }).effects, "standard");
  for (const seed of ["-1", "1.5", "NaN", "1e99", "seven", "9007199254740993"]) assert.equal(said({ seed }).seed, 7);
});

test("an attribute starts the fish anew or does not; one that is an option does", () => {
  assert.deepEqual(
    RESTARTING.filter((name) => LASTING.includes(name)),
    [],
  );
  for (const name of Object.keys(said({}))) assert.ok(RESTARTING.includes(name), name);
});
