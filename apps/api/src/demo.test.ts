import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { providers } from '@onerouter/providers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureDemo } from './demo.ts'
import { type OpenedApp, openApp } from './testing/open-app.ts'
import { createSandboxWorld } from './testing/sandbox-transport.ts'

let api: OpenedApp
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onerouter-demo-'))
  const { transport } = createSandboxWorld()
  api = await openApp({ env: { ONEROUTER_DATA_DIR: folder }, world: { transport } })
})
afterAll(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

test('the first start makes a connected account and a key only its owner can read; later ones find it', async () => {
  const demo = await ensureDemo(api.deps)
  expect((await stat(join(folder, 'demo.json'))).mode & 0o777).toBe(0o600)
  const connected = await api.deps.credentials.connected(demo.accountId)
  expect(connected.map(({ service }) => service).sort()).toEqual(providers.map(({ name }) => name).sort())
  const made = await api.call(demo.apiKey, 'POST', '/v1/payments', { amount: '500.00', currency: 'USD' })
  expect(made.statusCode, made.body).toBe(201)
  expect(made.json().checkout_url).toMatch(/^http/)
  expect((await api.call(demo.apiKey, 'POST', '/api/keys', { name: 'shop' })).statusCode).toBe(201)

  expect(await ensureDemo(api.deps)).toEqual(demo)
  expect((await api.deps.credentials.current(demo.accountId, 'test', 'stripe'))?.version).toBe(1)
})

test('a file that names a key of another database makes a new demo instead of a dead end', async () => {
  const path = join(folder, 'demo.json')
  const before = await readFile(path, 'utf8')
  await writeFile(path, '{"api_key":"unf_test_gone"}')
  const demo = await ensureDemo(api.deps)
  expect((await api.call(demo.apiKey, 'GET', '/api/services')).statusCode).toBe(200)
  expect(await readFile(path, 'utf8')).not.toBe(before)
})
