/** Compares three accounts of the same run: our tables, the providers' books and what clients were told. */
import { parseId, type Uuid } from '@onerouter/core'
import { ledgerProblems } from '../../apps/api/src/store/ledger.ts'
import type { Queryable } from '../../apps/api/src/store/rows.ts'
import type { Wish } from './client.ts'
import type { ChaosDatabase } from './database.ts'
import { type Installation, PROVIDERS } from './installation.ts'
import type { BookEntry } from './sandbox-control.ts'

export const VERDICTS = ['lost', 'doubled', 'misstated', 'orphan', 'replay', 'events', 'unanswered'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface Violation {
  readonly verdict: Verdict
  readonly what: string
}

export interface PaymentFacts {
  readonly account_id: Uuid
  readonly environment: 'test' | 'live'
  readonly id: Uuid
  readonly status: string
  readonly provider: string
  readonly currency: string
  readonly amount: string
  readonly captured: string
  readonly refunded: string
  readonly order: string | null
  readonly receipt: string | null
  readonly sequence: number
}

interface RefundFacts {
  readonly id: Uuid
  readonly payment_id: Uuid
  readonly status: string
  readonly amount: string
}

/** Money that came beside the payment's own, and whether it went back. */
export interface DuplicateFacts {
  readonly payment_id: Uuid
  readonly state: string
  readonly amount: string
}

interface KeptAnswer {
  readonly key: string
  readonly status: number | null
  readonly body: string | null
  readonly payment_id: Uuid
  readonly refund_id: Uuid | null
}

export interface Books {
  readonly payments: readonly PaymentFacts[]
  readonly duplicates: readonly DuplicateFacts[]
  readonly refunds: readonly RefundFacts[]
  /** Payment of each charge by the reference its provider was given. */
  readonly paymentOf: ReadonlyMap<string, Uuid>
  readonly kept: ReadonlyMap<string, KeptAnswer>
  readonly entries: readonly (BookEntry & { readonly provider: string })[]
}

export async function readBooks(world: Installation): Promise<Books> {
  const { database } = world
  const payments = await database.query<PaymentFacts>(
    `select account_id, environment, id, status, provider, currency, amount::text, captured::text, refunded::text,
       provider_order_id as "order", receipt, sequence from payment order by id`,
  )
  const refunds = await database.query<RefundFacts>(
    'select id, payment_id, status, amount::text from refund order by id',
  )
  const charges = await database.query<{ reference: string; payment_id: Uuid }>(
    `select reference, payment_id from operation where kind = 'charge'`,
  )
  const duplicates = await database.query<DuplicateFacts>(
    `select payment_id, state, amount::text from operation
     where state in ('late_succeeded', 'compensating', 'compensated')`,
  )
  const kept = await database.query<KeptAnswer>(
    'select key, status, body, payment_id, refund_id from idempotency',
  )
  const books = await Promise.all(
    PROVIDERS.map(async (provider) =>
      (await world.control.book(provider)).map((entry) => ({ ...entry, provider })),
    ),
  )
  return {
    payments,
    duplicates,
    refunds,
    paymentOf: new Map(charges.map((row) => [row.reference, row.payment_id])),
    kept: new Map(kept.map((row) => [row.key, row])),
    entries: books.flat(),
  }
}

/** Every payment's totals, to the cent, with all that its provider holds under any of its references. */
export function compareTotals({ payments, duplicates, refunds, paymentOf, entries }: Books): Violation[] {
  const found: Violation[] = []
  const say = (verdict: Verdict, what: string) => void found.push({ verdict, what })
  const entriesOf = Map.groupBy(entries, (entry) => paymentOf.get(entry.reference ?? ''))
  for (const entry of entriesOf.get(undefined) ?? []) {
    say('orphan', `${entry.provider} ${entry.orderRef} (${entry.reference}) belongs to no operation of ours`)
  }
  const refundsOf = Map.groupBy(refunds, (refund) => refund.payment_id)
  const twiceOf = Map.groupBy(duplicates, (duplicate) => duplicate.payment_id)
  for (const payment of payments) {
    const theirs = entriesOf.get(payment.id) ?? []
    const name = `${payment.provider} payment ${payment.id} (${payment.receipt})`
    // What came twice is no part of our totals: it must be known, and be back.
    const twice = twiceOf.get(payment.id) ?? []
    const owed = twice.filter(({ state }) => state !== 'compensated')
    if (owed.length > 0) say('doubled', `${name} was paid twice, and ${owed.length} are not back`)
    const returned = sum(twice.map(({ amount }) => amount))
    const captured = sum(theirs.map((entry) => entry.captured)) - returned
    const refunded = sum(theirs.map((entry) => entry.refunded)) - returned
    const paidOrders = theirs.filter((entry) => entry.captured !== '0')
    if (paidOrders.length > 1) say('doubled', `${name} was paid ${paidOrders.length} times`)
    if (captured > BigInt(payment.captured))
      say('lost', `${name}: ${captured} taken, ${payment.captured} booked`)
    if (captured < BigInt(payment.captured)) {
      say('misstated', `${name}: ${captured} taken, ${payment.captured} booked`)
    }
    if (refunded > BigInt(payment.refunded)) {
      say('doubled', `${name}: ${refunded} went back, ${payment.refunded} booked`)
    }
    if (refunded < BigInt(payment.refunded)) {
      say('misstated', `${name}: ${refunded} went back, ${payment.refunded} booked`)
    }
    const given = (refundsOf.get(payment.id) ?? []).filter((one) => one.status === 'succeeded')
    if (sum(given.map((one) => one.amount)) !== BigInt(payment.refunded)) {
      say('misstated', `${name}: its refunds do not sum to ${payment.refunded}`)
    }
    for (const what of statusProblems(payment, theirs)) say('misstated', `${name} ${what}`)
  }
  return found
}

function statusProblems(payment: PaymentFacts, theirs: Books['entries']): string[] {
  const problems: string[] = []
  const paid = BigInt(payment.captured) > 0n
  const givenBack = paid && payment.captured === payment.refunded
  if (paid && payment.status !== 'succeeded' && !givenBack) problems.push(`is ${payment.status} but was paid`)
  if (!paid && payment.status === 'succeeded') problems.push('is succeeded but was never paid')
  if (payment.status === 'processing') problems.push('is still processing')
  const own = theirs.find((entry) => entry.orderRef === payment.order)
  if (payment.order !== null && own === undefined)
    problems.push(`names the order ${payment.order} nobody has`)
  if (own !== undefined && own.currency.toUpperCase() !== payment.currency)
    problems.push('has another currency')
  if (own !== undefined && own.amount !== payment.amount) problems.push(`is ${own.amount} at the provider`)
  const held = theirs.some((entry) => entry.authorized !== '0' && entry.captured === '0')
  if (payment.status === 'authorized' && !held) problems.push('is authorized, its provider holds nothing')
  return problems
}

/** An order that we lost sight of may exist, but nobody may have seen it or be able to lose money on it. */
export function findOrphans({ payments, entries }: Books, wishes: readonly Wish[]): Violation[] {
  const current = new Set(payments.map((payment) => payment.order))
  const told = new Set(wishes.flatMap((wish) => wish.answers).flatMap(({ text }) => ordersIn(text)))
  return entries
    .filter((entry) => !current.has(entry.orderRef))
    .filter((entry) => entry.captured !== '0' || entry.authorized !== '0' || told.has(entry.orderRef))
    .map(({ provider, orderRef }) => ({
      verdict: 'orphan',
      what: `${provider} ${orderRef} was exposed, then lost`,
    }))
}

const ordersIn = (text: string): string[] =>
  [...text.matchAll(/"provider_order_id":"([^"]+)"/g)].map((match) => match[1] ?? '')

/** What clients were told for good must be what the tables say, and one wish must have had one effect. */
export function compareAnswers({ payments, refunds, kept }: Books, wishes: readonly Wish[]): Violation[] {
  const found: Violation[] = []
  const say = (verdict: Verdict, what: string) => void found.push({ verdict, what })
  const paymentById = new Map(payments.map((payment) => [payment.id, payment]))
  const refundById = new Map(refunds.map((refund) => [refund.id, refund]))
  const wanted = new Set(compensationsIn(kept))
  for (const wish of wishes) {
    const [answer] = wish.answers
    const name = `${wish.verb} ${wish.key}`
    if (answer === undefined) {
      say('unanswered', `${name}: never a definitive answer in ${wish.tries} tries`)
      continue
    }
    const row = kept.get(wish.key)
    if (row !== undefined && row.status === null) say('replay', `${name}: the kept answer is still open`)
    if (answer.status >= 300) continue
    if (row === undefined) say('lost', `${name} was answered ${answer.status} and left no trace`)
    // Our own API's answers; the contract's tests hold their shape.
    const told = JSON.parse(answer.text) as { id: string; amount_minor: number; status: string }
    if (wish.verb === 'refund') {
      const id = parseId('refund', told.id)
      const refund = id === undefined ? undefined : refundById.get(id)
      if (id !== undefined) wanted.add(id)
      if (refund === undefined) say('lost', `${name}: there is no ${told.id}`)
      else if (refund.amount !== String(told.amount_minor)) say('misstated', `${name}: another amount`)
      else if (told.status === 'succeeded' && refund.status !== 'succeeded') {
        say('misstated', `${name}: told succeeded, is ${refund.status}`)
      }
      continue
    }
    const id = parseId('payment', told.id)
    const payment = id === undefined ? undefined : paymentById.get(id)
    if (payment === undefined) say('lost', `${name}: there is no ${told.id}`)
    else if (payment.amount !== String(told.amount_minor)) say('misstated', `${name}: another amount`)
    else if (wish.verb === 'capture' && payment.captured === '0') {
      say('misstated', `${name}: told captured, nothing is`)
    } else if (wish.verb === 'cancel' && !keptCanceled(payment, told.status)) {
      say('misstated', `${name}: told ${told.status}, is ${payment.status}`)
    }
  }
  const byReceipt = Map.groupBy(payments, (payment) => payment.receipt)
  for (const [receipt, rows] of byReceipt) {
    const real = rows.filter((row) => row.order !== null)
    if (receipt !== null && real.length > 1)
      say('doubled', `receipt ${receipt} became ${real.length} payments`)
  }
  for (const refund of refunds) {
    if (refund.status !== 'failed' && !wanted.has(refund.id)) say('doubled', `nobody asked for ${refund.id}`)
  }
  return found
}

/** Refunds of money that arrived on a canceled payment: nobody but the engine asked for them. */
export function compensationsIn(kept: Books['kept']): string[] {
  return [...kept.values()]
    .filter(({ key }) => key.startsWith('compensate_'))
    .map((row) => row.refund_id)
    .filter((id) => id !== null)
}

/** A payer may still pay an order that cannot be withdrawn; then all of it must have gone back. */
function keptCanceled(payment: PaymentFacts, told: string): boolean {
  const givenBack = payment.status === 'succeeded' && payment.captured === payment.refunded
  return payment.status === told || payment.status === 'canceled' || givenBack
}

interface EventGap {
  readonly subject_id: Uuid
  readonly events: string
  readonly newest: string
  readonly sequence: string
}

/** Numbers of events run from 1 to the object's own, without a gap. */
export async function findEventGaps(database: ChaosDatabase): Promise<Violation[]> {
  const gaps = await database.query<EventGap>(
    `with numbered as (
       select id, sequence from payment union all select id, sequence from refund
     ), told as (
       select subject_id, count(*) as events, max(sequence) as newest from event group by subject_id
     )
     select n.id as subject_id, coalesce(events, 0)::text as events, coalesce(newest, 0)::text as newest,
       n.sequence::text from numbered n left join told t on t.subject_id = n.id
     where coalesce(events, 0) <> n.sequence or coalesce(newest, 0) <> n.sequence`,
  )
  return gaps.map(({ subject_id, events, newest, sequence }) => ({
    verdict: 'events',
    what: `${subject_id} is at ${sequence} with ${events} events up to ${newest}`,
  }))
}

/** The hash chain of every payment, by the product's own check. */
export async function checkLedgers(
  database: ChaosDatabase,
  payments: Books['payments'],
): Promise<Violation[]> {
  return await database.session(async (client) => {
    const found: Violation[] = []
    const db: Queryable = {
      query: (statement) => client.query({ ...statement, values: [...statement.values] }),
    }
    for (const payment of payments) {
      for (const what of await ledgerProblems(db, payment)) {
        found.push({ verdict: 'misstated', what: `ledger of ${payment.id}: ${what}` })
      }
    }
    return found
  })
}

const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, one) => total + BigInt(one), 0n)
