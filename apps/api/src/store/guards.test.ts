import {
  nextStates,
  OPERATION_STATES,
  PAYMENT_STATUSES,
  parseId,
  REFUND_STATUSES,
  stepPayment,
  stepRefund,
} from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  type EngineWorld,
  paymentInput,
  type Tenant,
  usd,
} from '../../../../test/harness/engine.ts'
import { ownPayment } from '../engine/complete-payment.ts'
import { createPayment } from '../engine/create-payment.ts'
import { createRefund } from '../engine/create-refund.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import { durabilityProblems } from './durability.ts'
import { ledgerProblems } from './ledger.ts'

let world: EngineWorld
let tenant: Tenant
beforeAll(async () => {
  world = await createEngineWorld(11)
  tenant = await world.tenant()
})
afterAll(async () => {
  await world.close()
})

test('H44: the database allows exactly the moves the code allows, for payments, calls and refunds', async () => {
  const pairs = <S extends string>(all: readonly S[]) => all.flatMap((a) => all.map((b) => [a, b] as const))
  for (const [was, becomes] of pairs(PAYMENT_STATUSES)) {
    const { rows } = await world.db.engine.query('select payment_may_move($1, $2) as may', [was, becomes])
    const step = stepPayment(was, becomes).kind
    expect([was, becomes, rows[0].may]).toEqual([was, becomes, step === 'moved' || step === 'same'])
  }
  for (const [was, becomes] of pairs(REFUND_STATUSES)) {
    const { rows } = await world.db.engine.query('select refund_may_move($1, $2) as may', [was, becomes])
    const step = stepRefund(was, becomes).kind
    expect([was, becomes, rows[0].may]).toEqual([was, becomes, step === 'moved' || step === 'same'])
  }
  for (const [was, becomes] of pairs(OPERATION_STATES)) {
    const { rows } = await world.db.engine.query('select operation_may_move($1, $2) as may', [was, becomes])
    const may = was === becomes || nextStates(was).includes(becomes)
    expect([was, becomes, rows[0].may]).toEqual([was, becomes, may])
  }
})

async function refundedPayment() {
  const reply = await createPayment(
    world.engine,
    tenant.caller,
    paymentInput({ provider: 'stripe' }),
    claimFor(),
  )
  const created = bodyOf<{ id: string; provider_order_id: string }>(reply)
  tenant.simulate('stripe', created.provider_order_id, 'succeed')
  const id = parseId('payment', created.id) ?? ''
  await syncPayment(world.engine, await ownPayment(world.engine, tenant.caller, id), 'payer')
  for (const part of [10_000n, 5_000n]) {
    const input = { paymentId: id, amount: () => usd(part), speed: 'normal', metadata: {} } as const
    await createRefund(world.engine, tenant.caller, input, claimFor())
  }
  return await ownPayment(world.engine, tenant.caller, id)
}

test('H45: every change of a total is in the ledger, its sums are the totals and its chain holds', async () => {
  const payment = await refundedPayment()
  const { rows } = await world.db.engine.query(
    'select kind, amount from ledger where payment_id = $1 order by seq',
    [payment.id],
  )
  expect(rows).toEqual([
    { kind: 'captured', amount: 50_000n },
    { kind: 'refunded', amount: 10_000n },
    { kind: 'refunded', amount: 5_000n },
  ])
  expect(await ledgerProblems(world.engine.db, payment)).toEqual([])
})

test('H44, H45: the database refuses an illegal move, a shrinking capture and any change of the ledger', async () => {
  const payment = await refundedPayment()
  const refused = (text: string) =>
    expect(world.db.engine.query(text, [payment.id])).rejects.toMatchObject({ code: 'OR002' })
  await refused("update payment set status = 'failed' where id = $1")
  await refused('update payment set captured = captured - 1 where id = $1')
  await refused('update payment set amount = amount + 1 where id = $1')
  await refused("update payment set provider_payment_id = 'pay_other' where id = $1")
  await refused("update operation set state = 'sent' where payment_id = $1 and kind = 'charge'")
  await refused('update ledger set amount = amount + 1 where payment_id = $1')
  await refused('delete from ledger where payment_id = $1')
})

test('H34: the settings that decide whether a commit lasts are read from the server itself', async () => {
  const { rows } = await world.db.engine.query(
    "select name from pg_settings where name = 'fsync' and setting = 'off'",
  )
  const problems = await durabilityProblems(world.db)
  expect(problems.some((problem) => problem.includes('fsync'))).toBe(rows.length > 0)
})
