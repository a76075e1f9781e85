import { scrypt, timingSafeEqual } from 'node:crypto'
import { ApiError } from '@onerouter/core'

/** scrypt as OWASP's Password Storage Cheat Sheet lists it: 32 MiB and a quarter of a second per guess. */
export const PASSWORD_COST = { ln: 15, r: 8, p: 3 }
type Cost = typeof PASSWORD_COST
const KEY_BYTES = 32
export const SALT_BYTES = 16

/** Node computes scrypt in its thread pool, which file and name look-ups share: two at a time leave room for them. */
const AT_ONCE = 2
/** Whoever would wait behind more than this many is turned away instead. */
const WAITING_MAX = 16

export interface Passwords {
  /** The text to store, in the PHC string format. */
  hash(password: string, salt: Uint8Array): Promise<string>
  /**
   * Whether the password is the one. Without a stored text it takes as long as with one and says no, so that
   * nobody can tell from the time who has an account here.
   * @throws ApiError overloaded when too many are waiting
   */
  verify(password: string, stored: string | null): Promise<boolean>
}

/** `cost` is what a new hash costs; stored ones keep theirs. */
export function createPasswords(cost: Cost = PASSWORD_COST): Passwords {
  const gate = createGate()
  const nobody = { salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES), cost }
  return {
    async hash(password, salt) {
      const key = await gate(() => derive(password, salt, cost))
      return encode(salt, key, cost)
    },
    async verify(password, stored) {
      const kept = decode(stored) ?? nobody
      const found = await gate(() => derive(password, kept.salt, kept.cost))
      return timingSafeEqual(found, kept.key) && stored !== null
    },
  }
}

function derive(password: string, salt: Uint8Array, { ln, r, p }: Cost): Promise<Buffer> {
  const options = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r }
  return new Promise((resolve, reject) => {
    // The same letters can be typed as different code points.
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

function encode(salt: Uint8Array, key: Buffer, { ln, r, p }: Cost): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(key)}`
}

interface Decoded {
  readonly salt: Uint8Array
  readonly key: Buffer
  readonly cost: Cost
}
const PHC =
  /^\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

function decode(stored: string | null): Decoded | undefined {
  const [, ln, r, p, salt, key] = PHC.exec(stored ?? '') ?? []
  if (ln === undefined || r === undefined || p === undefined || salt === undefined || key === undefined) {
    return undefined
  }
  const number = (text: string) => Number.parseInt(text, 10)
  return {
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
    cost: { ln: number(ln), r: number(r), p: number(p) },
  }
}

function createGate(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING_MAX) {
        throw new ApiError('overloaded', 'Many people are signing in; try again in a moment.')
      }
      // Whoever finishes hands its place on, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running += 1
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
