import { expect, test } from 'vitest'
import type { ApiKeyRow } from '../store/api-keys.ts'
import { createKeyLookup } from './key-lookup.ts'

const HASH = Buffer.from('hash')

function row(id: string, revoked = false): ApiKeyRow {
  return {
    account_id: 'account',
    environment: 'test',
    id,
    name: 'key',
    key_hash: HASH,
    hint: 'unf_test_…0000',
    scopes: [],
    services: null,
    rate_limit_per_minute: 60,
    rate_limit_per_day: 10_000,
    ip_allowlist: null,
    expires_at: null,
    revoked_at: revoked ? new Date(0) : null,
    last_used_at: null,
    rotated_from: null,
    created_at: new Date(0),
  }
}

function bench() {
  const state = { now: 0, loads: 0, stored: null as ApiKeyRow | null }
  const waiting: (() => void)[] = []
  let held = false
  const lookup = createKeyLookup(
    async () => {
      state.loads += 1
      const seen = state.stored
      if (held) await new Promise<void>((resolve) => waiting.push(resolve))
      return seen
    },
    () => state.now,
  )
  return {
    state,
    lookup,
    hold: () => {
      held = true
    },
    release: () => {
      held = false
      for (const go of waiting.splice(0)) go()
    },
  }
}

test('a known key is asked for once in five seconds, an unknown one once in a second', async () => {
  const { state, lookup } = bench()
  expect(await lookup.find(HASH)).toBeNull()
  state.now = 999
  await lookup.find(HASH)
  expect(state.loads).toBe(1)
  state.stored = row('a')
  state.now = 1_000
  expect(await lookup.find(HASH)).toBe(state.stored)
  state.now = 5_999
  await lookup.find(HASH)
  expect(state.loads).toBe(2)
  state.now = 6_000
  await lookup.find(HASH)
  expect(state.loads).toBe(3)
})

test('callers who ask at once share one query', async () => {
  const { state, lookup } = bench()
  await Promise.all(Array.from({ length: 50 }, () => lookup.find(HASH)))
  expect(state.loads).toBe(1)
})

test('H35: a revocation is seen by the next request', async () => {
  const { state, lookup } = bench()
  state.stored = row('a')
  await lookup.find(HASH)
  state.stored = row('a', true)
  lookup.forget({ kind: 'key', keyId: 'other' })
  expect((await lookup.find(HASH))?.revoked_at).toBeNull()
  lookup.forget({ kind: 'key', keyId: 'a' })
  expect((await lookup.find(HASH))?.revoked_at).not.toBeNull()
})

test('H35: a look-up that began before the revocation is not remembered after it', async () => {
  const { state, lookup, hold, release } = bench()
  state.stored = row('a')
  hold()
  const early = lookup.find(HASH)
  state.stored = row('a', true)
  lookup.forget({ kind: 'key', keyId: 'a' })
  release()
  await early
  expect((await lookup.find(HASH))?.revoked_at).not.toBeNull()
})

test('a failed look-up is not remembered', async () => {
  let fails = true
  const lookup = createKeyLookup(
    async () => {
      if (fails) throw new Error('database away')
      return null
    },
    () => 0,
  )
  await expect(lookup.find(HASH)).rejects.toThrow('database away')
  fails = false
  expect(await lookup.find(HASH)).toBeNull()
})
