import { formatId, parseId } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byHand } from '../../../../../test/harness/by-hand.ts'
import type { Engine } from '../../engine/ports.ts'
import { createMoney } from '../../money.ts'
import { reconciliationMetrics } from '../../reconciliation/metrics.ts'
import { workDueRuns } from '../../reconciliation/work-run.ts'
import { type OpenedApp, openApp } from '../../testing/open-app.ts'
import { createSandboxWorld } from '../../testing/sandbox-transport.ts'

const RUNS = '/api/reconciliation/runs'
const ITEMS = '/api/reconciliation/items'

let api: OpenedApp
let engine: Engine
let key: string
let paymentId: string
beforeAll(async () => {
  api = await openApp({ world: { transport: createSandboxWorld().transport } })
  engine = createMoney(api.deps).engine
  key = (await api.newKey()).plain
  const credentials = { environment: 'test', sandbox: true }
  const saved = await api.call(key, 'PUT', '/api/services/stripe/credentials', credentials)
  expect(saved.statusCode, saved.body).toBeLessThan(300)
  const payment = { amount: '500.00', currency: 'USD', provider: 'stripe' }
  paymentId = (await api.call(key, 'POST', '/v1/payments', payment)).json().id
  // Ten minutes ago, so that nothing can be under way, and with a total that nobody paid.
  await sql(`update payment set captured = 100, updated_at = updated_at - interval '1 hour' where id = $1`, [
    uuidOf(paymentId),
  ])
})
afterAll(() => api.close())

const sql = (text: string, values: unknown[] = []) => api.deps.db.engine.query(text, values)
const uuidOf = (id: string) => parseId('payment', id) ?? ''

async function compared(who = key) {
  const now = Date.now()
  const window = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now).toISOString() }
  const started = await api.call(who, 'POST', RUNS, { provider: 'stripe', environment: 'test', ...window })
  for (let round = 0; round < 50; round++) if ((await workDueRuns(engine, 8)) === 0) break
  return { started, window }
}

test('a comparison is started, told of, and shows what differs with both sides', async () => {
  const { started } = await compared()
  expect(started.statusCode, started.body).toBe(202)
  expect(started.json()).toMatchObject({ object: 'reconciliation_run', kind: 'manual', state: 'running' })
  const runs = (await api.call(key, 'GET', RUNS)).json()
  expect(runs).toMatchObject({ data: [{ id: started.json().id, state: 'done', counts: { differs: 1 } }] })
  const items = (await api.call(key, 'GET', `${ITEMS}?bucket=differs&state=open`)).json()
  expect(items).toMatchObject({
    data: [
      {
        payment_id: paymentId,
        bucket: 'differs',
        reasons: ['captured'],
        ours: { captured_minor: '100' },
        theirs: { captured_minor: '0' },
      },
    ],
    has_more: false,
  })
  expect((await api.call(key, 'GET', `${ITEMS}?bucket=missing_here`)).json().data).toEqual([])
  const families = await reconciliationMetrics(engine.db)
  expect(families.map(({ name }) => name)).toContain('onerouter_reconciliation_mismatches')
  expect(families[0]?.samples).toEqual([
    { labels: { provider: 'stripe', environment: 'test', bucket: 'differs' }, value: 1 },
  ])
})

test('a difference that was dealt with stays so until its facts change', async () => {
  const [item] = (await api.call(key, 'GET', `${ITEMS}?state=open`)).json().data
  const path = `${ITEMS}/${item.id}/resolve`
  expect((await api.call(key, 'POST', path, { note: '' })).statusCode).toBe(400)
  const resolved = await api.call(key, 'POST', path, { note: 'booked by hand' })
  expect(resolved.json()).toMatchObject({ state: 'resolved', note: 'booked by hand' })
  expect(resolved.json().resolved_by).toMatch(/^key unf_test_/)
  expect((await api.call(key, 'POST', path, { note: 'again' })).json().code).toBe('invalid_state')
  await compared()
  expect((await api.call(key, 'GET', `${ITEMS}?state=open`)).json().data).toEqual([])
  await sql('update payment set captured = 200 where id = $1', [uuidOf(paymentId)])
  await compared()
  expect((await api.call(key, 'GET', `${ITEMS}?state=open`)).json().data).toHaveLength(1)
})

test.each([
  ['the end before the beginning', { from: '2026-11-02', to: '2026-11-01' }, '/to'],
  ['the future', { from: '2026-11-01', to: '2099-01-01' }, '/to'],
  ['more than a month', { from: '2026-01-01', to: '2026-03-01' }, '/from'],
  ['no time', { from: 'yesterday', to: '2026-03-01' }, '/from'],
])('a window with %s is refused', async (_, window, pointer) => {
  const body = { provider: 'stripe', environment: 'test', ...window }
  const answer = await api.call(key, 'POST', RUNS, body)
  expect(answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ pointer }] })
})

test('keys compare and see what is theirs only', async () => {
  const stranger = (await api.newKey()).plain
  const [item] = (await api.call(key, 'GET', ITEMS)).json().data
  expect((await api.call(stranger, 'GET', ITEMS)).json().data).toEqual([])
  expect((await api.call(stranger, 'GET', RUNS)).json().data).toEqual([])
  const theirs = await api.call(stranger, 'POST', `${ITEMS}/${item.id}/resolve`, { note: 'mine now' })
  expect(theirs.statusCode).toBe(404)
  const window = { from: '2026-11-01', to: '2026-11-02' }
  const live = { provider: 'stripe', environment: 'live', ...window }
  expect((await api.call(key, 'POST', RUNS, live)).json().code).toBe('environment_not_allowed')
  const unconnected = { provider: 'paypal', environment: 'test', ...window }
  expect((await api.call(key, 'POST', RUNS, unconnected)).json().code).toBe('provider_not_configured')
})

test('what waits for a person is listed with its evidence and settled through the provider', async () => {
  const body = { amount: '20.00', currency: 'USD', provider: 'stripe' }
  const made = (await api.call(key, 'POST', '/v1/payments', body)).json()
  await byHand(
    api.deps.db,
    `update operation set state = 'needs_review', due_at = null where payment_id = $1`,
    [uuidOf(made.id)],
  )
  const { rows } = await sql('select id from operation where payment_id = $1', [uuidOf(made.id)])
  await sql(
    `insert into inbound (account_id, environment, id, provider, event_id, event_type, state, reason, body,
       payment_id, tries, received_at)
     select account_id, environment, $2, provider, 'evt_1', 'charge.updated', 'quarantined', 'other amount', '',
       id, 1, now() from payment where id = $1`,
    [uuidOf(made.id), engine.newId()],
  )
  const id = formatId('operation', rows[0].id)
  const first = (await api.call(key, 'GET', '/api/review?limit=1')).json()
  expect(first).toMatchObject({ data: [{ kind: 'webhook', why: 'other amount' }], has_more: true })
  const next = await api.call(key, 'GET', `/api/review?limit=1&starting_after=${first.next_cursor}`)
  expect(next.json()).toMatchObject({
    data: [{ id, kind: 'operation', payment: { id: made.id }, subject: { operation: 'charge' } }],
    has_more: false,
  })
  const [entry] = next.json().data
  expect(entry.timeline.length).toBeGreaterThan(0)
  const stranger = (await api.newKey()).plain
  const resolve = { outcome: 'happened', note: 'seen in the dashboard' }
  expect((await api.call(stranger, 'POST', `/api/review/${id}/resolve`, resolve)).statusCode).toBe(404)
  const answer = await api.call(key, 'POST', `/api/review/${id}/resolve`, resolve)
  expect(answer.json()).toMatchObject({
    operation_id: id,
    state: 'exposed',
    payment: { id: made.id, status: 'requires_action' },
  })
  expect((await api.call(key, 'GET', '/api/review')).json().data).toHaveLength(1)
})
