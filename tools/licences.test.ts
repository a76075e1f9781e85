import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { notAllowed, thirdParties } from './licences.ts'

test('everything that is installed to run it has a licence that was looked at', async () => {
  const lock = await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')
  const all = thirdParties(lock)
  expect(all.length).toBeGreaterThan(30)
  expect(notAllowed(all)).toEqual([])
})

test('a licence that asks for more than its notice is found', () => {
  const packages = {
    'node_modules/a': { version: '1.0.0', license: 'AGPL-3.0' },
    'node_modules/b': { version: '1.0.0', license: '(MIT OR Apache-2.0)' },
    'node_modules/c': { version: '1.0.0', license: 'AGPL-3.0', dev: true },
    'node_modules/d': { version: '1.0.0' },
  }
  expect(notAllowed(thirdParties(JSON.stringify({ packages }))).map(({ name }) => name)).toEqual(['a', 'd'])
})
