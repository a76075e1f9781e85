import { expect, test } from 'vitest'
import { isProviderName, providerFiles } from './new-provider/files.ts'
import { sharedFiles } from './new-provider/siblings.ts'
import { checkImports } from './tidy/imports.ts'
import { makeSource } from './tidy/source.ts'

test('a new provider claims no capability and keeps the import rules', () => {
  const files = providerFiles('acme')
  expect(files['index.ts']).not.toMatch(/payments|refunds/)
  expect(files['index.ts']).toContain("name: 'acme'")
  expect(files['conformance.test.ts']).toContain('providerConformance(')
  for (const [file, text] of Object.entries(files)) {
    expect(checkImports(makeSource(`packages/providers/src/acme/${file}`, text))).toEqual([])
  }
})

test('names that are no folder, identifier or URL part are refused', () => {
  expect(['acme', 'pay2'].every(isProviderName)).toBe(true)
  expect(['', 'A', 'a-b', '../x', '2pay', 'a'.repeat(40)].some(isProviderName)).toBe(false)
})

test('the skeleton that siblings share is what all of them have', () => {
  const listings = [
    ['index.ts', 'money.ts', 'money.test.ts', 'oauth.ts'],
    ['money.test.ts', 'money.ts', 'index.ts'],
  ]
  expect(sharedFiles(listings)).toEqual(['index.ts', 'money.ts'])
})
