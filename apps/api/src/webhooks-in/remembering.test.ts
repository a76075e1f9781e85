import type { Uuid } from '@onerouter/core'
import { expect, test } from 'vitest'
import type { Stale } from '../store/invalidation.ts'
import type { MoneyStore } from '../store/money-store.ts'
import { remembering } from './remembering.ts'

const ACCOUNT: Uuid = '019acd00-0000-7000-8000-000000000001'
const address = { account_id: ACCOUNT, environment: 'test', service: 'stripe' } as const

function world() {
  const asked: string[] = []
  const tell: ((stale: Stale) => void)[] = []
  let versions = [1]
  let nowMs = 0
  const during: { change: (() => void) | null } = { change: null }
  const store = {
    addressByToken: async (_service: string, token: string) => {
      asked.push(`address ${token}`)
      return token === 'known' ? address : null
    },
    signingVersions: async () => {
      asked.push('versions')
      const read = versions
      during.change?.()
      return read
    },
  } as unknown as MoneyStore // the two members that are asked
  const invalidation = { subscribe: (handler: (stale: Stale) => void) => void tell.push(handler) }
  return {
    asked,
    during,
    store: remembering(store, invalidation, () => nowMs),
    save(version: number, service: 'stripe' | 'paypal' = 'stripe') {
      if (service === 'stripe') versions = [version, ...versions]
      for (const handler of tell)
        handler({ kind: 'credentials', accountId: ACCOUNT, environment: 'test', service })
    },
    pass: (ms: number) => {
      nowMs += ms
    },
    lose: () => {
      for (const handler of tell) handler({ kind: 'everything' })
    },
  }
}

test('an address and its versions are read once', async () => {
  const { store, asked } = world()
  for (let i = 0; i < 3; i++) {
    expect(await store.addressByToken('stripe', 'known')).toEqual(address)
    expect(await store.signingVersions(address, 4)).toEqual([1])
  }
  expect(asked).toEqual(['address known', 'versions'])
})

test('an address that does not exist is looked for each time: it may be made any moment', async () => {
  const { store, asked } = world()
  await store.addressByToken('stripe', 'unknown')
  await store.addressByToken('stripe', 'unknown')
  expect(asked).toHaveLength(2)
})

test('new credentials sign from the next delivery on; those of another service change nothing', async () => {
  const { store, asked, save } = world()
  await store.signingVersions(address, 4)
  save(9, 'paypal')
  await store.signingVersions(address, 4)
  expect(asked).toHaveLength(1)
  save(2)
  expect(await store.signingVersions(address, 4)).toEqual([2, 1])
})

test('what changes while it is read is not remembered', async () => {
  const { store, during, save } = world()
  during.change = () => {
    during.change = null
    save(2)
  }
  expect(await store.signingVersions(address, 4)).toEqual([1])
  expect(await store.signingVersions(address, 4)).toEqual([2, 1])
})

test('after a lost connection, and after ten seconds, it is read anew', async () => {
  const { store, asked, pass, lose } = world()
  await store.signingVersions(address, 4)
  lose()
  await store.signingVersions(address, 4)
  pass(10_000)
  await store.signingVersions(address, 4)
  expect(asked).toHaveLength(3)
})
