/**
 * A number between 0 and 1, exclusive, that is always the same for the same words and spread evenly over
 * different ones: FNV-1a over the UTF-16 units, then a finaliser that lets every bit reach every other.
 */
export function unitOf(...words: readonly string[]): number {
  let hash = 0x811c9dc5
  for (const word of words) {
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ 0x1f, 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32
}
