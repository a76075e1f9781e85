import { expect, test } from 'vitest'
import type { Queryable } from '../store/rows.ts'
import { createBreakers } from './breaker.ts'
import { createRoutingCache } from './source.ts'

const ACCOUNT = '0190a0b0-0000-7000-8000-0000000000a1'
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** A cache over a database that answers one policy, with its statements counted and its clock in the test's hands. */
function world(strategy: 'order' | 'success_rate' = 'order') {
  const state = { nowMs: 0, version: 1, statements: [] as string[], broken: false }
  const db: Queryable = {
    query: async ({ name = '' }) => {
      state.statements.push(name)
      if (state.broken) throw new Error('no database')
      if (name !== 'routing_policy') return { rows: [], rowCount: 0 }
      const use = strategy === 'order' ? { strategy, providers: ['paypal'] } : { strategy }
      const rules = { rules: [], default: use }
      const row = {
        version: state.version,
        rules,
        trial_version: null,
        trial_percent: null,
        trial_rules: null,
      }
      return { rows: [row], rowCount: 1 }
    },
  }
  const log = { warn: () => {} }
  const cache = createRoutingCache({ db, now: () => state.nowMs, breakers: createBreakers(), log })
  return { state, cache, version: async () => (await cache.snapshot(ACCOUNT, 'test')).inForce.version }
}

test('a payment costs one statement when nothing is known, and none from then on', async () => {
  const { state, version } = world()
  for (let n = 0; n < 100; n++) await version()
  expect(state.statements).toEqual(['routing_policy'])
})

test('breakers are counted by provider, environment and state, and by nothing else', () => {
  const { state, cache } = world()
  const account = (n: number) =>
    ({
      accountId: `${ACCOUNT.slice(0, -1)}${n}`,
      environment: 'test',
      service: 'paypal',
      version: 1,
    }) as const
  const note = (n: number, kind: 'ok' | 'unknown') =>
    cache.note(account(n), kind === 'ok' ? { kind, value: null } : { kind, reason: 'timeout' })
  expect(cache.breakers()).toEqual([])
  note(1, 'ok')
  for (let i = 0; i < 5; i++) note(2, 'unknown')
  const where = { service: 'paypal', environment: 'test' }
  const standing = (closed: number, half_open: number, open: number) => [
    { ...where, health: 'closed', accounts: closed },
    { ...where, health: 'half_open', accounts: half_open },
    { ...where, health: 'open', accounts: open },
  ]
  expect(cache.breakers()).toEqual(standing(1, 0, 1))
  state.nowMs = 30_000
  expect(cache.breakers()).toEqual(standing(1, 1, 0))
})

test('observations are read only where a rule goes by them', async () => {
  const { state, version } = world('success_rate')
  await version()
  expect(state.statements).toEqual(['routing_policy', 'routing_observations'])
})

test('age makes no payment wait: the old snapshot decides while the next one is made', async () => {
  const { state, version } = world()
  await version()
  state.version = 2
  state.nowMs = 60_000
  expect(await version()).toBe(1)
  await settled()
  expect(await version()).toBe(2)
  expect(state.statements).toHaveLength(2)
})

test('a database that does not answer leaves the rules that were known in force', async () => {
  const { state, version } = world()
  await version()
  state.broken = true
  state.nowMs = 60_000
  expect(await version()).toBe(1)
  await settled()
  expect(await version()).toBe(1)
})

test.each([
  [{ kind: 'routing', accountId: ACCOUNT, environment: 'test' } as const, 2],
  [{ kind: 'everything' } as const, 2],
  [{ kind: 'routing', accountId: ACCOUNT, environment: 'live' } as const, 1],
])('after %o the next payment goes by version %i', async (stale, expected) => {
  const { state, cache, version } = world()
  await version()
  state.version = 2
  cache.forget(stale)
  expect(await version()).toBe(expected)
})

test('what was read before a change is not kept after it', async () => {
  const { state, cache, version } = world()
  const begun = version()
  state.version = 2
  cache.forget({ kind: 'everything' })
  await begun
  expect(await version()).toBe(2)
})
