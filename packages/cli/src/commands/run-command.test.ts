import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { World } from './command.ts'
import { EXIT_MEANINGS } from './command.ts'
import { commandHelp } from './help.ts'
import { listenSecret } from './listen-secret.ts'
import { runCommand } from './run-command.ts'
import { PAYMENT_SERVICES, SCENARIOS, type Scenario, TRIGGERABLE } from './scenarios.ts'
import { COMMANDS } from './table.ts'

const KEY = 'unf_test_0123456789abcdefghijABCDEFGHIJ01234567'
let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onerouter-cli-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

type Requests = { url: string; key: string | null; body: unknown }[]

let out: string[]
let notes: string[]
let requests: Requests
beforeEach(() => {
  out = []
  notes = []
  requests = []
})

function world(answer: (url: URL) => Response | Promise<Response>, env: World['env'] = {}): World {
  return {
    commands: COMMANDS,
    nodeFrom: 24,
    root: dataDir,
    env: { ONEROUTER_DATA_DIR: dataDir, ...env },
    nodeVersion: 'v24.0.0',
    now: () => 1_793_500_000_000,
    fetch: async (input, init) => {
      const url = new URL(String(input))
      const key = new Headers(init?.headers).get('authorization')
      requests.push({ url: url.href, key, body: JSON.parse(String(init?.body ?? 'null')) })
      return answer(url)
    },
    sleep: async () => {},
    random: (bytes) => new Uint8Array(bytes).fill(7),
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
    ask: undefined,
    stop: new AbortController().signal,
    dev: async () => 0,
    run: async () => ({ code: 0, output: 'Applied: 0001_x, 0002_y\n' }),
  }
}

const away = () => Promise.reject(new TypeError('fetch failed'))
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })

describe('the command line', () => {
  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s --help',
    async (name, command) => {
      expect(await runCommand([...name.split(' '), '--help'], world(away))).toBe(0)
      expect(out).toEqual([commandHelp(command)])
      expect(await runCommand(['help', ...name.split(' ')], world(away))).toBe(0)
      expect(out[1]).toBe(out[0])
      expect(requests).toEqual([])
    },
  )

  test('no words and --help show every command', async () => {
    for (const words of [[], ['--help'], ['-h'], ['help']])
      expect(await runCommand(words, world(away))).toBe(0)
    for (const { name } of COMMANDS) expect(out[0]).toContain(name)
  })

  test.each([
    [['frob'], 'Unknown command "frob".'],
    [['events'], 'There is: events resend.'],
    [['trigger'], 'EVENT is missing.'],
    [['trigger', 'payment.succeeded', 'again'], '"again" is one word too many.'],
    [['listen', '--nope'], "Unknown option '--nope'."],
    [['trigger', 'payment.lost'], 'EVENT must be one of payment.created,'],
    [['trigger', 'payment.failed', '--provider', 'razorpay'], 'never fails'],
    [['trigger', 'subscription.completed'], 'cannot be had at stripe'],
    [['trigger', 'sms.sent', '--provider', 'paypal'], 'happens at twilio, not at paypal'],
    [['trigger', 'payment.succeeded', '--provider', 'twilio'], 'does not happen at twilio'],
    [['keys', 'create', 'a', '--rate-limit-per-day', 'many'], '--rate-limit-per-day must be a whole number'],
    [['listen', '--events', 'everything!', '--forward-to', '1'], '"everything!" is no event type.'],
    [['events', 'resend', 'pay_1'], '"pay_1" is neither an event'],
    [['connect', 'stripe'], 'give --sandbox or --from-env'],
    [['connect', 'stripe', '--sandbox', '--environment', 'live'], 'belongs to the test environment'],
    [['connect', 'razorpay', '--from-env'], 'Set RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET'],
  ])('%j is refused with 2 and a sentence, and nothing is changed', async (words, sentence) => {
    const list = () =>
      json({ data: [{ service_name: 'stripe', label: 'Stripe', fields: [] }], has_more: false })
    expect(await runCommand(words, world(list, { ONEROUTER_API_KEY: KEY }))).toBe(2)
    expect(notes.join('\n')).toContain(sentence)
    expect(requests.filter(({ body }) => body !== null)).toEqual([])
    expect(await runCommand([...words, '--json'], world(list, { ONEROUTER_API_KEY: KEY }))).toBe(2)
    expect(JSON.parse(notes.at(-1) ?? '')).toMatchObject({ error: { code: 'usage' } })
  })

  test('no answer is 3, a refusal is 1, each with the code of the API', async () => {
    const env = { ONEROUTER_API_KEY: KEY }
    for (const words of [
      ['listen', '--forward-to', '1', '--json'],
      ['events', 'resend', 'evt_1', '--json'],
      ['logs', 'tail', '--json'],
    ]) {
      expect(await runCommand(words, world(away, env)), words.join(' ')).toBe(3)
      expect(JSON.parse(notes.at(-1) ?? '')).toMatchObject({ error: { code: 'connection_failed' } })
    }
    const problem = { code: 'insufficient_scope', detail: 'The key needs keys:write.', status: 403 }
    expect(
      await runCommand(
        ['keys', 'create', 'a', '--json'],
        world(() => json(problem, 403), env),
      ),
    ).toBe(1)
    expect(JSON.parse(notes.at(-1) ?? '')).toMatchObject({
      error: { code: 'insufficient_scope', message: 'The key needs keys:write.' },
    })
    expect(Object.keys(EXIT_MEANINGS)).toEqual(['0', '1', '2', '3'])
  })
})

describe('which key goes where', () => {
  test('option before environment before the demo key', async () => {
    await writeFile(join(dataDir, 'demo.json'), JSON.stringify({ api_key: `${KEY}demo` }))
    const created = () =>
      json({ id: 'key_1', api_key: 'unf_test_new', name: 'a', environment: 'test', scopes: [] })
    const env = { ONEROUTER_API_KEY: `${KEY}env`, API_PORT: '8123' }
    await runCommand(['keys', 'create', 'a', '--api-key', `${KEY}opt`], world(created, env))
    await runCommand(['keys', 'create', 'a'], world(created, env))
    await runCommand(['keys', 'create', 'a'], world(created, { API_PORT: '8123' }))
    expect(requests.map(({ key }) => key?.slice(-3))).toEqual(['opt', 'env', 'emo'])
    expect(new Set(requests.map(({ url }) => url))).toEqual(new Set(['http://127.0.0.1:8123/api/keys']))
  })

  test('the demo key is never sent to another machine', async () => {
    await writeFile(join(dataDir, 'demo.json'), JSON.stringify({ api_key: KEY }))
    const words = ['keys', 'create', 'a', '--base-url', 'https://pay.example.com']
    expect(
      await runCommand(
        words,
        world(() => json({})),
      ),
    ).toBe(2)
    expect(notes[0]).toContain('There is no API key')
    expect(requests).toEqual([])
  })
})

describe('connect', () => {
  const status = (environment: 'test' | 'live') => ({
    label: 'Stripe',
    credentials: {
      [environment]: {
        hint: 'sk_…1',
        sandbox: false,
        webhook_url: 'https://x/webhooks/stripe',
        webhook_registered: false,
      },
    },
  })
  test.each([
    ['stripe', { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: ' ' }, 'test'],
    ['stripe', { STRIPE_SECRET_KEY: 'rk_live_1' }, 'live'],
    ['razorpay', { RAZORPAY_KEY_ID: 'rzp_live_1', RAZORPAY_KEY_SECRET: 's' }, 'live'],
    ['paypal', { PAYPAL_CLIENT_ID: 'A', PAYPAL_CLIENT_SECRET: 's' }, 'test'],
    ['paypal', { PAYPAL_CLIENT_ID: 'A', PAYPAL_CLIENT_SECRET: 's', PAYPAL_MODE: 'live' }, 'live'],
  ] as const)('%s from %j belongs to %s', async (service, env, environment) => {
    const code = await runCommand(
      ['connect', service, '--from-env', '--json'],
      world(() => json(status(environment)), { ...env, ONEROUTER_API_KEY: KEY }),
    )
    expect(code, notes.join()).toBe(0)
    expect(requests[0]?.body).toMatchObject({ environment })
    const { credentials } = (requests[0]?.body ?? {}) as { credentials: Record<string, string> }
    expect(Object.values(credentials)).not.toContain(' ')
    expect(out.join()).not.toContain(Object.values(env)[0])
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ environment, webhook_url: 'https://x/webhooks/stripe' })
  })
})

test('migrate runs the migrations of the API and names them', async () => {
  const env = { DATABASE_URL: 'postgres://x', SECRET_KEY: 's', ENCRYPTION_KEY: 'e' }
  expect(await runCommand(['migrate', '--json'], world(away, env))).toBe(0)
  expect(JSON.parse(out[0] ?? '')).toEqual({ applied: ['0001_x', '0002_y'] })
})

test('doctor says what to do about everything that failed', async () => {
  const env = { API_PORT: '1', SANDBOX_PORT: '2', DASHBOARD_PORT: '9', ONEROUTER_API_KEY: 'wrong' }
  expect(await runCommand(['doctor', '--json'], { ...world(away, env), nodeVersion: 'v20.1.0' })).toBe(1)
  const { ok, checks } = JSON.parse(out[0] ?? '')
  expect(ok).toBe(false)
  const bad = checks.filter(({ status }: { status: string }) => status === 'failed')
  expect(bad.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['node', 'api', 'sandbox', 'key']),
  )
  for (const { advice } of bad) expect(advice).toMatch(/[.]$/)
})

test('a clock that is five minutes off is a failure', async () => {
  const health = { status: 'ok', version: '1', environment: 'production', checks: {} }
  const late = () => {
    const date = new Date(1_793_500_000_000 - 301_500).toUTCString()
    return new Response(JSON.stringify(health), { headers: { date } })
  }
  const words = ['doctor', '--json', '--base-url', 'https://pay.example.com']
  expect(await runCommand(words, world(late))).toBe(1)
  const { checks } = JSON.parse(out[0] ?? '')
  expect(checks.find(({ name }: { name: string }) => name === 'clock')).toMatchObject({
    status: 'failed',
    detail: "the API's clock is 301 s behind this one",
  })
})

test('the secret of listen is made once, even by two at once, and is closed to others', async () => {
  const folder = join(dataDir, 'listen')
  let n = 0
  const random = (bytes: number) => new Uint8Array(bytes).fill(n++)
  const [first, second] = await Promise.all([
    listenSecret({ random }, folder, undefined),
    listenSecret({ random }, folder, undefined),
  ])
  expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(second).toBe(first)
  expect(await readdir(folder)).toEqual(['listen.json'])
  expect((await stat(join(folder, 'listen.json'))).mode & 0o077).toBe(0)
  await writeFile(join(folder, 'listen.json'), '{"secret":"')
  await expect(listenSecret({ random }, folder, undefined)).rejects.toThrow('damaged')
  await expect(listenSecret({ random }, folder, 'hunter2')).rejects.toThrow('--secret')
})

test('every scenario has a way, or a reason why not, at every provider', () => {
  for (const event of TRIGGERABLE) {
    for (const provider of PAYMENT_SERVICES) {
      const scenario: Scenario = SCENARIOS[event]
      const own = scenario.at?.[provider]
      expect(typeof own === 'string' ? own : 'Fine.', `${event} ${provider}`).toMatch(/^[A-Z].*\.$/)
    }
  }
})
