import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

interface Ready {
  readonly type: string
  readonly ports: { readonly pages: number; readonly api: { readonly razorpay: number } }
}

const MAIN = new URL('./main.ts', import.meta.url)
let folder: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-main-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

async function start(env: Record<string, string> = {}) {
  const state = join(folder, 'state.json')
  const child = fork(MAIN, {
    env: { ...process.env, SANDBOX_PORT: '0', SANDBOX_STATE_FILE: state, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  })
  children.push(child)
  const [message] = await once(child, 'message')
  const { ports } = message as Ready // the one message this process sends
  const index = await (await fetch(`http://127.0.0.1:${ports.pages}/`)).json()
  const { key_id, key_secret } = index.providers.razorpay.credentials
  const headers = {
    authorization: `Basic ${btoa(`${key_id}:${key_secret}`)}`,
    'content-type': 'application/json',
  }
  const orders = (init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${ports.api.razorpay}/v1/orders`, { ...init, headers })
  const create = async () => {
    const answer = await orders({ method: 'POST', body: '{"amount":500,"currency":"INR"}' })
    return String((await answer.json()).id)
  }
  const ids = async () => (await (await orders()).json()).items.map((item: { id: string }) => item.id)
  return { child, key: `${key_id}:${key_secret}`, create, ids }
}

test('orders and keys survive SIGTERM, and the process ends cleanly', async () => {
  const first = await start()
  const id = await first.create()
  first.child.kill('SIGTERM')
  expect(await once(first.child, 'exit')).toEqual([0, null])
  const second = await start()
  expect(second.key).toBe(first.key)
  expect(await second.ids()).toEqual([id])
  expect(await second.create()).not.toBe(id)
})

test('it ends when its parent’s channel closes', async () => {
  const { child } = await start()
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a bad port is refused in words', async () => {
  const child = fork(MAIN, {
    env: { ...process.env, SANDBOX_PORT: 'many' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  })
  children.push(child)
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(errors).toBe('sandbox: SANDBOX_PORT must be a port number, not "many"\n')
})
