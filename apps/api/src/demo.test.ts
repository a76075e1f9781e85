import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureDemo } from './demo.ts'
import { type OpenedApp, openApp } from './testing/open-app.ts'

let api: OpenedApp
let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onerouter-demo-'))
  // Without providers nothing is connected: only the account, its key and its person matter here.
  api = await openApp({ env: { ONEROUTER_DATA_DIR: dataDir }, world: { provider: () => undefined } })
})
afterAll(async () => {
  await api.close()
  await rm(dataDir, { recursive: true })
})

const signIn = (payload: { readonly email: string; readonly password: string }) =>
  api.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })

test('the demo finds itself again: the same account, key and password at every start', async () => {
  const first = await ensureDemo(api.deps)
  expect(await ensureDemo(api.deps)).toEqual(first)
  const answer = await signIn(first.signIn)
  expect(answer.json()).toMatchObject({
    account: { name: 'Demo' },
    role: 'owner',
    user: { email: 'demo@onerouter.local' },
  })
  const kept = join(dataDir, 'demo.json')
  expect((await stat(kept)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual({
    api_key: first.apiKey,
    email: first.signIn.email,
    password: first.signIn.password,
  })
})

test('a data folder without a password, or a lost one, gets a new password that alone works', async () => {
  const first = await ensureDemo(api.deps)
  await writeFile(join(dataDir, 'demo.json'), JSON.stringify({ api_key: first.apiKey }))
  const second = await ensureDemo(api.deps)
  expect(second).toMatchObject({ apiKey: first.apiKey, accountId: first.accountId })
  expect((await signIn(first.signIn)).statusCode).toBe(401)
  expect((await signIn(second.signIn)).statusCode).toBe(200)
  await rm(join(dataDir, 'demo.json'))
  const third = await ensureDemo(api.deps)
  expect(third.accountId).not.toBe(first.accountId)
  expect((await signIn(second.signIn)).statusCode).toBe(401)
  expect((await signIn(third.signIn)).json().account.id).not.toBe(undefined)
})
