import { expect, test } from 'vitest'
import { countNew, heldRows } from './held.ts'

const row = (id: string, status = 'open') => ({ id, status })

test('rows that somebody reads change where they stand; what is new is counted and waits', () => {
  const shown = [row('c'), row('b'), row('a')]
  const fresh = [row('e'), row('d'), row('c', 'paid')]
  expect(heldRows(shown, fresh)).toEqual([row('c', 'paid'), row('b'), row('a')])
  expect(countNew(shown, fresh)).toBe(2)
  expect(countNew(shown, shown)).toBe(0)
})
