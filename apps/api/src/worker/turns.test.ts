import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

function stand(behind: readonly number[]) {
  const slept: number[] = []
  const left = [...behind]
  const turn = createTurns(
    async (ms) => void slept.push(ms),
    () => left.shift() ?? 0,
  )
  return { turn, slept }
}

test('on time nothing rests; behind, each turn rests as long as the process is behind, up to a bound', async () => {
  const { turn, slept } = stand([0, 0.4, 7.6, 900, 0])
  for (let n = 0; n < 5; n++) await turn()
  expect(slept).toEqual([8, 50])
})

test('turns come one after the other, in the order in which they were asked for', async () => {
  const { turn } = stand([5, 0, 5])
  const order: number[] = []
  await Promise.all([1, 2, 3].map((n) => turn().then(() => order.push(n))))
  expect(order).toEqual([1, 2, 3])
})
