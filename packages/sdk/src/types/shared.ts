export type Environment = 'test' | 'live'

/** What an account can connect. */
export type Service = 'stripe' | 'razorpay' | 'paypal' | 'twilio'

/** Up to 50 pairs of yours; keys up to 40 and values up to 500 characters. Never respelled. */
export type Metadata = Readonly<Record<string, string>>

/** What a provider shapes; its own spelling. */
export type ProviderOwned = Readonly<Record<string, unknown>>

/** Facts that differ from case to case; JSON, its members spelled as everywhere in this package. */
export type Facts = Readonly<Record<string, unknown>>

/** A moment: RFC 3339 text or a Date. */
export type Instant = Date | string

/**
 * Money is asked for in one of two ways, never both: `amount` in major units, or `amountMinor` in the currency's
 * smallest.
 *
 * A string is exact: `'500.00'`. A number is sent as JavaScript writes it, so `500` and `10.5` arrive as such, but
 * the result of arithmetic may not be what you mean: `0.1 + 0.2` is `0.30000000000000004`, which the API refuses
 * with `invalid_amount`, as it does every amount that the currency cannot carry. It never rounds.
 */
export type Amount =
  | { readonly amount: string | number; readonly amountMinor?: never }
  | { readonly amountMinor: number; readonly amount?: never }

/** The same, for what goes over everything that is left when nothing is said. */
export type OptionalAmount = Amount | { readonly amount?: never; readonly amountMinor?: never }

/** A range of times; RFC 3339 text, Unix seconds, or a Date. */
export interface CreatedRange {
  readonly gt?: Date | string | number
  readonly gte?: Date | string | number
  readonly lt?: Date | string | number
  readonly lte?: Date | string | number
}

export interface ListParams {
  /** Objects per page, 1 to 100; 20 by default. */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly startingAfter?: string
}
