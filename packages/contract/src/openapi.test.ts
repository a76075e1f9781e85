import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { openApi, renderOpenApi } from './openapi.ts'
import { ALL_ROUTES } from './routes.ts'
import { expandScopes, SCOPES } from './scopes.ts'

test('the committed document is what the routes say', () => {
  const committed = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')
  expect(committed === renderOpenApi(), 'stale: run `npm run gen`').toBe(true)
})

test('every reference leads somewhere and every schema compiles', () => {
  const text = renderOpenApi()
  const document = JSON.parse(text)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    expect(Object.keys(document.components.schemas)).toContain(name)
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'https://example.test/doc', ...document })
  for (const name of Object.keys(document.components.schemas)) {
    expect(ajv.compile({ $ref: `https://example.test/doc#/components/schemas/${name}` })).toBeTypeOf(
      'function',
    )
  }
})

test('operation ids are unique and no path is served twice', () => {
  const { paths } = openApi() as { paths: Record<string, Record<string, { operationId: string }>> }
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map((op) => op.operationId))
  expect(new Set(ids).size).toBe(ids.length)
  const served = [...ALL_ROUTES.values()].flatMap((r) =>
    [r.path, ...(r.aliases ?? [])].map((p) => `${r.method} ${p}`),
  )
  expect(new Set(served).size).toBe(served.length)
})

test('a scope pattern stands for its family', () => {
  expect(expandScopes(['payments:*', 'keys:read'])).toEqual(['payments:read', 'payments:write', 'keys:read'])
  expect(expandScopes(SCOPES)).toEqual(SCOPES)
})
