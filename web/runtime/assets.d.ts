/** assets.js is written by the builder. */
export const ASSETS: import("../engine").Assets;
