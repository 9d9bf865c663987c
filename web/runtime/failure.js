/** What the page is told when the engine fails. */

/**
 * @param {unknown} error
 * @param {string} where
 * @returns {import("../messages").EngineError}
 */
export function failure(error, where) {
  const text = error instanceof Error ? error.message : String(error);
  const message = text.trim().split("\n").at(-1) ?? "";
  const asset = error instanceof Error && "asset" in error ? { asset: String(error.asset) } : {};
  return { type: "error", message, where, ...asset, traceback: text, fatal: true };
}
