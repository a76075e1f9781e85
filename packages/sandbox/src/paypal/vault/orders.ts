import { unprocessable } from '../errors.ts'
import type { Funding, Paypal } from '../state.ts'
import type { PaymentToken } from './rows.ts'

const AT = { field: '/payment_source/paypal/vault_id', location: 'body' } as const

/**
 * The saved wallet an order names. A wallet's token is a billing agreement underneath, so an unknown and a
 * deleted one are refused in those words (PayPal Orders v2 reference, "Create order", 422).
 */
export function savedWallet(paypal: Paypal, accountId: string, vaultId: string): PaymentToken {
  const token = paypal.paymentTokens.get(vaultId)
  if (token?.accountId !== accountId) throw unprocessable('BILLING_AGREEMENT_NOT_FOUND', AT)
  if (token.deleted) throw unprocessable('AGREEMENT_ALREADY_CANCELLED', AT)
  if (token.behaviour === 'declines') throw unprocessable('INSTRUMENT_DECLINED', AT)
  if (token.behaviour === 'expired') throw unprocessable('TOKEN_EXPIRED', AT)
  return token
}

/** What the payer's absence means: money moves at once, unless PayPal wants to see them first. */
export const fundingOf = (token: PaymentToken): Funding | null =>
  token.behaviour === 'needs_authentication' ? null : 'balance'
