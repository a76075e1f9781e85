import type { Uuid } from '@onerouter/core'
import type { SubscriptionCharge } from '@onerouter/providers'
import type { StoredFailure } from '../store/rows.ts'
import { type Period, periodAt } from './periods.ts'
import type { PlanRow, SubscriptionChargeRow, SubscriptionRow } from './rows.ts'

/** What a provider's list of charges comes to, next to what is booked already. */
export interface Booked {
  /** All charges as they are to be, oldest first. */
  readonly all: readonly SubscriptionChargeRow[]
  /** Those of them that are new or changed. */
  readonly changed: readonly SubscriptionChargeRow[]
  /** Periods that have just been paid, oldest first. */
  readonly paid: readonly SubscriptionChargeRow[]
  /** What cannot be booked, and why: a person must look. */
  readonly contradictions: readonly string[]
}

interface World {
  readonly subscription: SubscriptionRow
  readonly plan: Pick<PlanRow, 'interval' | 'interval_count'>
  /** The running period, where the provider names one. */
  readonly current: Period | null
  readonly at: Date
  readonly newId: () => Uuid
}

/** Pure but for new ids: the same list twice changes nothing the second time. */
export function bookCharges(
  world: World,
  booked: readonly SubscriptionChargeRow[],
  listed: readonly SubscriptionCharge[],
): Booked {
  const rows = new Map(booked.map((row) => [row.id, row]))
  const contradictions: string[] = []
  // Oldest first, so that a period's own charge is there before what comes on top of it.
  for (const charge of [...listed].sort((a, b) => a.chargedAtMs - b.chargedAtMs)) {
    // A free period (a trial's invoice) is no charge, and a word nobody knows is none yet.
    if (charge.amount.minor === 0n || charge.status === 'unrecognised') continue
    const known = [...rows.values()]
    const own = known.find((row) => row.provider_charge_id === charge.chargeRef)
    const before = own ?? replaced(world, known, charge)
    const problem = contradictionOf(world.subscription, own, charge)
    if (problem !== null) contradictions.push(problem)
    else if (before !== 'ignored') {
      const next = before === null ? newCharge(world, known, charge) : renewedCharge(before, charge, world.at)
      rows.set(next.id, next)
    }
  }
  return summary(booked, [...rows.values()], contradictions)
}

function summary(
  booked: readonly SubscriptionChargeRow[],
  rows: readonly SubscriptionChargeRow[],
  contradictions: readonly string[],
): Booked {
  const before = new Map(booked.map((row) => [row.id, row]))
  const all = [...rows].sort((a, b) => a.period_start.getTime() - b.period_start.getTime())
  const changed = all.filter((row) => row !== before.get(row.id))
  const paid = changed.filter(
    (row) =>
      row.kind === 'period' && row.status === 'succeeded' && before.get(row.id)?.status !== 'succeeded',
  )
  return { all, changed, paid, contradictions }
}

function contradictionOf(
  subscription: SubscriptionRow,
  own: SubscriptionChargeRow | undefined,
  charge: SubscriptionCharge,
): string | null {
  const { chargeRef, amount, refunded } = charge
  if (amount.currency !== subscription.currency) return `charge ${chargeRef} is in ${amount.currency}`
  if (own?.status === 'succeeded' && own.amount !== amount.minor) {
    return `charge ${chargeRef} was ${own.amount} and is ${amount.minor}`
  }
  if (own?.status === 'succeeded' && charge.status !== 'succeeded') {
    return `charge ${chargeRef} was paid and is ${charge.providerStatus}`
  }
  if (refunded !== null && refunded > amount.minor)
    return `of charge ${chargeRef} more was refunded than charged`
  return null
}

/**
 * The row a new try takes the place of: providers give every try at a period a name of its own. `null`: a row
 * of its own. `ignored`: an older failure of what has been settled since.
 */
function replaced(
  world: World,
  rows: readonly SubscriptionChargeRow[],
  charge: SubscriptionCharge,
): SubscriptionChargeRow | 'ignored' | null {
  const start = periodOf(world, rows, charge).startMs
  const row = rows.find((one) => one.kind === 'period' && one.period_start.getTime() === start)
  if (row === undefined) return null
  if (row.status === 'succeeded') return charge.status === 'failed' ? 'ignored' : null
  return charge.status === 'failed' && charge.chargedAtMs <= row.charged_at.getTime() ? 'ignored' : row
}

/** The provider's own period; else the running one; else that of a row it falls into; else counted back. */
function periodOf(world: World, rows: readonly SubscriptionChargeRow[], charge: SubscriptionCharge): Period {
  if (charge.periodStartMs !== null) return { startMs: charge.periodStartMs, endMs: charge.periodEndMs }
  const { current } = world
  if (current !== null && isRunning(current, charge.chargedAtMs)) return current
  const around = rows.find((row) => row.kind === 'period' && isWithin(row, charge.chargedAtMs))
  if (around !== undefined) {
    return { startMs: around.period_start.getTime(), endMs: around.period_end?.getTime() ?? null }
  }
  return periodAt(charge.chargedAtMs, current, world.plan)
}

const isRunning = ({ startMs, endMs }: Period, ms: number): boolean =>
  startMs <= ms && (endMs === null || ms < endMs)

const isWithin = (row: SubscriptionChargeRow, ms: number): boolean =>
  row.period_start.getTime() <= ms && row.period_end !== null && ms < row.period_end.getTime()

function newCharge(
  world: World,
  rows: readonly SubscriptionChargeRow[],
  charge: SubscriptionCharge,
): SubscriptionChargeRow {
  const { subscription, at } = world
  const period = periodOf(world, rows, charge)
  // A period that has been paid is not paid again: this was taken besides, such as for a change of plan.
  const extra = rows.some((row) => row.kind === 'period' && row.period_start.getTime() === period.startMs)
  return {
    account_id: subscription.account_id,
    environment: subscription.environment,
    id: world.newId(),
    subscription_id: subscription.id,
    kind: extra ? 'extra' : 'period',
    provider: subscription.provider,
    period_start: new Date(period.startMs),
    period_end: period.endMs === null ? null : new Date(period.endMs),
    attempts: 1,
    currency: subscription.currency,
    created_at: at,
    updated_at: at,
    ...factsOf(charge, 0n),
  }
}

function renewedCharge(
  row: SubscriptionChargeRow,
  charge: SubscriptionCharge,
  at: Date,
): SubscriptionChargeRow {
  const again = row.provider_charge_id !== charge.chargeRef || charge.chargedAtMs > row.charged_at.getTime()
  const next = { ...row, ...factsOf(charge, row.refunded), attempts: row.attempts + (again ? 1 : 0) }
  return sameFacts(row, next) ? row : { ...next, updated_at: at }
}

function sameFacts(a: SubscriptionChargeRow, b: SubscriptionChargeRow): boolean {
  const text = (row: SubscriptionChargeRow) =>
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
  return text(a) === text({ ...b, updated_at: a.updated_at })
}

/** A part that was refunded and that the provider does not count stays what was known of it. */
function factsOf(charge: SubscriptionCharge, refundedBefore: bigint) {
  return {
    provider_charge_id: charge.chargeRef,
    provider_payment_id: charge.paymentRef,
    status: charge.status as SubscriptionChargeRow['status'], // the unrecognised were left out above
    amount: charge.amount.minor,
    refunded: charge.refunded ?? refundedBefore,
    fee_amount: charge.fee?.amount ?? null,
    fee_tax: charge.fee?.tax ?? null,
    fee_currency: charge.fee?.currency ?? null,
    failure: failureOf(charge),
    charged_at: new Date(charge.chargedAtMs),
  }
}

function failureOf({ failure }: SubscriptionCharge): StoredFailure | null {
  return failure === null
    ? null
    : {
        code: 'payment_declined',
        decline_reason: failure.reason,
        message: failure.message,
        provider_code: failure.providerCode,
      }
}

/** The sums a subscription keeps; the database compares them with its charges at every commit. */
export function totalsOf(charges: readonly SubscriptionChargeRow[]): {
  readonly charged: bigint
  readonly refunded: bigint
  readonly paidPeriods: number
  readonly failedTries: number
  readonly latestId: Uuid | null
} {
  const succeeded = charges.filter(({ status }) => status === 'succeeded')
  const last = charges.at(-1)
  return {
    charged: succeeded.reduce((sum, { amount }) => sum + amount, 0n),
    refunded: succeeded.reduce((sum, { refunded }) => sum + refunded, 0n),
    paidPeriods: succeeded.filter(({ kind }) => kind === 'period').length,
    failedTries: last?.status === 'failed' ? last.attempts : 0,
    latestId: last?.id ?? null,
  }
}
