import { type Context, newId, nowSeconds, ownRows } from './state.ts'
import type { BalanceTransaction } from './wire.ts'

const AVAILABLE_AFTER_S = 2 * 24 * 3_600

export interface Entry {
  readonly type: BalanceTransaction['type']
  /** Signed: what the account gains before fees. */
  readonly amount: number
  readonly fee: number
  readonly currency: string
  readonly source: string
  readonly description: string | null
  /** Available at once instead of after the usual two days. */
  readonly immediate?: boolean
}

const CATEGORY = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  refund_failure: 'refund_failure',
  adjustment: 'dispute',
} satisfies Record<BalanceTransaction['type'], string>

/** Books one movement; the sandbox settles in the currency of the charge, so there is no exchange rate. */
export function bookEntry(context: Context, entry: Entry): BalanceTransaction {
  const { world, accountId, livemode } = context
  const now = nowSeconds(world)
  const object: BalanceTransaction = {
    id: newId(world, 'txn'),
    object: 'balance_transaction',
    amount: entry.amount,
    available_on: entry.immediate === true ? now : now + AVAILABLE_AFTER_S,
    balance_type: 'payments',
    created: now,
    currency: entry.currency,
    description: entry.description,
    exchange_rate: null,
    fee: entry.fee,
    fee_details: entry.fee === 0 ? [] : [feeDetail(entry)],
    net: entry.amount - entry.fee,
    reporting_category: CATEGORY[entry.type],
    source: entry.source,
    status: entry.immediate === true ? 'available' : 'pending',
    type: entry.type,
  }
  context.store.balanceTransactions.set(object.id, { accountId, livemode, object })
  return object
}

function feeDetail(entry: Entry): object {
  const { fee: amount, currency } = entry
  return { amount, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }
}

/** Marks what has become available by now, as the object would read at this moment. */
export function refreshed(context: Context, object: BalanceTransaction): BalanceTransaction {
  if (object.available_on <= nowSeconds(context.world)) object.status = 'available'
  return object
}

/** `GET /v1/balance`: net amounts per currency. */
export function balanceOf(context: Context): Record<string, unknown> {
  const available = new Map<string, number>()
  const pending = new Map<string, number>()
  for (const row of ownRows(context, context.store.balanceTransactions)) {
    const { currency, net, status } = refreshed(context, row.object)
    const side = status === 'available' ? available : pending
    side.set(currency, (side.get(currency) ?? 0) + net)
    available.set(currency, available.get(currency) ?? 0)
    pending.set(currency, pending.get(currency) ?? 0)
  }
  if (available.size === 0) available.set('usd', 0)
  if (pending.size === 0) pending.set('usd', 0)
  return {
    object: 'balance',
    available: amounts(available),
    livemode: context.livemode,
    pending: amounts(pending),
  }
}

function amounts(side: ReadonlyMap<string, number>): object[] {
  return [...side].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }))
}
