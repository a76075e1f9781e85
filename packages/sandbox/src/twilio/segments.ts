/** GSM 03.38 basic alphabet: one septet each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** GSM 03.38 extension table: an escape and a second septet. */
const EXTENDED = new Set('\f^{}\\[~]|€')

/** Room in a single message and in one part of a longer one, whose header takes the rest. */
const GSM7 = { alone: 160, part: 153 }
const UCS2 = { alone: 70, part: 67 }

/** How many SMS segments `body` takes; a text without characters still is one. */
export function segmentsOf(body: string): number {
  const characters = [...body]
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character))
  const room = isGsm ? GSM7 : UCS2
  const widths = characters.map((character) => (isGsm ? (EXTENDED.has(character) ? 2 : 1) : character.length))
  const total = widths.reduce((sum, width) => sum + width, 0)
  if (total <= room.alone) return 1
  let parts = 1
  let used = 0
  // An escape pair or a surrogate pair is never cut in two: it moves to the next part as a whole.
  for (const width of widths) {
    if (used + width > room.part) {
      parts += 1
      used = 0
    }
    used += width
  }
  return parts
}
