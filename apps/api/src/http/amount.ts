import {
  type AmountProblem,
  ApiError,
  type Currency,
  checkedMinor,
  exponentOf,
  type Money,
  parseMajor,
} from '@onerouter/core'

export interface AmountFields {
  readonly amount?: string
  readonly amount_minor?: number
}

/**
 * Reads `amount` (major units, as the caller wrote it) or `amount_minor`; exact or refused, never rounded.
 * `undefined` when neither is given. @throws ApiError invalid_amount
 */
export function readAmount(body: AmountFields, currency: Currency): Money | undefined {
  if (body.amount !== undefined && body.amount_minor !== undefined) {
    throw refused('/amount_minor', 'Send either amount or amount_minor, not both.')
  }
  if (body.amount !== undefined) return exact('/amount', parseMajor(String(body.amount), currency), currency)
  if (body.amount_minor === undefined) return undefined
  return exact('/amount_minor', checkedMinor(BigInt(body.amount_minor), currency), currency)
}

export function requireAmount(body: AmountFields, currency: Currency): Money {
  const amount = readAmount(body, currency)
  if (amount === undefined) {
    throw refused('/amount', 'Send amount (major units, such as "500.00") or amount_minor (an integer).')
  }
  return amount
}

function exact(pointer: string, read: Money | AmountProblem, currency: Currency): Money {
  if (typeof read === 'object') return read
  const decimals = exponentOf(currency)
  const why: Record<AmountProblem, string> = {
    not_a_decimal: 'must be a plain decimal number such as 500.00',
    too_precise: `has more decimals than ${currency} carries (${decimals})`,
    not_positive: 'must be more than zero',
    too_large: 'is too large',
  }
  throw refused(pointer, why[read])
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_amount', `The amount is not valid: ${detail}.`.replace('..', '.'), {
    errors: [{ pointer, detail }],
  })
}
