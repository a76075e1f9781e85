const POOL_BYTES = 4_096

/**
 * The same random bytes, asked for in larger portions: a call of the operating system per id costs more than the id. For
 * ids only; what must stay secret asks for bytes of its own, so that none of them wait in memory.
 */
export function pooledRandom(random: (bytes: number) => Uint8Array): (bytes: number) => Uint8Array {
  let pool = new Uint8Array(0)
  let at = 0
  return (bytes) => {
    if (at + bytes > pool.length) {
      pool = new Uint8Array(random(Math.max(POOL_BYTES, bytes)))
      at = 0
    }
    at += bytes
    return pool.subarray(at - bytes, at)
  }
}
