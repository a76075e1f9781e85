import { afterAll, expect, test } from 'vitest'
import { createEngineWorld } from '../../../../test/harness/engine.ts'
import { planRuns, slotsAt } from './plan-runs.ts'
import { workDueRuns } from './work-run.ts'

const world = await createEngineWorld(41)
afterAll(() => world.close())

const DAY_MS = 24 * 3_600_000
const sql = (text: string, values: unknown[]) => world.db.engine.query(text, values)

test('every hour and every night a run is planned once per provider, however many plan', async () => {
  const tenant = await world.tenant()
  await sql(`update credential set created_at = created_at - interval '3 days'`, [])
  await Promise.all([planRuns(world.engine), planRuns(world.engine), planRuns(world.engine)])
  const { rows } = await sql(
    'select provider, kind from reconciliation_run where account_id = $1 order by provider, kind',
    [tenant.caller.accountId],
  )
  expect(rows).toEqual(
    ['paypal', 'razorpay', 'stripe'].flatMap((provider) =>
      ['daily', 'hourly'].map((kind) => ({ provider, kind })),
    ),
  )
  // All of them come due and end, with nothing to compare.
  await world.pass(DAY_MS)
  for (let round = 0; round < 50; round++) if ((await workDueRuns(world.engine, 8)) === 0) break
  const { rows: after } = await sql('select distinct state, counts from reconciliation_run', [])
  expect(after).toEqual([{ state: 'done', counts: {} }])
})

test('what was connected within the hour is not compared yet', async () => {
  const tenant = await world.tenant()
  await sql('update credential set created_at = $2 where account_id = $1', [
    tenant.caller.accountId,
    new Date(world.engine.now()),
  ])
  await planRuns(world.engine)
  const { rowCount } = await sql('select 1 from reconciliation_run where account_id = $1', [
    tenant.caller.accountId,
  ])
  expect(rowCount).toBe(0)
})

test('an hour looks two days back, a night at the day before', () => {
  const [hourly, daily] = slotsAt(Date.UTC(2026, 10, 24, 9, 30))
  expect(hourly).toMatchObject({ fromMs: Date.UTC(2026, 10, 22, 9), toMs: Date.UTC(2026, 10, 24, 9) })
  expect(daily).toMatchObject({ fromMs: Date.UTC(2026, 10, 23), toMs: Date.UTC(2026, 10, 24) })
})
