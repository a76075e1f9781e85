/** What the database itself holds to, whoever writes: totals, tenants, events and their order, the ledger. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerProblems, verifyLedgers } from '../../../apps/api/src/store/ledger.ts'
import { overStore } from '../../harness/interference.ts'
import { type Made, openShop, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(39)
})
afterAll(() => shop.close())

const CHECK_VIOLATION = '23514'
const UNIQUE_VIOLATION = '23505'
const FOREIGN_KEY_VIOLATION = '23503'

const eventsOf = async (made: Made): Promise<{ type: string; sequence: number }[]> => {
  const { rows } = await shop.world.db.engine.query(
    'select type, sequence from event where subject_id = $1 order by sequence',
    [made.id],
  )
  return rows
}

test('H20: no statement can promise more refunds than was captured', async () => {
  const made = await shop.paid('stripe')
  for (const change of ['refund_pending = captured + 1', 'refund_pending = 1, refunded = captured']) {
    await expect(
      shop.world.db.engine.query(`update payment set ${change} where id = $1`, [made.id]),
    ).rejects.toMatchObject({ code: CHECK_VIOLATION })
  }
})

test('H6, H28: a row of one account or environment cannot hang on a payment of another', async () => {
  const made = await shop.paid('stripe')
  const stranger = await shop.world.tenant()
  const [charge] = await shop.operations(made)
  for (const [column, value] of [
    ['account_id', stranger.caller.accountId],
    ['environment', 'live'],
  ]) {
    await expect(
      shop.world.db.engine.query(
        `insert into operation select o.* from operation was,
           jsonb_populate_record(was, jsonb_build_object('${column}', $2::text, 'n', 9, 'reference', $3::text)) o
         where was.id = $1`,
        [charge?.id, value, `op_of_a_stranger_${column}`],
      ),
    ).rejects.toMatchObject({ code: FOREIGN_KEY_VIOLATION })
  }
})

test('H37, H38: a change and its event are one commit: a refused change leaves no event, a made one has it', async () => {
  const made = await shop.create('stripe')
  shop.pay(made)
  const before = await eventsOf(made)
  const refused = overStore(shop.world.engine, (real) => ({
    // The totals are refused; the event stands in the same statement.
    settlePayment: (settlement) =>
      real.settlePayment({ ...settlement, payment: { ...settlement.payment, captured: -1n } }),
  }))
  await expect(shop.sync(made, 'payer', refused)).rejects.toMatchObject({ code: expect.any(String) })
  expect(await eventsOf(made)).toEqual(before)
  expect((await shop.payment(made)).status).toBe('requires_action')
  await shop.sync(made)
  const after = await eventsOf(made)
  expect(after.at(-1)?.type).toBe('payment.succeeded')
  expect(after.map(({ sequence }) => sequence)).toEqual(after.map((_, i) => i + 1))
})

test('H39: a transition has one place among the events of its object, and a second one is refused', async () => {
  const made = await shop.paid('stripe')
  await expect(
    shop.world.db.engine.query(
      `insert into event select e.* from event was,
         jsonb_populate_record(was, jsonb_build_object('id', $2::text)) e
       where was.subject_id = $1 and was.sequence = 1`,
      [made.id, shop.world.engine.newId()],
    ),
  ).rejects.toMatchObject({ code: UNIQUE_VIOLATION })
})

test('H45: totals or entries that somebody changed by hand, past every guard, are found', async () => {
  const made = await shop.paid('stripe')
  const payment = await shop.payment(made)
  expect(await ledgerProblems(shop.world.engine.db, payment)).toEqual([])
  const operator = await shop.world.db.engine.connect()
  try {
    await operator.query('begin')
    // A superuser's session in which no trigger fires.
    await operator.query('set local role none')
    await operator.query('set local session_replication_role = replica')
    for (const edit of [
      'update payment set captured = captured - 1 where id = $1',
      'update ledger set amount = amount - 1 where payment_id = $1',
      "update ledger set hash = sha256('x') where payment_id = $1",
      'delete from ledger where payment_id = $1',
      `insert into ledger select l.account_id, l.environment, l.payment_id, 2, 'refunded', l.amount, l.currency,
         l.provider_payment_id, l.payment_version, l.created_at, l.hash, l.hash from ledger l where payment_id = $1`,
    ]) {
      await operator.query('savepoint clean')
      await operator.query(edit, [made.id])
      const asSeen = {
        query: (statement: { text: string; values: readonly unknown[] }) =>
          operator.query(statement.text, [...statement.values]),
      }
      expect(await ledgerProblems(asSeen, payment)).not.toEqual([])
      const { problems } = await verifyLedgers(asSeen)
      expect(problems.length).toBeGreaterThan(0)
      expect(problems.every((one) => one.includes(made.id))).toBe(true)
      await operator.query('rollback to savepoint clean')
    }
  } finally {
    await operator.query('rollback')
    operator.release()
  }
})
