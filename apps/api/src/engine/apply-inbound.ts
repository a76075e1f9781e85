import { formatId } from '@onerouter/core'
import type { ProviderEvent } from '@onerouter/providers'
import type { finishInbound } from '../store/inbound.ts'
import type { InboundRow, PaymentRow } from '../store/rows.ts'
import { accessFor, contextFor, guarded, handleOf } from './call-provider.ts'
import type { Engine } from './ports.ts'
import { exposedDelayMs, unknownDelayMs } from './schedule.ts'
import { applyRefundSnapshot, syncPayment } from './sync-payment.ts'

/** An event may come before the answer that names its object; after this many looks it is nobody's. */
const UNMATCHED_TRIES_MAX = 6
const UNREACHABLE_TRIES_MAX = 40

type Outcome = Parameters<typeof finishInbound>[2]

/** Works out what a stored delivery means. Only ids are taken from it: the provider is asked for the rest. */
export async function applyInbound(engine: Engine, row: InboundRow): Promise<void> {
  const event = engine.provider(row.provider)?.webhooks.parse(row.body) ?? null
  const outcome = event === null ? ignored('unreadable') : await outcomeOf(engine, row, event)
  await engine.store.finishInbound(row, outcome)
}

const ignored = (reason: string, paymentId: string | null = null): Outcome => ({
  state: 'ignored',
  reason,
  paymentId,
  dueMs: null,
})

async function outcomeOf(engine: Engine, row: InboundRow, event: ProviderEvent): Promise<Outcome> {
  if (event.about.kind === 'other') return ignored('type not used')
  const payment = await engine.store.findPaymentByProviderIds(row, event.about)
  if (payment === null) {
    return row.tries < UNMATCHED_TRIES_MAX
      ? {
          state: 'received',
          reason: 'object not known yet',
          paymentId: null,
          dueMs: unknownDelayMs(row.tries),
        }
      : ignored('concerns no payment of this account')
  }
  if (event.about.kind === 'refund') await applyRefund(engine, payment, event.about.refundRef)
  const synced = await syncPayment(engine, payment, 'payer')
  switch (synced.kind) {
    case 'applied':
    case 'unchanged':
      return { state: 'applied', reason: null, paymentId: payment.id, dueMs: null }
    case 'stale':
      return { state: 'applied', reason: 'older than what is known', paymentId: payment.id, dueMs: null }
    case 'quarantine':
      return { state: 'quarantined', reason: synced.why ?? null, paymentId: payment.id, dueMs: null }
    case 'unreachable':
      return row.tries < UNREACHABLE_TRIES_MAX
        ? {
            state: 'received',
            reason: synced.why ?? 'provider unreachable',
            paymentId: payment.id,
            dueMs: row.tries < 3 ? unknownDelayMs(row.tries) : exposedDelayMs(row.tries),
          }
        : { state: 'quarantined', reason: 'provider unreachable', paymentId: payment.id, dueMs: null }
  }
}

async function applyRefund(engine: Engine, payment: PaymentRow, refundRef: string): Promise<void> {
  const access = await accessFor(engine, payment)
  const refunds = access?.provider.refunds
  if (access === null || refunds === undefined) return
  const call = { verb: 'refunds.fetch', paymentId: payment.id, operationId: null }
  const ctx = contextFor(engine, access.credential, 'later', call)
  const { outcome } = await guarded(engine, () => refunds.fetch(ctx, handleOf(payment), refundRef))
  if (outcome.kind === 'ok') await applyRefundSnapshot(engine, payment, outcome.value)
  else engine.log.warn({ payment: formatId('payment', payment.id) }, 'a refund could not be fetched')
}
