/** What a careful handler costs that writes for itself: the intent before the call, result and event after it. */
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'
import { listening } from './listening.ts'
import { type Asked, createSession, floorSettings, PAYMENT_SCHEMA } from './provider.ts'

const { provider, secret, databaseUrl } = floorSettings()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
const app = Fastify()
app.post<{ Body: Asked }>('/v1/payments', { schema: { body: PAYMENT_SCHEMA } }, async (request, reply) => {
  const { amount_minor: amount, currency, receipt } = request.body
  const id = randomUUID()
  await pool.query({
    name: 'intent',
    text: `insert into payment (id, amount, currency, receipt, status) values ($1, $2, $3, $4, 'created')`,
    values: [id, amount, currency, receipt],
  })
  const body = await createSession(provider, secret, request.body, id)
  const session = JSON.parse(body) as { readonly id: string; readonly url: string } // the stub's own answer
  await pool.query({
    name: 'result',
    text: `with p as (update payment set status = 'requires_action', provider_order_id = $2, body = $3 where id = $1
        returning id)
      insert into event (id, payment_id, type, payload) select $4, id, 'payment.requires_action', $3 from p`,
    values: [id, session.id, body, randomUUID()],
  })
  const answer = { id, status: 'requires_action', provider_order_id: session.id, checkout_url: session.url }
  return reply.code(201).send(answer)
})
await app.ready()
listening(app.server)
