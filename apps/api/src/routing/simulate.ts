import {
  currency,
  type Environment,
  formatMajor,
  type Money,
  money,
  type Service,
  type Uuid,
} from '@onerouter/core'
import type { Customer } from '@onerouter/providers'
import type { Queryable } from '../store/rows.ts'
import { decide } from './decide.ts'
import { idAt } from './observe.ts'
import { type Candidate, defaultOrder, ROUTABLE, type RoutedPayment } from './payment.ts'
import type { Snapshot } from './snapshot.ts'
import type { Estimate, Statistics } from './statistics.ts'
import type { PolicyKey } from './store.ts'

const PAGE = 1_000
const PAGES_MAX = 10
/** Estimates need as many observations as decisions do by default. */
const SAMPLES_MIN = 50

export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** Why a provider cannot take such a payment today; `null` = it can. */
export type Refusal = (
  service: Service,
  request: { readonly amount: Money; readonly capture: 'automatic' | 'manual'; readonly method?: string },
) => string | null

interface Past {
  readonly id: Uuid
  readonly provider: Service
  readonly amount: string
  readonly currency: string
  readonly method: string | null
  readonly capture_mode: 'automatic' | 'manual'
  readonly customer: (Customer & { readonly id?: string }) | null
  readonly metadata: Readonly<Record<string, string>>
  readonly rule: string
  readonly created_at: Date
}

interface Cost {
  payments: number
  before: bigint
  after: bigint
  smallest: number
}

interface Success {
  payments: number
  sum: number
  smallest: number
}

interface Tally {
  payments: number
  changed: number
  unroutable: number
  requested: number
  readonly before: Map<Service, number>
  readonly after: Map<Service, number>
  readonly rules: Map<string, number>
  readonly success: { readonly before: Success; readonly after: Success }
  readonly costs: Map<string, Cost>
}

/**
 * Routes the payments there were, newest first, under another snapshot. Bounded: pages of a thousand, ten of them. Providers
 * are taken as connected today and in good health; estimates are observed averages and no promise.
 */
export async function simulate(
  db: Queryable,
  key: PolicyKey,
  window: Window,
  world: { readonly snapshot: Snapshot; readonly refusal: Refusal },
) {
  const tally = emptyTally()
  let before = idAt(window.toMs)
  let complete = false
  for (let page = 0; page < PAGES_MAX && !complete; page++) {
    const rows = await readPast(db, key, { from: idAt(window.fromMs), before })
    for (const row of rows) replay(tally, row, world)
    before = rows.at(-1)?.id ?? before
    complete = rows.length < PAGE
  }
  return present(tally, { environment: key.environment, window, complete })
}

async function readPast(
  db: Queryable,
  { accountId, environment }: PolicyKey,
  ids: { readonly from: Uuid; readonly before: Uuid },
): Promise<readonly Past[]> {
  const { rows } = await db.query({
    name: 'routing_past',
    text: `select p.id, p.provider, p.amount::text as amount, p.currency, o.request ->> 'method' as method,
        p.capture_mode, p.customer, p.metadata, p.routing ->> 'rule' as rule, p.created_at
      from payment p
      join operation o on o.account_id = p.account_id and o.environment = p.environment
        and o.payment_id = p.id and o.kind = 'charge' and o.n = 1
      where p.account_id = $1 and p.environment = $2 and p.id >= $3 and p.id < $4
        and p.routing ->> 'rule' is distinct from 'subscription'
      order by p.id desc limit ${PAGE}`,
    values: [accountId, environment, ids.from, ids.before],
  })
  return rows as unknown as readonly Past[] // the columns of the statement above
}

function replay(
  tally: Tally,
  row: Past,
  { snapshot, refusal }: { readonly snapshot: Snapshot; readonly refusal: Refusal },
): void {
  tally.payments += 1
  add(tally.before, row.provider)
  const payment = routedPayment(row)
  const named = row.rule === 'requested'
  const after = named ? row.provider : routeAgain(tally, row, payment, { snapshot, refusal })
  if (named) tally.requested += 1
  if (after === null) {
    tally.unroutable += 1
    return
  }
  add(tally.after, after)
  if (after !== row.provider) tally.changed += 1
  estimate(tally, payment, { before: row.provider, after, statistics: snapshot.statistics })
}

function routeAgain(
  tally: Tally,
  row: Past,
  payment: RoutedPayment,
  { snapshot, refusal }: { readonly snapshot: Snapshot; readonly refusal: Refusal },
): Service | null {
  const request = {
    amount: payment.amount,
    capture: row.capture_mode,
    ...(row.method !== null && { method: row.method }),
  }
  const candidates = defaultOrder(row.currency).map(
    (provider): Candidate => ({ provider, refusal: refusal(provider, request), health: 'closed' }),
  )
  const decision = decide(snapshot, payment, candidates)
  add(tally.rules, decision.rule ?? (decision.strategy === null ? 'default order' : 'default'))
  return decision.ranked[0]?.provider ?? null
}

function routedPayment(row: Past): RoutedPayment {
  return {
    id: row.id,
    amount: money(BigInt(row.amount), currency(row.currency)),
    method: row.method,
    country: row.customer?.country?.toUpperCase() ?? null,
    customerId: row.customer?.id ?? null,
    email: row.customer?.email?.toLowerCase() ?? null,
    metadata: row.metadata,
    atMs: row.created_at.getTime(),
  }
}

/** Both sides by the same observations: the difference is the routing's, not the weather's. */
function estimate(
  tally: Tally,
  { amount, method, country }: RoutedPayment,
  on: { readonly before: Service; readonly after: Service; readonly statistics: Statistics },
): void {
  const asked = { method, country, currency: amount.currency }
  const success = (service: Service) => on.statistics.success(service, asked, SAMPLES_MIN)
  const cost = (service: Service) => on.statistics.cost(service, asked, SAMPLES_MIN)
  const [oldRate, newRate] = [success(on.before), success(on.after)]
  if (oldRate !== null && newRate !== null) {
    addRate(tally.success.before, oldRate)
    addRate(tally.success.after, newRate)
  }
  const [oldCost, newCost] = [cost(on.before), cost(on.after)]
  if (oldCost === null || newCost === null) return
  const sum = tally.costs.get(amount.currency) ?? { payments: 0, before: 0n, after: 0n, smallest: Infinity }
  sum.payments += 1
  sum.before += shareOf(amount.minor, oldCost)
  sum.after += shareOf(amount.minor, newCost)
  sum.smallest = Math.min(sum.smallest, oldCost.samples, newCost.samples)
  tally.costs.set(amount.currency, sum)
}

function addRate(sum: Success, { rate, samples }: Estimate): void {
  sum.payments += 1
  sum.sum += rate
  sum.smallest = Math.min(sum.smallest, samples)
}

const PPM = 1_000_000
const shareOf = (minor: bigint, { rate }: Estimate): bigint =>
  (minor * BigInt(Math.round(rate * PPM))) / BigInt(PPM)

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function emptyTally(): Tally {
  const none = (): Success => ({ payments: 0, sum: 0, smallest: Infinity })
  return {
    payments: 0,
    changed: 0,
    unroutable: 0,
    requested: 0,
    before: new Map(),
    after: new Map(),
    rules: new Map(),
    success: { before: none(), after: none() },
    costs: new Map(),
  }
}

const NOTE =
  'An estimate: averages observed over the last seven days, providers as connected today and in good health.'

function present(
  tally: Tally,
  about: { readonly environment: Environment; readonly window: Window; readonly complete: boolean },
) {
  const { before, after } = tally.success
  return {
    object: 'routing_simulation' as const,
    environment: about.environment,
    from: new Date(about.window.fromMs).toISOString(),
    to: new Date(about.window.toMs).toISOString(),
    payments: tally.payments,
    complete: about.complete,
    changed: tally.changed,
    unroutable: tally.unroutable,
    requested: tally.requested,
    providers: ROUTABLE.map((provider) => ({
      provider,
      before: tally.before.get(provider) ?? 0,
      after: tally.after.get(provider) ?? 0,
    })),
    rules: [...tally.rules].map(([name, payments]) => ({ name, payments })),
    success: { before: rateOf(before), after: rateOf(after) },
    costs: [...tally.costs].map(([code, sum]) => presentCost(code, sum)),
    note: NOTE,
  }
}

const rateOf = ({ payments, sum, smallest }: Success) => ({
  rate: payments === 0 ? null : Math.round((sum / payments) * 10_000) / 10_000,
  payments,
  smallest_sample: payments === 0 ? null : smallest,
})

function presentCost(code: string, { payments, before, after, smallest }: Cost) {
  return {
    currency: code,
    payments,
    before: formatMajor(before, currency(code)),
    before_minor: Number(before),
    after: formatMajor(after, currency(code)),
    after_minor: Number(after),
    smallest_sample: smallest,
  }
}
