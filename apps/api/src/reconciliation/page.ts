import type { Outcome } from '@onerouter/core'
import { ok, parseId, unknown, uuidV7 } from '@onerouter/core'
import type { ListedPage, ListedPayment, ListWindow, Provider } from '@onerouter/providers'
import { contextFor, guarded } from '../engine/call-provider.ts'
import type { Credential, Engine } from '../engine/ports.ts'
import { type Checked, checkByFetch, settleDifference } from './check-payment.ts'
import { differencesOf, holdsMoney } from './compare.ts'
import { inParallel } from './in-parallel.ts'
import { itemOf } from './item.ts'
import type { Phase, RunRow } from './rows.ts'
import { type Matched, type PageResult, paymentsByReference, unseenPayments } from './store.ts'

/** What a run works with: the provider and the credentials in force. */
export interface Access {
  readonly engine: Engine
  readonly run: RunRow
  readonly provider: Provider
  readonly credential: Credential
}

/** Fetches at once per run: providers count requests. */
export const PARALLEL = 8
/** Clocks differ, and a payment is recorded a moment before the provider makes it. */
const MARGIN_MS = 10 * 60_000
const OURS_PAGE = 50
/** After so many failures in a row the rest of the page is read without what cannot be had. */
export const PATIENCE = 3

export const windowOf = (run: RunRow, marginMs = 0): ListWindow => ({
  fromMs: run.window_from.getTime() - marginMs,
  toMs: run.window_to.getTime() + marginMs,
  cursor: run.cursor,
})

export function listCtx({ engine, credential }: Access, verb: string) {
  return contextFor(engine, credential, 'later', { verb, paymentId: null, operationId: null })
}

/** Where a phase goes on after a page of a list. */
export function after(phase: Phase, page: ListedPage<unknown>, then: Phase): PageResult['next'] {
  return page.nextCursor === null ? { phase: then, cursor: null } : { phase, cursor: page.nextCursor }
}

export function pageOf(access: Access, checked: readonly Checked[], next: PageResult['next']): PageResult {
  return {
    seen: checked.map(({ subject, verdict }) => ({ subject, verdict })),
    items: checked.flatMap(({ finding }) =>
      finding === null ? [] : [itemOf(access.engine, access.run, finding)],
    ),
    next,
  }
}

/** One page of the provider's payments against ours. */
export async function paymentsPage(access: Access): Promise<Outcome<PageResult>> {
  const { engine, run, provider } = access
  const listSince = provider.payments?.listSince
  if (listSince === undefined) return ok({ seen: [], items: [], next: { phase: 'ours', cursor: null } })
  const window = windowOf(run, MARGIN_MS)
  const { outcome } = await guarded(engine, () => listSince(listCtx(access, 'payments.list'), window))
  if (outcome.kind !== 'ok') return outcome
  const ours = outcome.value.items.filter(({ reference }) => isOurs(reference))
  const references = ours.flatMap(({ reference }) => reference ?? [])
  const known = await paymentsByReference(engine.db, run, references)
  const checked = await inParallel(PARALLEL, ours, (theirs) => checkListed(access, theirs, known))
  return ok(pageOf(access, checked.flat(), after('payments', outcome.value, 'ours')))
}

/** What a merchant sells past OneRouter carries no reference of ours and is none of our business. */
export const isOurs = (reference: string | null): reference is string =>
  reference !== null && parseId('operation', reference) !== undefined

/** Nothing for what only the margin showed: the neighbouring window answers for it. */
async function checkListed(
  access: Access,
  theirs: ListedPayment,
  known: ReadonlyMap<string, Matched>,
): Promise<Checked[]> {
  const subject = theirs.reference ?? theirs.orderRef
  const match = known.get(subject)
  if (match === undefined) {
    return isWithin(access.run, theirs.createdAtMs) ? [orphan(subject, theirs)] : []
  }
  if (match.payment.reference !== subject) return [leftBehind(match, theirs)]
  const reasons = differencesOf(match.payment, theirs, 'listed')
  if (!isWithin(access.run, match.payment.created_at.getTime())) return []
  return [
    reasons.length === 0
      ? { subject, verdict: 'matched', finding: null }
      : await settleDifference(access.engine, match.payment, reasons),
  ]
}

function isWithin(run: RunRow, atMs: number): boolean {
  return atMs >= run.window_from.getTime() && atMs < run.window_to.getTime()
}

/** Every call of ours is recorded before it is sent, so an object nobody recorded is never merely early. */
export function orphan(subject: string, theirs: Omit<ListedPayment, 'createdAtMs'>): Checked {
  const bucket = 'missing_here'
  const finding = { subject, bucket, reasons: ['missing'], ours: null, theirs, state: 'open' } as const
  return { subject, verdict: bucket, finding }
}

/** An attempt that gave way to another one is as it should be, as long as nobody paid it. */
function leftBehind(match: Matched, theirs: ListedPayment): Checked {
  const subject = match.reference
  if (!holdsMoney(theirs)) return { subject, verdict: 'explained', finding: null }
  const reasons = ['left_behind']
  const finding = {
    subject,
    bucket: 'differs',
    reasons,
    ours: match.payment,
    theirs,
    state: 'open',
  } as const
  return { subject, verdict: 'differs', finding }
}

/** One page of our payments that the provider's list did not show. */
export async function oursPage(access: Access): Promise<Outcome<PageResult>> {
  const { engine, run } = access
  const payments = await unseenPayments(engine.db, run, {
    after: run.cursor ?? firstIdAt(run.window_from),
    before: firstIdAt(run.window_to),
    limit: OURS_PAGE,
  })
  const checked = await inParallel(PARALLEL, payments, (payment) => checkByFetch(engine, payment))
  const unverified = checked.filter(({ verdict }) => verdict === 'unverified').length
  if (unverified > 0 && run.tries < PATIENCE) return unknown(`${unverified} payments could not be fetched`)
  const last = payments.length < OURS_PAGE ? undefined : payments.at(-1)?.id
  const next = last === undefined ? ({ phase: 'close', cursor: null } as const) : oursAfter(last)
  return ok(pageOf(access, checked, next))
}

const oursAfter = (id: string): PageResult['next'] => ({ phase: 'ours', cursor: id })

/** Ids carry their time (UUIDv7), so a window of time is a span of ids. */
const firstIdAt = (at: Date): string => uuidV7(at.getTime(), new Uint8Array(10))
