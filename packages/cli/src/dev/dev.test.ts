import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { banner } from './banner.ts'
import { keptKeys } from './keys.ts'
import { lineSplitter, readable } from './log-line.ts'
import { openRunFile } from './run-file.ts'
import { portUses, readSettings, takenPort } from './settings.ts'

test('all problems of the environment are reported at once, each naming its variable', () => {
  const read = readSettings({ API_PORT: 'x', SANDBOX_PORT: '65533', ONEROUTER_SANDBOX: 'maybe' }, '/app')
  expect('problems' in read && read.problems.map((problem) => problem.split(' ')[0])).toEqual([
    'ONEROUTER_SANDBOX',
    'API_PORT',
    'SANDBOX_PORT',
  ])
})

test('two programs on one port are refused before anything starts', () => {
  const read = readSettings({ API_PORT: '8012' }, '/app')
  expect('problems' in read && read.problems.join()).toMatch(/API and the sandbox \(Razorpay\).*SANDBOX_PORT/)
})

test('the default ports are the documented ones, and a taken one is named with the variable that moves it', () => {
  const read = readSettings({}, '/app')
  if ('problems' in read) throw new Error(read.problems.join())
  expect(portUses(read, true).map(({ port }) => port)).toEqual([8000, 8010, 8011, 8012, 8013, 8014, 3000])
  expect(portUses(read, true).map(takenPort).at(-1)).toMatch(/Port 3000 is taken.*DASHBOARD_PORT/)
})

test('production runs no sandbox unless told to', () => {
  expect(readSettings({ ENVIRONMENT: 'production' }, '/app')).toMatchObject({
    sandbox: false,
    production: true,
  })
})

test('keys are made once, are closed to others, and damage is never papered over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-keys-'))
  const [first, second] = await Promise.all([keptKeys(folder), keptKeys(folder)])
  expect(second).toEqual(first)
  expect(await keptKeys(folder)).toEqual(first)
  expect(Buffer.from(first.encryptionKey, 'base64')).toHaveLength(32)
  expect((await stat(join(folder, 'keys.json'))).mode & 0o077).toBe(0)
  await writeFile(join(folder, 'keys.json'), '{"secretKey":')
  await expect(keptKeys(folder)).rejects.toThrow('damaged')
  await rm(folder, { recursive: true })
})

test('a record of a dead run is no obstacle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-run-'))
  const dead = { pid: 2 ** 22 - 3, identity: 'x' }
  await writeFile(join(folder, 'running.json'), JSON.stringify({ supervisor: dead, children: [dead] }))
  const record = await openRunFile(folder, () => undefined)
  await record.remove()
  await rm(folder, { recursive: true })
})

test('a structured record becomes one short line; other text passes', () => {
  expect(readable('{"level":40,"time":1,"pid":2,"hostname":"h","msg":"slow","req":{"id":"r"},"ms":7}')).toBe(
    'WARN slow req.id=r ms=7',
  )
  expect(readable('plain {text}')).toBe('plain {text}')
  expect(readable('{"not json')).toBe('{"not json')
})

test('lines that arrive in pieces are put together, endless ones are cut', () => {
  const seen: string[] = []
  const take = lineSplitter((line) => seen.push(line), 10)
  take('one\ntw')
  take('o\n')
  take('x'.repeat(25))
  expect(seen).toEqual(['one', 'two', 'x'.repeat(25)])
})

test('the printed line creates a payment of its own at each start', () => {
  const show = {
    apiUrl: 'http://localhost:8000',
    sandboxUrl: undefined,
    dashboardUrl: undefined,
    apiKey: 'unf_test_a',
    signIn: undefined,
    services: [],
    reference: 'try-1',
    seconds: '1.0',
  }
  const line = banner(show)
    .split('\n')
    .find((text) => text.startsWith('curl'))
  expect(line).toBe(
    "curl -sS http://localhost:8000/v1/payments -H 'Authorization: Bearer unf_test_a' " +
      "-H 'Content-Type: application/json' -H 'Idempotency-Key: try-1' " +
      `-d '{"amount":"500.00","currency":"USD","receipt":"try-1"}'`,
  )
  expect(banner({ ...show, apiKey: undefined })).not.toContain('curl')
})
