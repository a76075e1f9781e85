/** Fixed, made-up rates in hundred-thousandths of a dollar: per SMS segment, and per message with media. */
const DOMESTIC = 790n
const FOREIGN = 4_500n
const MEDIA = 2_000n

/** A negative decimal text in dollars with five places, as the Message resource has it. */
export function priceOf(message: {
  readonly to: string
  readonly segments: number
  readonly media: number
}): string {
  const rate = message.to.startsWith('+1') ? DOMESTIC : FOREIGN
  const total = message.media > 0 ? MEDIA : rate * BigInt(message.segments)
  return `-${total / 100_000n}.${String(total % 100_000n).padStart(5, '0')}`
}
