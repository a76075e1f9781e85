/** The curl lines people know OneRouter by are run as they are written, with host and key put in. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { OneRouter, PermissionError, ValidationError } from 'onerouter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TxtAnswer } from '../../apps/api/src/domains/dns.ts'
import { findPythons, pythonEnvironment } from '../harness/pythons.ts'
import { createStack, type Merchant, type Stack } from '../proofs/stack.ts'

const ROOT = new URL('../../', import.meta.url)
const SEED = new URL('../shared/seed-onerouter.md', ROOT)
const seedPresent = existsSync(SEED)
if (!seedPresent) console.warn('SKIPPED: ../shared/seed-onerouter.md is absent (its curl lines)')
const curlPresent = spawnSync('curl', ['--version']).status === 0
if (!curlPresent) console.warn('SKIPPED: no curl on this machine (the curl lines of the documentation)')

const [python] = await findPythons()
if (python === undefined) console.warn('SKIPPED: no Python 3.8 or newer with venv here (a Python snippet)')
const RUNNER = fileURLToPath(new URL('../sdk/run_snippet.py', import.meta.url))

const HOSTS = /https:\/\/your-(?:api|backend\.onrender)\.com/g
const RUN_WITHIN_MS = 20_000

let stack: Stack
let merchant: Merchant
let liveKey: string
let url: string
const zone = new Map<string, TxtAnswer>()
beforeAll(async () => {
  stack = await createStack({
    lookupTxt: async (name) => zone.get(name) ?? { kind: 'absent', reason: 'nxdomain' },
  })
  merchant = await stack.merchant({ environment: 'live' })
  liveKey = merchant.key
  url = await stack.api.app.listen({ port: 0, host: '127.0.0.1' })
  for (const service of ['paypal', 'razorpay', 'stripe'] as const) {
    const { credentials } = stack.sandbox.account(service)
    const live = JSON.parse(JSON.stringify(credentials).replaceAll('_test_', '_live_'))
    const saved = await merchant.call('PUT', `/services/${service}/credentials`, {
      environment: 'live',
      credentials: live,
    })
    expect(saved.statusCode, saved.body).toBe(200)
  }
})
afterAll(() => stack.close())

/** Commands as they are written, each with the JSON answer the text shows after it. */
function curlLines(markdown: string): { line: string; answer: Record<string, unknown> | null }[] {
  const code = [...markdown.matchAll(/```(?:bash|sh)\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  return code.flatMap((block) =>
    [...block.matchAll(/^curl (?:.*\\\n)*.*$/gm)].map((match) => {
      const after = block.slice((match.index ?? 0) + match[0].length).split(/^curl /m)[0] ?? ''
      const json = /^\{[\s\S]*?^\}/m.exec(after)?.[0]
      return { line: match[0], answer: json === undefined ? null : JSON.parse(json) }
    }),
  )
}

async function run(line: string, key = liveKey): Promise<Record<string, unknown>> {
  const command = line.replaceAll(HOSTS, url).replaceAll('YOUR_API_KEY', key)
  const child = spawn('bash', ['-c', command], { timeout: RUN_WITHIN_MS })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await new Promise((resolve) => child.on('close', resolve))
  return JSON.parse(output)
}

/** What each line must answer, by a piece of it that no other line has. */
const SHAPES: readonly (readonly [string, Record<string, unknown>])[] = [
  [
    '/services/paypal/switch-environment',
    { status: 'switched', service_name: 'paypal', environment: 'live' },
  ],
  [
    '/services/razorpay/switch-environment',
    { status: 'switched', service_name: 'razorpay', environment: 'live' },
  ],
  ['/switch-all-environments', { status: 'switched', environment: 'live' }],
  ['/api/webhooks/test', { object: 'webhook_test', environment: 'live' }],
  ['/api/webhooks/logs', { data: expect.any(Array), has_more: false }],
  [
    '/api/services/paypal/status',
    { service_name: 'paypal', environment: 'live', active: true, configured: true },
  ],
  [
    '/verify-domain',
    { verification_method: 'dns', dns_record: expect.any(String), instructions: expect.any(String) },
  ],
  ['/confirm-domain', { domain: 'your-domain.com', state: 'verified' }],
  ['/api/health', { status: expect.any(String) }],
]

async function check({ line, answer }: ReturnType<typeof curlLines>[number]): Promise<void> {
  const shape = SHAPES.find(([part]) => line.includes(part))?.[1]
  if (shape === undefined) expect.fail(`nobody says what this line answers: ${line}`)
  const keyed = line.includes('YOUR_API_KEY') || line.includes('/api/health')
  // The founding document shows one line without a key: it is told so, and answers as shown once it has one.
  if (!keyed) expect(await run(line)).toMatchObject({ status: 401, code: 'unauthenticated' })
  const got = await run(keyed ? line : `${line} -H "Authorization: Bearer YOUR_API_KEY"`)
  expect(got, line).toMatchObject(shape)
  for (const [name, value] of Object.entries(answer ?? {})) expect(typeof got[name], name).toBe(typeof value)
  if (typeof got.dns_record === 'string') {
    expect(got.dns_record).toMatch(/^paypal-site-verification=\w+$/)
    zone.set('your-domain.com', { kind: 'found', records: [got.dns_record] })
  }
}

describe.skipIf(!curlPresent)('curl lines, without a content type, as they are written', () => {
  test.skipIf(!seedPresent)('of the founding document', async () => {
    const lines = curlLines(readFileSync(SEED, 'utf8'))
    expect(lines).toHaveLength(8)
    for (const line of lines) await check(line)
  })

  test.each([
    ['docs/guides/going-live.md', 7],
    ['docs/guides/domain-verification.md', 2],
  ])('of %s', async (file, count) => {
    const lines = curlLines(readFileSync(new URL(file, ROOT), 'utf8'))
    expect(lines).toHaveLength(count)
    for (const line of lines) if (!line.line.includes('rzp_live_…')) await check(line)
  })

  test('a form that is no JSON is still refused', async () => {
    const line = `curl -X POST ${url}/services/paypal/verify-domain -H "Authorization: Bearer ${liveKey}" -d domain=a.example`
    expect(await run(line)).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  })
})

describe('the snippets of the founding document, in TypeScript', () => {
  const clientOf = (apiKey: string) => new OneRouter({ apiKey, baseUrl: url })

  test('a client is made from a key alone, and asks nobody for it', () => {
    expect(new OneRouter({ apiKey: 'test_key' })).toBeInstanceOf(OneRouter)
  })

  test('create a payment, read its checkout and its status', async () => {
    const { key } = await stack.merchant()
    const client = clientOf(key)
    const order = await client.payments.create({ amount: 500.0, currency: 'USD', receipt: 'order_123' })
    expect(order.checkoutUrl).toMatch(/^http/)
    expect(order).toMatchObject({ amount: '500.00', amountMinor: 50_000, receipt: 'order_123' })
    const status = await client.payments.get(order.transactionId)
    expect(status.status).toBe('requires_action')
  })

  test('the same idempotency key twice is one order', async () => {
    const { key } = await stack.merchant()
    const client = clientOf(key)
    const order = { amount: 100.0, currency: 'USD', receipt: 'user_order_123' } as const
    const first = await client.payments.create(order, { idempotencyKey: 'unique-order-123' })
    const again = await client.payments.create(order, { idempotencyKey: 'unique-order-123' })
    expect(again).toEqual(first)
  })

  test('switch one service, or all of them', async () => {
    const client = clientOf(liveKey)
    await client.services.switchAllEnvironments('test')
    const one = await client.services.switchEnvironment('paypal', 'live')
    expect(one).toMatchObject({ serviceName: 'paypal', environment: 'live' })
    const all = await client.services.switchAllEnvironments('live')
    expect([...all.switchedServices].sort()).toEqual(['paypal', 'razorpay', 'stripe'])
  })

  test.skipIf(!seedPresent || python === undefined)(
    'the same in Python, as printed',
    async () => {
      if (python === undefined) return
      const executable = await pythonEnvironment(python)
      const blocks = [...readFileSync(SEED, 'utf8').matchAll(/```python\n([\s\S]*?)```/g)].map(
        (match) => match[1],
      )
      const block = blocks.find((text) => text?.includes('switch_all_environments')) ?? ''
      const client = clientOf(liveKey)
      await client.services.switchAllEnvironments('test')
      const child = spawn(executable, [RUNNER], { timeout: 60_000, env: { ONEROUTER_BASE_URL: url } })
      let output = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
      child.stdin.end(block.replace('"your_api_key"', JSON.stringify(liveKey)))
      const code = await new Promise((resolve) => child.on('close', resolve))
      expect(code, output).toBe(0)
      for (const service of ['paypal', 'razorpay', 'stripe'] as const) {
        expect(await client.services.status(service)).toMatchObject({ environment: 'live' })
      }
    },
    300_000,
  )

  test('what cannot be done is a typed error, and nothing has changed', async () => {
    const bare = await stack.merchant({ services: ['paypal'], environment: 'live' })
    const client = clientOf(bare.key)
    await expect(client.services.switchEnvironment('paypal', 'live')).rejects.toThrow(PermissionError)
    await expect(client.services.switchAllEnvironments('live')).rejects.toMatchObject({
      code: 'live_credentials_missing',
    })
    expect(await client.services.status('paypal')).toMatchObject({ environment: 'test', active: true })
    await client.domains.verify('paypal', { domain: 'nobody.example' })
    const refusal = client.domains.confirm('paypal', { domain: 'nobody.example' })
    await expect(refusal).rejects.toThrow(ValidationError)
    await expect(client.domains.confirm('paypal', { domain: 'nobody.example' })).rejects.toMatchObject({
      code: 'domain_not_verified',
    })
  })
})
