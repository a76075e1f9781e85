import { formatId, parseId, uuidV7 } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from '../../../../../test/proofs/stack.ts'

let stack: Stack
let origin: string
beforeAll(async () => {
  stack = await createStack()
  origin = await stack.api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  // A connection that a client has let go of may still be open, and would be waited for.
  stack.api.app.server.closeAllConnections()
  await stack.close()
})

const pay = async (merchant: Merchant): Promise<string> => {
  const made = await merchant.call('POST', '/v1/payments', { amount: '5.00', currency: 'USD' })
  expect(made.statusCode, made.body).toBe(201)
  return made.json().id
}

interface Listening {
  readonly status: number
  /** Reads on until the text is there, and answers all that was read. */
  until(text: string): Promise<string>
  close(): void
}

async function listen(
  merchant: Merchant,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<Listening> {
  const stop = new AbortController()
  const answer = await fetch(`${origin}/v1/events/stream${query}`, {
    headers: { authorization: `Bearer ${merchant.key}`, ...headers },
    signal: stop.signal,
  })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let read = ''
  return {
    status: answer.status,
    async until(text) {
      while (!read.includes(text)) {
        const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
        if (done) break
        read += value
      }
      return read
    },
    close: () => stop.abort(),
  }
}

const idsIn = (text: string): string[] =>
  [...text.matchAll(/^id: (evt_\w+)$/gm)].map((found) => found[1] ?? '')

test('events arrive as they happen, as webhooks carry them, and nobody else’s do', async () => {
  const [merchant, stranger] = [await stack.merchant(), await stack.merchant()]
  const stream = await listen(merchant)
  await stream.until(': connected')
  await pay(stranger)
  const id = await pay(merchant)
  const text = await stream.until(id)
  stream.close()
  const [first = ''] = idsIn(text)
  const event = (await merchant.call('GET', `/v1/events/${first}`)).json()
  expect(text).toContain(`id: ${first}\ndata: ${JSON.stringify(event)}\n\n`)
  expect(event.data.object.id).toBe(id)
})

test('a type and an environment can be chosen', async () => {
  const merchant = await stack.merchant()
  const typed = await listen(merchant, '?type=payment.requires_action&environment=test')
  await typed.until(': connected')
  const id = await pay(merchant)
  const text = await typed.until(id)
  typed.close()
  expect(text).not.toContain('"payment.created"')
})

test('Last-Event-ID goes on from there: what came meanwhile is told', async () => {
  const merchant = await stack.merchant()
  const before = await listen(merchant)
  await before.until(': connected')
  const [last = ''] = idsIn(await before.until(await pay(merchant))).slice(-1)
  before.close()
  const missed = await pay(merchant)
  const after = await listen(merchant, '', { 'last-event-id': last })
  const text = await after.until(missed)
  after.close()
  expect(idsIn(text)).not.toContain(last)
})

test('who was away for long is told all of it, in order, each once', async () => {
  const merchant = await stack.merchant()
  await pay(merchant)
  const [first] = (await merchant.call('GET', '/v1/events')).json().data
  const { rowCount } = await stack.api.deps.db.engine.query(
    `insert into event select e.account_id, e.environment, uuid_from(e.created_at - n * interval '1 second'), e.type,
        e.subject_kind, uuid_by_time(), 1, e.payload, e.created_at
      from event e, generate_series(60, 2559) n where e.account_id = $1 and e.id = $2`,
    [merchant.accountId, parseId('event', first.id)],
  )
  const long = formatId('event', uuidV7(Date.now() - 3_600_000, new Uint8Array(10)))
  const stream = await listen(merchant, '', { 'last-event-id': long })
  const told = idsIn(await stream.until(`id: ${first.id}`))
  stream.close()
  expect(told.slice(0, rowCount ?? 0)).toEqual([...new Set(told)].sort().slice(0, rowCount ?? 0))
  expect(told.length).toBeGreaterThan(2_500)
})

test('an account has so many streams and no more, and a closed one makes room', async () => {
  const merchant = await stack.merchant()
  const streams: Listening[] = []
  for (let i = 0; i < 50; i++) streams.push(await listen(merchant))
  expect(streams.every(({ status }) => status === 200)).toBe(true)
  const refused = await listen(merchant)
  expect(refused.status).toBe(429)
  for (const stream of streams) stream.close()
  let status = 429
  for (let i = 0; i < 100 && status === 429; i++) {
    const again = await listen(merchant)
    status = again.status
    again.close()
  }
  expect(status).toBe(200)
})

test('nothing is told without the scope', async () => {
  const merchant = await stack.merchant()
  const { plain } = await stack.api.newKey({ accountId: merchant.accountId, scopes: ['payments:read'] })
  const answer = await fetch(`${origin}/v1/events/stream`, { headers: { authorization: `Bearer ${plain}` } })
  expect(answer.status).toBe(403)
})
