import type { Random } from '../kernel/types.ts'

/** Ids in the shapes PayPal uses, so that logs, patterns and column widths meet real ones. */

const UPPER = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'
const HEX = '0123456789abcdef'
const TOKEN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'

/** Orders, captures, authorizations, refunds, webhooks: 17 capital letters and digits. */
export const resourceId = (random: Random): string => random.text(UPPER, 17)
/** Payers and merchants: 13 characters that cannot be mistaken for one another. */
export const merchantId = (random: Random): string => random.text('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', 13)
export const payerId = merchantId
export const eventId = (random: Random): string => `WH-${random.text(UPPER, 17)}-${random.text(UPPER, 17)}`
/** Tokens of the vault are shorter, in small letters. */
export const paymentTokenId = (random: Random): string =>
  random.text('abcdefghijklmnopqrstuvwxyz0123456789', 17)
export const disputeId = (random: Random): string => `PP-D-${random.text('0123456789', 5)}`
export const debugId = (random: Random): string => random.text(HEX, 13)
export const accessToken = (random: Random): string => `A21AA${random.text(TOKEN, 92)}`
export const nonce = (random: Random, utcTime: string): string => `${utcTime}${random.text(TOKEN, 43)}`

/** Client ids start with A, secrets with E; both are 80 characters and tell nothing of test or live. */
export const clientId = (random: Random): string => `A${random.text(TOKEN, 79)}`
export const clientSecret = (random: Random): string => `E${random.text(TOKEN, 79)}`

/** A UUID of version 1 in form; its time bits are random because nothing reads them. */
export function transmissionId(random: Random): string {
  const hex = (length: number) => random.text(HEX, length)
  return `${hex(8)}-${hex(4)}-1${hex(3)}-${random.text('89ab', 1)}${hex(3)}-${hex(12)}`
}
