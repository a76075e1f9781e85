/**
 * What we read of Stripe's objects: no more than is used, and all of it possibly absent, so that additions and
 * omissions on Stripe's side do not break us. Meaning is given to it in `from-wire.ts`.
 */
export interface WireSession {
  readonly id: string
  readonly status: string | null
  readonly amount: unknown
  readonly currency: unknown
  readonly url: string | null
  readonly mode: string | null
  readonly reference: string | null
  readonly paymentIntentId: string | null
  /** Present only where the answer was expanded. */
  readonly paymentIntent: WirePaymentIntent | null
}

export interface WirePaymentIntent {
  readonly id: string
  readonly status: string | null
  readonly amount: unknown
  readonly amountReceived: unknown
  readonly currency: unknown
  readonly cancellationReason: string | null
  readonly reference: string | null
  readonly lastError: WireError | null
  readonly charge: WireCharge | null
}

export interface WireCharge {
  readonly amount: unknown
  readonly amountCaptured: unknown
  readonly amountRefunded: unknown
  readonly method: string | null
  readonly balanceTransaction: WireBalanceTransaction | null
}

export interface WireBalanceTransaction {
  readonly fee: unknown
  readonly currency: unknown
  readonly feeDetails: readonly { readonly type: string | null; readonly amount: unknown }[]
}

export interface WireRefund {
  readonly id: string
  readonly status: string | null
  readonly amount: unknown
  readonly currency: unknown
  readonly reference: string | null
  readonly failureReason: string | null
}

export interface WireError {
  readonly type: string | null
  readonly code: string | null
  readonly declineCode: string | null
  readonly param: string | null
  readonly message: string
}

export interface WireEndpoint {
  readonly id: string
  readonly url: string | null
  readonly status: string | null
  readonly apiVersion: string | null
  readonly enabledEvents: readonly string[]
  /** Shown once, in the answer to its creation. */
  readonly secret: string | null
}

export interface WireList<T> {
  readonly data: readonly T[]
  readonly hasMore: boolean
}

/** Metadata key by which our objects are found again. */
export const REFERENCE_KEY = 'onerouter_ref'

export type Fields = Readonly<Record<string, unknown>>

export function fields(value: unknown): Fields | undefined {
  // An object's own properties are unknown until read one by one, which is what the type says.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function referenceOf(object: Fields): string | null {
  return text(fields(object.metadata)?.[REFERENCE_KEY])
}

/** The id of a field that holds either an id or, when expanded, the object. */
export function idOf(value: unknown): string | null {
  return text(value) ?? text(fields(value)?.id)
}

function named(body: unknown, object: string): (Fields & { readonly id: string }) | undefined {
  const found = fields(body)
  if (found === undefined || found.object !== object || text(found.id) === null) return undefined
  return found as Fields & { readonly id: string } // as was just looked at; a copy of eighty members would say the same
}

export function readSession(body: unknown): WireSession | undefined {
  const session = named(body, 'checkout.session')
  if (session === undefined) return undefined
  return {
    id: session.id,
    status: text(session.status),
    amount: session.amount_total,
    currency: session.currency,
    url: text(session.url),
    mode: text(session.mode),
    reference: referenceOf(session),
    paymentIntentId: idOf(session.payment_intent),
    paymentIntent: readPaymentIntent(session.payment_intent) ?? null,
  }
}

export function readPaymentIntent(body: unknown): WirePaymentIntent | undefined {
  const intent = named(body, 'payment_intent')
  if (intent === undefined) return undefined
  return {
    id: intent.id,
    status: text(intent.status),
    amount: intent.amount,
    amountReceived: intent.amount_received,
    currency: intent.currency,
    cancellationReason: text(intent.cancellation_reason),
    reference: referenceOf(intent),
    lastError: readError(intent.last_payment_error),
    charge: readCharge(intent.latest_charge),
  }
}

function readCharge(value: unknown): WireCharge | null {
  const charge = named(value, 'charge')
  if (charge === undefined) return null
  return {
    amount: charge.amount,
    amountCaptured: charge.amount_captured,
    amountRefunded: charge.amount_refunded,
    method: text(fields(charge.payment_method_details)?.type),
    balanceTransaction: readBalanceTransaction(charge.balance_transaction),
  }
}

function readBalanceTransaction(value: unknown): WireBalanceTransaction | null {
  const transaction = named(value, 'balance_transaction')
  if (transaction === undefined) return null
  const details = Array.isArray(transaction.fee_details) ? transaction.fee_details : []
  return {
    fee: transaction.fee,
    currency: transaction.currency,
    feeDetails: details.map((detail) => ({
      type: text(fields(detail)?.type),
      amount: fields(detail)?.amount,
    })),
  }
}

export function readRefund(body: unknown): WireRefund | undefined {
  const refund = named(body, 'refund')
  if (refund === undefined) return undefined
  return {
    id: refund.id,
    status: text(refund.status),
    amount: refund.amount,
    currency: refund.currency,
    reference: referenceOf(refund),
    failureReason: text(refund.failure_reason),
  }
}

export function readEndpoint(body: unknown): WireEndpoint | undefined {
  const endpoint = named(body, 'webhook_endpoint')
  if (endpoint === undefined) return undefined
  const events: readonly unknown[] = Array.isArray(endpoint.enabled_events) ? endpoint.enabled_events : []
  return {
    id: endpoint.id,
    url: text(endpoint.url),
    status: text(endpoint.status),
    apiVersion: text(endpoint.api_version),
    enabledEvents: events.filter((event) => typeof event === 'string'),
    secret: text(endpoint.secret),
  }
}

/** Lists and search results; `undefined` when one element cannot be read, because a gap would read as absence. */
export function readList<T>(body: unknown, read: (item: unknown) => T | undefined): WireList<T> | undefined {
  const list = fields(body)
  if (list === undefined || !Array.isArray(list.data)) return undefined
  const data = list.data.map(read).filter((item) => item !== undefined)
  if (data.length !== list.data.length) return undefined
  return { data, hasMore: list.has_more === true }
}

/** The `error` member of an error body, or `last_payment_error` of a PaymentIntent. */
export function readError(value: unknown): WireError | null {
  const error = fields(value)
  if (error === undefined) return null
  return {
    type: text(error.type),
    code: text(error.code),
    declineCode: text(error.decline_code),
    param: text(error.param),
    message: text(error.message) ?? '',
  }
}
