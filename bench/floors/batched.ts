/** The same writes as `naive`, those of concurrent requests in one statement: what batching alone is worth. */
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'
import { listening } from './listening.ts'
import { type Asked, createSession, floorSettings, PAYMENT_SCHEMA } from './provider.ts'

const { provider, secret, databaseUrl } = floorSettings()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })

/** Two flushes under way at most; what arrives meanwhile leaves with the next. */
function batcher(name: string, text: string): (row: readonly unknown[]) => Promise<void> {
  let waiting: { row: readonly unknown[]; done: () => void; failed: (error: unknown) => void }[] = []
  let running = 0
  let scheduled = false
  const flush = (): void => {
    scheduled = false
    if (running >= 2 || waiting.length === 0) return
    const batch = waiting.slice(0, 256)
    waiting = waiting.slice(256)
    running += 1
    const columns = (batch[0]?.row ?? []).map((_, i) => batch.map(({ row }) => row[i]))
    pool
      .query({ name, text, values: columns })
      .then(
        () => {
          for (const { done } of batch) done()
        },
        (error) => {
          for (const { failed } of batch) failed(error)
        },
      )
      .finally(() => {
        running -= 1
        flush()
      })
  }
  return (row) =>
    new Promise((done, failed) => {
      waiting.push({ row, done, failed })
      if (scheduled) return
      scheduled = true
      setImmediate(flush)
    })
}

const intent = batcher(
  'intent',
  `insert into payment (id, amount, currency, receipt, status)
    select id, amount, currency, receipt, 'created'
    from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[]) as n (id, amount, currency, receipt)`,
)
const result = batcher(
  'result',
  `with n as (select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) as n (id, order_id, body, event_id)),
    p as (update payment set status = 'requires_action', provider_order_id = n.order_id, body = n.body::jsonb from n
      where payment.id = n.id returning n.*)
    insert into event (id, payment_id, type, payload) select event_id, id, 'payment.requires_action', body::jsonb from p`,
)
const app = Fastify()
app.post<{ Body: Asked }>('/v1/payments', { schema: { body: PAYMENT_SCHEMA } }, async (request, reply) => {
  const { amount_minor: amount, currency, receipt } = request.body
  const id = randomUUID()
  await intent([id, amount, currency, receipt])
  const body = await createSession(provider, secret, request.body, id)
  const session = JSON.parse(body) as { readonly id: string; readonly url: string } // the stub's own answer
  await result([id, session.id, body, randomUUID()])
  const answer = { id, status: 'requires_action', provider_order_id: session.id, checkout_url: session.url }
  return reply.code(201).send(answer)
})
await app.ready()
listening(app.server)
