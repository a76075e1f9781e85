/** Real deliveries over HTTP, from an API in a process of its own, checked by everybody who can check them. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { OneRouter, type OneRouterEvent } from 'onerouter'
import { expressHandler } from 'onerouter/webhooks'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createInstallation, type Installation } from '../harness/processes.ts'

const PYTHON_WITHIN_MS = 20_000
const VERIFY = fileURLToPath(new URL('verify_webhooks.py', import.meta.url))
const python =
  spawnSync('python3', ['-c', 'import standardwebhooks'], { timeout: PYTHON_WITHIN_MS }).status === 0
if (!python) {
  console.warn('SKIPPED: the Python package standardwebhooks (python3 cannot import it; .ci/run installs it)')
}

interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let installation: Installation
let client: OneRouter
let receiver: Server
let url: string
const got: Delivery[] = []
const events: OneRouterEvent[] = []
let secret: string | string[] = ''
beforeAll(async () => {
  installation = await createInstallation()
  const api = await installation.start()
  client = new OneRouter({ apiKey: api.apiKey, baseUrl: api.url })
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
    const body = Buffer.concat(chunks)
    got.push({ headers: request.headers, body: body.toString('utf8') })
    const handle = expressHandler({ secret, on: { '*': (event) => void events.push(event) } })
    await handle(Object.assign(request, { body }), response)
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`
}, 120_000)
afterAll(async () => {
  receiver?.closeAllConnections()
  receiver?.close()
  await installation?.close()
})

/** Pays 10.00 and answers the deliveries of what happened. */
async function pay(): Promise<readonly Delivery[]> {
  const payment = await client.payments.create({ amount: '10.00', currency: 'USD', provider: 'stripe' })
  await client.simulations.payment(payment.id, 'succeed')
  const mine = () => got.filter(({ body }) => body.includes(payment.id))
  await expect
    .poll(() => mine().some(({ body }) => body.includes('payment.succeeded')), { timeout: 15_000 })
    .toBe(true)
  return mine()
}

/** What each library says of each delivery. */
function verdicts(by: string, deliveries: readonly Delivery[]): readonly string[] {
  const lines = deliveries.map(({ headers, body }) => JSON.stringify({ secret: by, headers, body }))
  const inPython = python
    ? execFileSync('python3', [VERIFY], {
        input: lines.join('\n'),
        encoding: 'utf8',
        timeout: PYTHON_WITHIN_MS,
      })
    : ''
  const inNode = deliveries.map(({ headers, body }) => {
    try {
      return new Webhook(by).verify(body, headers as Record<string, string>) ? 'verified' : 'refused'
    } catch (error) {
      return `refused: ${error}`
    }
  })
  return [...inNode, ...inPython.split('\n').filter((line) => line !== '')]
}

const each = (deliveries: readonly Delivery[]): number => deliveries.length * (python ? 2 : 1)

test('the official libraries verify what the API sends, also during a rotation', async () => {
  const endpoint = await client.webhooks.endpoints.create({ url, events: ['payment.*'] })
  secret = endpoint.secret
  const before = await pay()
  expect(verdicts(endpoint.secret, before)).toEqual(Array(each(before)).fill('verified'))

  const rotated = await client.webhooks.endpoints.rotateSecret(endpoint.id, { overlapSeconds: 3600 })
  const during = await pay()
  for (const one of [endpoint.secret, rotated.secret]) {
    expect(verdicts(one, during)).toEqual(Array(each(during)).fill('verified'))
  }

  secret = (await client.webhooks.endpoints.rotateSecret(endpoint.id, { overlapSeconds: 0 })).secret
  const after = await pay()
  expect(verdicts(secret, after)).toEqual(Array(each(after)).fill('verified'))
  for (const verdict of verdicts(rotated.secret, after)) expect(verdict).toMatch(/^refused/)
  // The receiver has the bytes a moment before it has verified them.
  await expect.poll(() => events.filter(({ type }) => type === 'payment.succeeded').length).toBe(3)
  await client.webhooks.endpoints.delete(endpoint.id)
})

test('the SDK makes, tests, changes, disables, recovers and deletes an endpoint, and reads its log', async () => {
  const { endpoints, deliveries, recoveries } = client.webhooks
  const made = await endpoints.create({
    url,
    events: ['payment.succeeded'],
    signV1a: true,
    description: 'shop',
  })
  secret = made.secret
  const tested = await client.webhooks.test({ serviceName: 'paypal' })
  expect(tested).toMatchObject({ delivered: true, results: [{ endpointId: made.id, status: 204 }] })
  const event = events.at(-1)
  expect(event).toMatchObject({
    id: tested.eventId,
    type: 'webhook.test',
    data: { object: { serviceName: 'paypal' } },
  })

  // A v1a signature holds by the public key alone.
  const [key = ''] = made.publicKeys
  secret = key
  await pay()
  await expect.poll(() => events.at(-1)?.type).toBe('payment.succeeded')
  secret = made.secret

  expect(await endpoints.update(made.id, { ordered: true, maxInFlight: 1 })).toMatchObject({ ordered: true })
  expect(await endpoints.disable(made.id)).toMatchObject({ status: 'disabled', disabledReason: 'requested' })
  const since = new Date(Date.now() - 60_000)
  const payment = await client.payments.create({ amount: '10.00', currency: 'USD', provider: 'stripe' })
  await client.simulations.payment(payment.id, 'succeed')
  await endpoints.enable(made.id)
  const recovery = await endpoints.recover(made.id, { since })
  const missed = () => events.some(({ data }) => data.object.id === payment.id)
  await expect.poll(missed, { timeout: 15_000 }).toBe(true)
  await expect
    .poll(async () => (await recoveries.get(recovery.id)).status, { timeout: 15_000 })
    .toBe('completed')
  expect(await recoveries.cancel(recovery.id)).toMatchObject({ status: 'completed' })

  const [delivery] = (await deliveries.list({ endpointId: made.id, status: 'delivered' })).data
  const times = got.length
  expect(await deliveries.redeliver(delivery?.id ?? '')).toMatchObject({ eventId: delivery?.eventId })
  await expect.poll(() => got.length, { timeout: 15_000 }).toBeGreaterThan(times)
  expect(got.at(-1)?.headers['webhook-id']).toBe(delivery?.eventId)
  expect((await deliveries.get(delivery?.id ?? '')).attempts.length).toBeGreaterThan(0)

  const inbound = await client.webhooks.inbound.list({ serviceName: 'stripe', status: 'applied' })
  expect(inbound.data.length).toBeGreaterThan(0)
  const again = await client.webhooks.inbound.reprocess(inbound.data[0]?.id ?? '')
  expect(again.status).toBe('received')

  await endpoints.delete(made.id)
  expect((await endpoints.list()).data.map(({ id }) => id)).not.toContain(made.id)
})

test('reconciliation and review are reached by the SDK', async () => {
  const to = new Date()
  const run = await client.reconciliation.start({
    provider: 'stripe',
    environment: 'test',
    from: new Date(to.getTime() - 3_600_000),
    to,
  })
  expect(run).toMatchObject({ object: 'reconciliation_run', kind: 'manual', provider: 'stripe' })
  expect((await client.reconciliation.listRuns({ provider: 'stripe' })).data.map(({ id }) => id)).toContain(
    run.id,
  )
  expect((await client.reconciliation.listItems({ state: 'open' })).data).toEqual([])
  expect((await client.review.list()).data).toEqual([])
})
