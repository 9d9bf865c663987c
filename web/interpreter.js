/** One interpreter for all fish of a thread. */

/** @typedef {import("./messages").StartHost} StartHost */
/** @typedef {(name: string) => void} OnPhase */

/**
 * @param {(onPhase: OnPhase) => Promise<StartHost>} boot starts an interpreter
 * @returns {(onPhase: OnPhase) => Promise<StartHost>} starts it once; after a failure the next call tries again
 */
export function sharedBoot(boot) {
  /** @type {Set<OnPhase>} */
  const waiting = new Set();
  /** @type {Promise<StartHost> | null} */
  let started = null;
  return async (onPhase) => {
    waiting.add(onPhase);
    started ??= boot((name) => waiting.forEach((tell) => tell(name)));
    try {
      return await started;
    } catch (error) {
      started = null;
      throw error;
    } finally {
      waiting.delete(onPhase);
    }
  };
}
