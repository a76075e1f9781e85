import type { Service } from '@onerouter/core'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  type EngineWorld,
  inr,
  paymentInput,
  SERVICES_UNDER_TEST,
  type Tenant,
  usd,
} from '../../../../test/harness/engine.ts'
import { createPayment } from '../engine/create-payment.ts'
import { createRefund } from '../engine/create-refund.ts'
import type { Engine } from '../engine/ports.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import { newRun } from '../reconciliation/plan-runs.ts'
import { insertRun } from '../reconciliation/store.ts'
import { workDueRuns } from '../reconciliation/work-run.ts'
import type { PaymentRow } from '../store/rows.ts'
import { readTimeline } from '../store/timeline.ts'
import { runDue } from '../worker/worker.ts'
import type { DisputeRow } from './row.ts'
import { disputeWork } from './work.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const AMOUNT = 50_000n

const world: EngineWorld = await createEngineWorld(31)
const engine: Engine = {
  ...world.engine,
  disputes: disputeWork({ engine: world.engine, db: world.engine.db, announce: () => {} }),
}
let tenant: Tenant
beforeEach(async () => {
  tenant = await world.tenant()
})
afterAll(() => world.close())

async function settle(): Promise<void> {
  for (let round = 0; round < 50; round++) if ((await runDue(engine)) === 0) return
  throw new Error('there is always something due')
}

async function pass(ms: number): Promise<void> {
  await world.pass(ms)
  await settle()
}

interface Made {
  readonly id: string
  readonly provider_order_id: string
}

async function paid(service: Service): Promise<PaymentRow> {
  const amount = service === 'razorpay' ? inr(AMOUNT) : usd(AMOUNT)
  const made = bodyOf<Made>(
    await createPayment(engine, tenant.caller, paymentInput({ provider: service, amount }), claimFor()),
  )
  tenant.simulate(service, made.provider_order_id, 'succeed')
  await pass(3 * MINUTE_MS)
  return await paymentBy(made.provider_order_id)
}

async function paymentBy(orderRef: string): Promise<PaymentRow> {
  const { rows } = await world.db.engine.query('select * from payment where provider_order_id = $1', [
    orderRef,
  ])
  return rows[0]
}

const act = (payment: PaymentRow, action: 'dispute' | 'dispute_won' | 'dispute_lost') =>
  tenant.simulate(payment.provider, payment.provider_order_id ?? '', action)

/** What the provider calls the newest dispute of the account. */
async function refOf(payment: PaymentRow): Promise<string> {
  const provider = engine.provider(payment.provider)
  const credential = tenant.credentials.get(payment.provider)
  if (provider?.disputes === undefined || credential === undefined) throw new Error('no disputes there')
  const now = engine.now()
  const listed = await provider.disputes.listSince(
    {
      credentials: credential.credentials,
      environment: 'test',
      baseUrl: credential.baseUrl,
      send: 'first',
      http: engine.http(credential, { verb: 'test', paymentId: null, operationId: null }),
      tokens: engine.tokens,
      now: engine.now,
    },
    { fromMs: now - HOUR_MS, toMs: now + HOUR_MS, cursor: null },
  )
  if (listed.kind !== 'ok' || listed.value.items[0] === undefined) throw new Error('no dispute is listed')
  return listed.value.items[0].disputeRef
}

/** An event as the provider sends it: it names the dispute and a payment, and claims what it likes besides. */
function eventOf(service: Service, disputeRef: string, payment: PaymentRow): object {
  const ref = payment.provider_payment_id
  switch (service) {
    case 'stripe':
      return {
        id: `evt_${disputeRef}`,
        object: 'event',
        type: 'charge.dispute.created',
        created: 1,
        livemode: false,
        data: {
          object: { id: disputeRef, object: 'dispute', payment_intent: ref, status: 'lost', amount: 1 },
        },
      }
    case 'paypal':
      return {
        id: `WH-${disputeRef}`,
        event_type: 'CUSTOMER.DISPUTE.CREATED',
        resource_type: 'dispute',
        resource: {
          dispute_id: disputeRef,
          status: 'RESOLVED',
          disputed_transactions: [{ seller_transaction_id: ref, custom: payment.reference }],
        },
      }
    default:
      return {
        entity: 'event',
        event: 'payment.dispute.created',
        payload: {
          dispute: { entity: { id: disputeRef, payment_id: ref, status: 'lost', amount: 1 } },
          payment: { entity: { id: ref, order_id: payment.provider_order_id } },
        },
        created_at: 1,
      }
  }
}

let deliveries = 0
async function tell(payment: PaymentRow, disputeRef: string, about = payment): Promise<string> {
  deliveries += 1
  const at = new Date(engine.now())
  const id = engine.newId()
  const stored = await engine.store.storeInbound(
    {
      account_id: payment.account_id,
      environment: payment.environment,
      id,
      provider: payment.provider,
      event_id: `event-${deliveries}`,
      event_type: 'dispute',
      state: 'received',
      reason: null,
      payment_id: null,
      body: Buffer.from(JSON.stringify(eventOf(payment.provider, disputeRef, about))),
      tries: 0,
      due_at: new Date(0),
      received_at: at,
      applied_at: null,
    },
    [`event-${deliveries}`],
  )
  expect(stored).toBe(true)
  return id
}

async function inboundOf(id: string): Promise<{ state: string; reason: string | null; payment_id: string }> {
  const { rows } = await world.db.engine.query('select * from inbound where id = $1', [id])
  return rows[0]
}

async function disputesOf(payment: PaymentRow): Promise<readonly DisputeRow[]> {
  const { rows } = await world.db.engine.query('select * from dispute where payment_id = $1', [payment.id])
  return rows
}

async function only(payment: PaymentRow): Promise<DisputeRow> {
  const rows = await disputesOf(payment)
  expect(rows).toHaveLength(1)
  const [row] = rows
  if (row === undefined) throw new Error('no dispute')
  return row
}

/** The dispute's events in order; their numbers have no gaps. */
async function told(dispute: DisputeRow): Promise<readonly string[]> {
  const { rows } = await world.db.engine.query(
    'select type, sequence from event where subject_id = $1 order by sequence',
    [dispute.id],
  )
  expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, i) => i + 1))
  return rows.map((row) => row.type)
}

/** A paid payment whose payer disputes it, as the provider's event told. */
async function disputed(service: Service): Promise<{ payment: PaymentRow; ref: string }> {
  const payment = await paid(service)
  act(payment, 'dispute')
  const ref = await refOf(payment)
  await tell(payment, ref)
  await settle()
  return { payment, ref }
}

describe.each(SERVICES_UNDER_TEST)('a dispute at %s', (service) => {
  test('is kept as the provider states it, whatever the message claims, and moves no total', async () => {
    const { payment, ref } = await disputed(service)
    const dispute = await only(payment)
    expect(dispute).toMatchObject({
      provider_dispute_id: ref,
      status: 'open',
      stage: 'chargeback',
      amount: AMOUNT,
      currency: payment.currency,
      closed_at: null,
      sequence: 1,
    })
    expect(dispute.evidence_due_at?.getTime()).toBeGreaterThan(engine.now())
    expect(dispute.evidence_url).toContain(ref)
    expect(await told(dispute)).toEqual(['dispute.opened'])
    const after = await paymentBy(payment.provider_order_id ?? '')
    expect([after.captured, after.refunded, after.status]).toEqual([AMOUNT, 0n, 'succeeded'])
    const entries = await readTimeline(engine.db, payment)
    expect(entries.map(({ summary }) => summary)).toContain('dispute.opened')
  })

  test('is told once per decision, however often and at once the provider repeats itself', async () => {
    const { payment, ref } = await disputed(service)
    act(payment, 'dispute_lost')
    for (let i = 0; i < 8; i++) await tell(payment, ref)
    await settle()
    const dispute = await only(payment)
    expect(await told(dispute)).toEqual(['dispute.opened', 'dispute.lost'])
    expect(dispute).toMatchObject({ status: 'lost', deducted: AMOUNT, due_at: null })
    expect(dispute.deducted_currency).toBe(payment.currency)
    expect(dispute.closed_at).toBeInstanceOf(Date)
  })

  test('is won without anything taken, found by the daily look when nobody tells', async () => {
    const { payment } = await disputed(service)
    act(payment, 'dispute_won')
    await pass(DAY_MS + HOUR_MS)
    const dispute = await only(payment)
    expect(dispute.status).toBe('won')
    expect(dispute.deducted ?? 0n).toBe(0n)
    expect(await told(dispute)).toEqual(['dispute.opened', 'dispute.won'])
    const after = await paymentBy(payment.provider_order_id ?? '')
    expect([after.captured, after.refunded]).toEqual([AMOUNT, 0n])
  })

  test('that is lost changes no total by itself; what the provider books as a refund is followed as one', async () => {
    const { payment, ref } = await disputed(service)
    act(payment, 'dispute_lost')
    await tell(payment, ref)
    await settle()
    const told = await paymentBy(payment.provider_order_id ?? '')
    expect([told.captured, told.refunded]).toEqual([AMOUNT, 0n])
    await syncPayment(engine, told, 'poll')
    const synced = await paymentBy(payment.provider_order_id ?? '')
    // Only PayPal reverses the capture itself, in its own books as in ours.
    expect([synced.captured, synced.refunded]).toEqual([AMOUNT, service === 'paypal' ? AMOUNT : 0n])
  })

  test('nobody told of is found by the reconciliation', async () => {
    const payment = await paid(service)
    act(payment, 'dispute')
    await world.pass(10 * MINUTE_MS)
    const nowMs = engine.now()
    const owner = { account_id: payment.account_id, environment: payment.environment, provider: service }
    const run = newRun(engine, owner, {
      kind: 'manual',
      fromMs: nowMs - HOUR_MS,
      toMs: nowMs,
      dueMs: nowMs,
    })
    await insertRun(engine.db, run)
    for (let round = 0; round < 50 && (await workDueRuns(engine, 8)) > 0; round++);
    await settle()
    expect((await only(payment)).status).toBe('open')
    const { rows } = await world.db.engine.query('select * from reconciliation_run where id = $1', [run.id])
    expect(rows[0]).toMatchObject({ state: 'done', counts: { dispute_followed: 1 } })
  })

  test('that names another payment than its message is kept apart for a person', async () => {
    const payment = await paid(service)
    const other = await paid(service)
    act(payment, 'dispute')
    const inbound = await tell(payment, await refOf(payment), other)
    await settle()
    expect((await inboundOf(inbound)).state).toBe('quarantined')
    expect(await disputesOf(other)).toEqual([])
    expect(await disputesOf(payment)).toEqual([])
  })

  test('is waited for while the provider cannot be reached, never guessed', async () => {
    const payment = await paid(service)
    act(payment, 'dispute')
    const ref = await refOf(payment)
    world.sandbox.faults.add({ provider: service, fault: 'error_before', count: 1_000, match: 'disputes' })
    const inbound = await tell(payment, ref)
    for (let minute = 0; minute < 60; minute++) await pass(MINUTE_MS)
    expect(await disputesOf(payment)).toEqual([])
    expect((await inboundOf(inbound)).state).toBe('received')
    world.sandbox.faults.clear()
    await pass(MINUTE_MS)
    expect((await only(payment)).status).toBe('open')
    expect((await inboundOf(inbound)).state).toBe('applied')
  })

  test('leaves a partial refund to the provider, which refuses it, and no amount stays reserved', async () => {
    const { payment } = await disputed(service)
    const input = {
      paymentId: payment.id,
      amount: () => (service === 'razorpay' ? inr(100n) : usd(100n)),
      speed: 'normal',
      metadata: {},
    } as const
    const { status } = await createRefund(engine, tenant.caller, input, claimFor())
    expect(status).toBeGreaterThanOrEqual(400)
    const after = await paymentBy(payment.provider_order_id ?? '')
    expect([after.refunded, after.refund_pending]).toEqual([0n, 0n])
  })
})

test.each([
  { kind: 'rejected', reason: 'account_problem', providerCode: '403', message: 'no permission' },
  { kind: 'unknown', reason: 'nothing was heard' },
] as const)('disputes that cannot be listed ($kind) keep no payment from being compared', async (outcome) => {
  const payment = await paid('paypal')
  const without: Engine = {
    ...engine,
    provider(service) {
      const provider = engine.provider(service)
      if (provider?.disputes === undefined) return provider
      return { ...provider, disputes: { ...provider.disputes, listSince: async () => outcome } }
    },
  }
  const nowMs = engine.now()
  const owner = {
    account_id: payment.account_id,
    environment: payment.environment,
    provider: 'paypal',
  } as const
  const window = { kind: 'manual', fromMs: nowMs - HOUR_MS, toMs: nowMs, dueMs: nowMs } as const
  const run = newRun(engine, owner, window)
  await insertRun(engine.db, run)
  for (let round = 0; round < 8; round++) {
    for (let page = 0; page < 20 && (await workDueRuns(without, 8)) > 0; page++);
    await world.pass(20 * MINUTE_MS)
  }
  const { rows } = await world.db.engine.query('select * from reconciliation_run where id = $1', [run.id])
  expect(rows[0]).toMatchObject({ state: 'done', counts: { unverified: 1, matched: 1 } })
})

test('a message about a dispute of a payment that is not ours ends as such', async () => {
  const payment = await paid('stripe')
  const stranger = { ...payment, provider_payment_id: 'pi_somebody_elses' }
  const inbound = await tell(payment, 'dp_1', stranger)
  for (let i = 0; i < 8; i++) await pass(10 * MINUTE_MS)
  expect(await inboundOf(inbound)).toMatchObject({
    state: 'ignored',
    reason: 'concerns no payment of this account',
  })
})

test('the table refuses a move that no evidence can make, and a dispute that becomes another', async () => {
  const { payment, ref } = await disputed('stripe')
  act(payment, 'dispute_won')
  await tell(payment, ref)
  await settle()
  const { id } = await only(payment)
  for (const change of [`status = 'open', closed_at = null`, `provider_dispute_id = 'dp_other'`]) {
    await expect(
      world.db.engine.query(`update dispute set ${change} where id = $1`, [id]),
    ).rejects.toMatchObject({ code: 'OR002' })
  }
})
