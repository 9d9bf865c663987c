/** One interpreter for all fish of a thread. */

/** @typedef {import("./messages").BootEvents} BootEvents */
/** @typedef {import("./messages").StartHost} StartHost */

/**
 * @param {(on: BootEvents) => Promise<StartHost>} boot starts an interpreter
 * @returns {(on: BootEvents) => Promise<StartHost>} starts it once, telling all who wait; after a failure the next call tries again
 */
export function sharedBoot(boot) {
  /** @type {Set<BootEvents>} */
  const waiting = new Set();
  /** @type {Promise<StartHost> | null} */
  let started = null;
  /** @type {BootEvents} */
  const all = {
    onPhase(name) {
      for (const one of waiting) one.onPhase(name);
    },
    onProgress(asset) {
      for (const one of waiting) one.onProgress(asset);
    },
    onTrouble(error) {
      for (const one of waiting) one.onTrouble(error);
    },
  };
  return async (on) => {
    waiting.add(on);
    started ??= boot(all);
    try {
      return await started;
    } catch (error) {
      started = null;
      throw error;
    } finally {
      waiting.delete(on);
    }
  };
}
