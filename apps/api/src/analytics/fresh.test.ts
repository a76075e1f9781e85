import { expect, test } from 'vitest'
import { type Counted, createFresh } from './catch-up.ts'

function looks() {
  const begun: { readonly table: Counted; readonly end: PromiseWithResolvers<void> }[] = []
  const fresh = createFresh((table) => {
    const end = Promise.withResolvers<void>()
    begun.push({ table, end })
    return end.promise
  })
  return { begun, fresh }
}

/** All that can go on without a look ending. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a look that was under way is too old for who asks now; the next one serves all who waited', async () => {
  const { begun, fresh } = looks()
  const first = fresh(['payment'])
  await settled()
  const others = [fresh(['payment']), fresh(['payment'])]
  await settled()
  expect(begun).toHaveLength(1)
  begun[0]?.end.resolve()
  await first
  await settled()
  expect(begun).toHaveLength(2)
  begun[1]?.end.resolve()
  await Promise.all(others)
  expect(begun).toHaveLength(2)
})

test('tables do not wait for each other, and only those asked for are looked at', async () => {
  const { begun, fresh } = looks()
  const refunds = fresh(['refund'])
  const payments = fresh(['payment'])
  await settled()
  expect(begun.map(({ table }) => table)).toEqual(['refund', 'payment'])
  begun[1]?.end.resolve()
  await payments
  begun[0]?.end.resolve()
  await refunds
})

test('who waited for a look that failed makes one of its own', async () => {
  const { begun, fresh } = looks()
  const first = fresh(['sms'])
  await settled()
  const second = fresh(['sms'])
  begun[0]?.end.reject(new Error('the database is away'))
  await expect(first).rejects.toThrow('away')
  await settled()
  begun[1]?.end.resolve()
  await second
  expect(begun).toHaveLength(2)
})
