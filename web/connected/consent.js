/** Whether a visitor may be counted, who they are to the service, and which variants they had before. */

import { newId, read, readJson, write } from "./storage.js";

export const KEY_CLIENT = "candlefish_client";
export const KEY_TRIALS = "candlefish_trials";
export const KEY_OPT_OUT = "candlefish_optout";

const CONFIG_PATIENCE_MS = 1500; // Python takes longer to start: nobody waits for this
const ID = /^[A-Za-z0-9_-]{16,64}$/;
const ROBOT = /bot|crawl|spider|headless/i;
const TABLET_PX = 600;
const DESKTOP_PX = 1100;

/**
 * @typedef {object} Trials
 * @property {Record<string, string>} variants by experiment
 * @property {[string, string][]} exposed
 * @property {string | null} config the last configuration that came
 */

/** @returns {boolean} nobody has asked not to be counted, and it could be remembered if they did */
export function mayCount() {
  const { globalPrivacyControl, doNotTrack } = navigator;
  const asked =
    globalPrivacyControl === true || [doNotTrack, window.doNotTrack].some((value) => value === "1" || value === "yes");
  return !asked && read(KEY_OPT_OUT) === null && write(KEY_OPT_OUT, null);
}

/** @returns {string} the random id of this browser, made at the first visit */
export function clientId() {
  const known = read(KEY_CLIENT);
  if (known !== null && ID.test(known)) return known;
  const made = newId();
  write(KEY_CLIENT, made);
  return made;
}

/** @returns {Trials} */
function trials() {
  const found = readJson(KEY_TRIALS);
  const variants = typeof found?.variants === "object" && found.variants !== null ? found.variants : {};
  return {
    variants,
    exposed: Array.isArray(found?.exposed)
      ? found.exposed.filter((/** @type {any} */ pair) => Array.isArray(pair) && pair.length === 2)
      : [],
    config: typeof found?.config === "string" ? found.config : null,
  };
}

/** @param {Partial<Trials>} news */
function remember(news) {
  write(KEY_TRIALS, JSON.stringify({ ...trials(), ...news }));
}

/** @param {Record<string, string>} variants what the visitor has now: it stays theirs */
export function keepVariants(variants) {
  const known = trials().variants;
  remember({ variants: { ...known, ...variants } });
}

/** @param {string} experiment @param {string} variant */
export function keepExposure(experiment, variant) {
  const { exposed } = trials();
  if (!exposed.some(([one, other]) => one === experiment && other === variant))
    remember({ exposed: [...exposed, [experiment, variant]] });
}

/** Forgets everything that was kept to count this visitor. */
export function forget() {
  for (const key of [KEY_CLIENT, KEY_TRIALS]) write(key, null);
}

/** @returns {"desktop" | "tablet" | "phone"} by the viewport's shorter side and width */
function device() {
  const { innerWidth: width, innerHeight: height } = window;
  if (Math.min(width, height) < TABLET_PX && matchMedia("(pointer: coarse)").matches) return "phone";
  return width < DESKTOP_PX && matchMedia("(pointer: coarse)").matches ? "tablet" : "desktop";
}

/** @returns {boolean} */
function isRobot() {
  return navigator.webdriver === true || ROBOT.test(navigator.userAgent);
}

/**
 * @param {URL} base
 * @returns {Promise<string | null>} the experiments as the service describes them, or as it last did
 */
async function config(base) {
  try {
    const answer = await fetch(new URL("api/ab-config", base), {
      credentials: "omit",
      signal: AbortSignal.timeout(CONFIG_PATIENCE_MS),
    });
    if (!answer.ok) return trials().config;
    const text = await answer.text();
    remember({ config: text });
    return text;
  } catch {
    return trials().config;
  }
}

/**
 * What Python deals the variants by (`candlefish/browser/experiments.py`).
 * @param {URL} base of the service
 * @param {string[]} fixed settings the page's owner chose
 * @returns {Promise<string>} JSON
 */
export async function study(base, fixed) {
  const client = clientId();
  const text = await config(base);
  const { variants, exposed } = trials();
  return JSON.stringify({ client, device: device(), config: text, sticky: variants, exposed, fixed, bot: isRobot() });
}
