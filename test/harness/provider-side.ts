/** What happens at a provider without us: refunds made in its dashboard, and webhooks it sends. */
import type { RefundSnapshot } from '@onerouter/providers'
import { accessFor, contextFor, handleOf } from '../../apps/api/src/engine/call-provider.ts'
import type { InboundRow } from '../../apps/api/src/store/rows.ts'
import { amountAt, type Made, type PaymentProvider, type Shop } from './shop.ts'

/** The provider's account of a payment, reached past our books. */
async function reach(shop: Shop, made: Made) {
  const { engine } = shop.world
  const payment = await shop.payment(made)
  const access = await accessFor(engine, payment)
  const refunds = access?.provider.refunds
  if (access === null || refunds === undefined) throw new Error(`${made.provider} refunds nothing`)
  const call = { verb: 'dashboard', paymentId: null, operationId: null }
  return { refunds, ctx: contextFor(engine, access.credential, 'later', call), handle: handleOf(payment) }
}

/** Somebody refunds in the provider's dashboard: the payment in our books, or the provider's own that is named. */
export async function refundInDashboard(
  shop: Shop,
  made: Made,
  minor: bigint,
  paymentRef?: string,
): Promise<RefundSnapshot> {
  const { refunds, ctx, handle: known } = await reach(shop, made)
  const handle = paymentRef === undefined ? known : { ...known, paymentRef }
  const reference = `dash_${shop.world.engine.newId().slice(0, 13)}`
  const request = { reference, amount: amountAt(made.provider, minor), speed: 'normal' } as const
  const outcome = await refunds.create(ctx, handle, request, `dashboard-${reference}`)
  if (outcome.kind !== 'ok')
    throw new Error(`the dashboard could not refund: ${JSON.stringify(outcome.kind)}`)
  return outcome.value
}

export async function refundsAtProvider(shop: Shop, made: Made): Promise<readonly RefundSnapshot[]> {
  const { refunds, ctx, handle } = await reach(shop, made)
  const outcome = await refunds.list(ctx, handle)
  if (outcome.kind !== 'ok') throw new Error(`no list of refunds: ${outcome.kind}`)
  return outcome.value
}

/** What became of a stored delivery. */
export type Delivered = () => Promise<Pick<InboundRow, 'state' | 'reason' | 'tries' | 'due_at'>>

/** A verified delivery, stored and due: what receiving it over HTTP leaves behind. */
export async function deliver(shop: Shop, provider: PaymentProvider, body: object): Promise<Delivered> {
  const { engine, db } = shop.world
  const id = engine.newId()
  const at = new Date(engine.now())
  const row: InboundRow = {
    account_id: shop.tenant.caller.accountId,
    environment: shop.tenant.caller.environment,
    id,
    provider,
    event_id: id,
    event_type: 'test',
    state: 'received',
    reason: null,
    payment_id: null,
    body: Buffer.from(JSON.stringify(body)),
    tries: 0,
    // Due by the database's own clock, whatever the world's says.
    due_at: new Date(0),
    received_at: at,
    applied_at: null,
  }
  await engine.store.storeInbound(row, [id])
  return async () => {
    const { rows } = await db.engine.query('select state, reason, tries, due_at from inbound where id = $1', [
      id,
    ])
    return rows[0]
  }
}

const CREATED = 1_700_000_000

export const stripeEvent = (type: string, object: object): object => ({
  id: `evt_${type}`,
  object: 'event',
  type,
  livemode: false,
  created: CREATED,
  data: { object },
})

/** Razorpay tells of a refund together with the payment it belongs to. */
export const razorpayRefundEvent = (
  refund: RefundSnapshot,
  payment: { provider_payment_id: string | null; provider_order_id: string | null },
): object => ({
  entity: 'event',
  event: 'refund.processed',
  created_at: CREATED,
  contains: ['refund', 'payment'],
  payload: {
    refund: {
      entity: { id: refund.refundRef, payment_id: payment.provider_payment_id, receipt: refund.reference },
    },
    payment: { entity: { id: payment.provider_payment_id, order_id: payment.provider_order_id } },
  },
})
