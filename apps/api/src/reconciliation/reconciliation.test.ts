import type { Service } from '@onerouter/core'
import { formatId } from '@onerouter/core'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { byHand } from '../../../../test/harness/by-hand.ts'
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
import { contextFor } from '../engine/call-provider.ts'
import { createPayment } from '../engine/create-payment.ts'
import { createRefund } from '../engine/create-refund.ts'
import type { Engine } from '../engine/ports.ts'
import { newRun } from './plan-runs.ts'
import type { ItemRow, RunRow } from './rows.ts'
import { claimDueRuns, commitPage, insertRun } from './store.ts'
import { workDueRuns } from './work-run.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

const world: EngineWorld = await createEngineWorld(21)
let tenant: Tenant
beforeEach(async () => {
  tenant = await world.tenant()
})
afterAll(() => world.close())

const amountOf = (service: Service) => (service === 'razorpay' ? inr(50_000n) : usd(50_000n))

interface Made {
  readonly id: string
  readonly provider_order_id: string
}

async function created(service: Service, engine: Engine = world.engine): Promise<Made> {
  const input = paymentInput({ provider: service, amount: amountOf(service) })
  return bodyOf<Made>(await createPayment(engine, tenant.caller, input, claimFor()))
}

/** A payment that is paid and known to be, through the provider's events or a look. */
async function paid(service: Service): Promise<Made> {
  const made = await created(service)
  tenant.simulate(service, made.provider_order_id, 'succeed')
  await world.pass(3 * MINUTE_MS)
  await world.settle()
  return made
}

async function start(service: Service, kind: RunRow['kind'] = 'manual'): Promise<RunRow> {
  const owner = {
    account_id: tenant.caller.accountId,
    environment: tenant.caller.environment,
    provider: service,
  }
  const nowMs = world.engine.now()
  const run = newRun(world.engine, owner, { kind, fromMs: nowMs - 2 * HOUR_MS, toMs: nowMs, dueMs: nowMs })
  await insertRun(world.engine.db, run)
  return run
}

async function runToEnd(engine: Engine = world.engine): Promise<void> {
  for (let round = 0; round < 200; round++) if ((await workDueRuns(engine, 8)) === 0) return
  throw new Error('a run never ends')
}

async function reconcile(service: Service): Promise<RunRow> {
  const { id } = await start(service)
  await runToEnd()
  return await runOf(id)
}

async function runOf(id: string): Promise<RunRow> {
  const { rows } = await world.db.engine.query('select * from reconciliation_run where id = $1', [id])
  return rows[0]
}

async function items(): Promise<readonly ItemRow[]> {
  const { rows } = await world.db.engine.query(
    'select * from reconciliation_item where account_id = $1 order by id',
    [tenant.caller.accountId],
  )
  return rows
}

const sql = (text: string, values: unknown[]) => world.db.engine.query(text, values)

/** A row changed behind the engine's back, long enough ago that nothing can be under way. */
async function doctor(made: Made, set: string): Promise<void> {
  await byHand(
    world.db,
    `update payment set ${set}, updated_at = updated_at - interval '1 hour', version = version + 1
     where account_id = $1 and provider_order_id = $2`,
    [tenant.caller.accountId, made.provider_order_id],
  )
}

describe.each(SERVICES_UNDER_TEST)('%s', (service) => {
  test('books that agree are matched, paid, open and refunded payments alike, and nothing is reported', async () => {
    const refunded = await paid(service)
    const input = { paymentId: await idOf(refunded), amount: null, speed: 'normal', metadata: {} } as const
    await createRefund(world.engine, tenant.caller, input, claimFor())
    await paid(service)
    await created(service)
    await world.pass(20 * MINUTE_MS)
    await world.settle()
    const run = await reconcile(service)
    expect(run).toMatchObject({ state: 'done', due_at: null, reason: null })
    expect(run.counts.matched).toBe(3)
    expect(await items()).toEqual([])
    expect((await sql('select 1 from reconciliation_seen', [])).rowCount).toBe(0)
  })

  test('H33: an order made at the provider under a reference nobody recorded is missing here', async () => {
    await paid(service)
    const reference = formatId('operation', world.engine.newId())
    const orderRef = await createThere(service, reference)
    tenant.simulate(service, orderRef, 'succeed')
    await world.pass(20 * MINUTE_MS)
    const run = await reconcile(service)
    expect(run.counts).toMatchObject({ matched: 1, missing_here: 1 })
    expect(await items()).toMatchObject([
      {
        subject: reference,
        bucket: 'missing_here',
        state: 'open',
        ours: null,
        theirs: { order: orderRef, amount_minor: '50000' },
      },
    ])
  })

  test('a success the provider knows nothing of is missing there', async () => {
    const made = await paid(service)
    const gone = { stripe: 'cs_test_gone', paypal: '5O190127TN364715T', razorpay: 'order_Gone0000000000' }[
      service as 'stripe' | 'paypal' | 'razorpay'
    ]
    const payment = { stripe: 'pi_gone', paypal: '3C679366HH908993F', razorpay: 'pay_Gone0000000000' }[
      service as 'stripe' | 'paypal' | 'razorpay'
    ]
    await doctor(
      made,
      `provider_payment_id = '${payment}', provider_refs = '{}', provider_order_id = '${gone}',
       reference = 'op_00000000000000000000000000'`,
    )
    await world.pass(20 * MINUTE_MS)
    const run = await reconcile(service)
    expect(run.counts.missing_there).toBe(1)
    expect(await items()).toContainEqual(
      expect.objectContaining({ bucket: 'missing_there', state: 'open', theirs: null }),
    )
  })

  test('totals that say more than the provider does differ, and stay reported', async () => {
    const made = await paid(service)
    await world.pass(20 * MINUTE_MS)
    await doctor(made, 'refunded = 1000')
    const run = await reconcile(service)
    expect(run.counts).toMatchObject({ differs: 1 })
    expect(await items()).toMatchObject([
      {
        bucket: 'differs',
        reasons: ['refunded'],
        state: 'open',
        ours: { refunded_minor: '1000' },
        theirs: { refunded_minor: '0' },
      },
    ])
  })

  test('a fee that was booked wrongly is put right by asking, and the repair is on record', async () => {
    const made = await paid(service)
    await world.pass(20 * MINUTE_MS)
    await world.settle()
    await doctor(made, 'fee_amount = 1')
    const run = await reconcile(service)
    expect(run.counts).toMatchObject({ repaired: 1 })
    expect(await items()).toMatchObject([{ bucket: 'differs', reasons: ['fee'], state: 'repaired' }])
  })

  test('a refund made at the provider whose message was lost is found and booked', async () => {
    const made = await paid(service)
    await refundThere(service, made)
    await world.pass(20 * MINUTE_MS)
    await reconcile(service)
    await world.settle()
    const { rows } = await sql('select refunded from payment where account_id = $1', [
      tenant.caller.accountId,
    ])
    expect(rows).toEqual([{ refunded: 1_000n }])
    expect((await items()).every(({ state }) => state === 'repaired')).toBe(true)
    const again = await reconcile(service)
    expect(again.counts).toMatchObject({ matched: 1 })
  })

  test('a payment whose messages were all lost is found paid', async () => {
    const made = await created(service)
    tenant.simulate(service, made.provider_order_id, 'succeed')
    await world.sandbox.runDue()
    await backdateSandbox()
    await reconcile(service)
    await world.settle()
    const { rows } = await sql('select status, captured from payment where account_id = $1', [
      tenant.caller.accountId,
    ])
    expect(rows).toEqual([{ status: 'succeeded', captured: 50_000n }])
  })

  test('the same difference seen twice is one item, and is closed once the books agree', async () => {
    const made = await paid(service)
    await world.pass(20 * MINUTE_MS)
    await doctor(made, 'refunded = 1000')
    await reconcile(service)
    await reconcile(service)
    expect(await items()).toHaveLength(1)
    await doctor(made, 'refunded = 0')
    await reconcile(service)
    expect(await items()).toMatchObject([{ state: 'repaired' }])
  })
})

async function idOf(made: Made): Promise<string> {
  const { rows } = await sql('select id from payment where account_id = $1 and provider_order_id = $2', [
    tenant.caller.accountId,
    made.provider_order_id,
  ])
  return rows[0].id
}

/** Moves the world on without anybody looking after open payments. */
async function backdateSandbox(): Promise<void> {
  await sql('update operation set due_at = null where account_id = $1', [tenant.caller.accountId])
  await world.pass(20 * MINUTE_MS)
}

async function createThere(service: Service, reference: string): Promise<string> {
  const credential = tenant.credentials.get(service)
  const payments = world.engine.provider(service)?.payments
  if (credential === undefined || payments === undefined) throw new Error(`${service} is not connected`)
  const call = { verb: 'test', paymentId: null, operationId: null }
  const outcome = await payments.create(
    contextFor(world.engine, credential, 'first', call),
    {
      reference,
      amount: amountOf(service),
      capture: 'automatic',
      returnUrl: 'https://shop.example/return',
      cancelUrl: 'https://shop.example/cancel',
    },
    reference,
  )
  if (outcome.kind !== 'ok') throw new Error(`${service} refused the order`)
  return outcome.value.orderRef
}

async function refundThere(service: Service, made: Made): Promise<void> {
  const credential = tenant.credentials.get(service)
  const refunds = world.engine.provider(service)?.refunds
  const { rows } = await sql('select * from payment where account_id = $1 and provider_order_id = $2', [
    tenant.caller.accountId,
    made.provider_order_id,
  ])
  if (credential === undefined || refunds === undefined) throw new Error(`${service} is not connected`)
  const call = { verb: 'test', paymentId: null, operationId: null }
  const handle = {
    reference: rows[0].reference,
    amount: amountOf(service),
    capture: 'automatic',
    orderRef: rows[0].provider_order_id,
    paymentRef: rows[0].provider_payment_id,
    refs: rows[0].provider_refs,
  } as const
  const amount = { ...amountOf(service), minor: 1_000n }
  const request = { reference: 'made-by-hand', amount, speed: 'normal' } as const
  const ctx = contextFor(world.engine, credential, 'first', call)
  const outcome = await refunds.create(ctx, handle, request, 'made-by-hand-key')
  if (outcome.kind !== 'ok') throw new Error(`${service} refused the refund: ${JSON.stringify(outcome)}`)
}

test('an attempt left behind unpaid explains itself; one that was paid differs', async () => {
  const made = await created('stripe')
  const left = await createThere('stripe', formatId('operation', world.engine.newId()))
  const { rows } = await world.db.engine.query('select * from operation where account_id = $1', [
    tenant.caller.accountId,
  ])
  const reference = world.sandbox.book('stripe').find(({ orderRef }) => orderRef === left)?.reference
  await sql(
    `insert into operation select (jsonb_populate_record(o, jsonb_build_object('id', $2::uuid, 'n', 2,
      'reference', $3::text, 'state', 'abandoned', 'due_at', null))).* from operation o where o.id = $1`,
    [rows[0].id, world.engine.newId(), reference],
  )
  await world.pass(20 * MINUTE_MS)
  expect((await reconcile('stripe')).counts).toEqual({ matched: 1, explained: 1 })
  tenant.simulate('stripe', left, 'succeed')
  await world.pass(20 * MINUTE_MS)
  expect((await reconcile('stripe')).counts).toMatchObject({ matched: 1, differs: 1 })
  expect(await items()).toMatchObject([{ reasons: ['left_behind'], ours: { order: made.provider_order_id } }])
})

test.each(['stripe', 'paypal'] as const)(
  'an event of %s that was missed is put into the inbox once, whatever else delivers it',
  async (service) => {
    await paid(service)
    await world.pass(20 * MINUTE_MS)
    const first = await reconcile(service)
    expect(first.counts.event_recovered).toBeGreaterThan(0)
    // The database's clock is not the one the test moves.
    await sql('update inbound set due_at = now() where due_at is not null', [])
    await world.settle()
    const second = await reconcile(service)
    expect(second.counts).toEqual({ matched: 1 })
    const { rows } = await sql(
      `select event_id, count(*)::int as n, bool_and(state = 'applied') as applied from inbound
       where account_id = $1 group by event_id`,
      [tenant.caller.accountId],
    )
    expect(rows.length).toBe(first.counts.event_recovered)
    expect(rows.every(({ n, applied }) => n === 1 && applied)).toBe(true)
  },
)

test('a run that died between two pages goes on with the next one and counts every payment once', async () => {
  for (let i = 0; i < 120; i++) await created('stripe')
  await world.pass(20 * MINUTE_MS)
  const run = await start('stripe')
  // Up to and including the first page of payments.
  for (let page = 0; page < 10; page++) {
    if ((await runOf(run.id)).cursor !== null) break
    await workDueRuns(world.engine, 8)
  }
  // A process takes the run and dies with it; until its lease is over, nobody else does.
  const before = await runOf(run.id)
  expect(before).toMatchObject({ phase: 'payments' })
  expect(await claimDueRuns(world.engine.db, 8, world.engine.now(), HOUR_MS)).toHaveLength(1)
  expect(await workDueRuns(world.engine, 8)).toBe(0)
  await world.pass(2 * HOUR_MS)
  await runToEnd()
  expect((await runOf(run.id)).counts).toEqual({ matched: 120 })
})

test('whoever was overtaken writes nothing', async () => {
  await paid('stripe')
  await world.pass(20 * MINUTE_MS)
  const run = await start('stripe')
  const [held] = await claimDueRuns(world.engine.db, 8, world.engine.now(), 0)
  await runToEnd()
  const done = await runOf(run.id)
  const now = new Date(world.engine.now())
  const page = {
    seen: [{ subject: 'x', verdict: 'differs' as const }],
    items: [],
    next: { phase: 'payments', cursor: null } as const,
  }
  if (held === undefined) throw new Error('nothing was due')
  expect(await commitPage(world.engine.db, held, page, { now, due: now })).toBe(false)
  expect(await runOf(run.id)).toEqual(done)
})

test('a provider that does not answer puts the run off, and it ends where it would have ended', async () => {
  await paid('razorpay')
  await world.pass(20 * MINUTE_MS)
  world.sandbox.faults.add({ provider: 'razorpay', fault: 'error_before', count: 2, match: '' })
  const { id } = await start('razorpay')
  await runToEnd()
  expect(await runOf(id)).toMatchObject({ state: 'running', tries: 1 })
  for (let round = 0; round < 4; round++) {
    await world.pass(10 * MINUTE_MS)
    await runToEnd()
  }
  expect(await runOf(id)).toMatchObject({ state: 'done', counts: { matched: 1 } })
})

test.each(SERVICES_UNDER_TEST)('a thousand payments of %s are compared within seconds', async (service) => {
  const made = await created(service)
  for (let batch = 0; batch < 37; batch++) {
    await Promise.all(Array.from({ length: 27 }, () => created(service)))
  }
  expect(made.provider_order_id).toBeTruthy()
  await world.pass(20 * MINUTE_MS)
  const startedAt = performance.now()
  const run = await reconcile(service)
  const seconds = (performance.now() - startedAt) / 1000
  expect(run.counts).toEqual({ matched: 1_000 })
  console.info(`${service}: 1,000 payments compared in ${seconds.toFixed(1)} s`)
  expect(seconds).toBeLessThan(20)
})
