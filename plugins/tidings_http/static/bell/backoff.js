// When to come back: later after each failure, at random moments, at once when something changed.

/**
 * Return how long to wait after so many failures, in milliseconds.
 * @param {number} failures one or more
 * @param {{ first: number, most: number }} limits
 */
export const delay = (failures, { first, most }) =>
  Math.min(most, first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);

/**
 * Wait so long, or until `signal` says so.
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((done) => {
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener("abort", finish);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    }
  });
}
