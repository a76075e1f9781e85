/** A second body with the CRC32 of the first: what an attacker needs against signatures over checksums. */
import { crc32 } from 'node:zlib'

const LETTERS = 64
const CASE_BIT = 0x20

/**
 * Changes the case of letters in a pad so that the checksum becomes `wanted`. CRC32 is affine over GF(2):
 * each letter's case toggles a fixed set of checksum bits, so 32 equations in 64 unknowns give way to
 * elimination.
 */
export function withChecksum(wanted: number, bodyWithPad: (pad: string) => string): string {
  const plain = Buffer.from(bodyWithPad('a'.repeat(LETTERS)))
  const start = plain.indexOf('a'.repeat(LETTERS))
  const base = crc32(plain)
  const toggled = (index: number) => {
    const copy = Buffer.from(plain)
    copy[start + index] = (copy[start + index] ?? 0) ^ CASE_BIT
    return copy
  }
  // One row per letter: which checksum bits it flips, and (above bit 32) which letters made the row.
  const basis = new Map<number, bigint>()
  for (let index = 0; index < LETTERS; index++) {
    const flips = BigInt((crc32(toggled(index)) ^ base) >>> 0)
    const row = reduce(flips | (1n << BigInt(32 + index)), basis)
    const top = topBit(row & 0xffffffffn)
    if (top >= 0) basis.set(top, row)
  }
  const rest = reduce(BigInt((wanted ^ base) >>> 0), basis)
  if ((rest & 0xffffffffn) !== 0n) throw new Error('the pad is too short')
  const forged = Buffer.from(plain)
  for (let index = 0; index < LETTERS; index++) {
    if ((rest >> BigInt(32 + index)) & 1n) forged[start + index] = (forged[start + index] ?? 0) ^ CASE_BIT
  }
  return forged.toString()
}

function reduce(row: bigint, basis: ReadonlyMap<number, bigint>): bigint {
  let left = row
  for (let bit = 31; bit >= 0; bit--) {
    const by = basis.get(bit)
    if (by !== undefined && (left >> BigInt(bit)) & 1n) left ^= by
  }
  return left
}

const topBit = (value: bigint): number => (value === 0n ? -1 : value.toString(2).length - 1)
