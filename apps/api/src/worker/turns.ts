/** However far behind, what waits for its turn gets on. */
const REST_MS_MAX = 50

/**
 * Turns, one after the other. Between two of them it rests for as long as the process is behind, so that who waits for an
 * answer is not kept waiting by what nobody waits for: on time it takes all there is, 10 ms behind a hundred a second.
 */
export function createTurns(
  sleep: (ms: number) => Promise<void>,
  behindMs: () => number,
): () => Promise<void> {
  let last = Promise.resolve()
  const rest = async (): Promise<void> => {
    const ms = Math.min(REST_MS_MAX, Math.round(behindMs()))
    if (ms > 0) await sleep(ms)
  }
  return () => {
    last = last.then(rest)
    return last
  }
}
