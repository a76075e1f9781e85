/** What people write without a router: the official SDK, an idempotency row and one insert. */
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'
import Stripe from 'stripe'
import { listening } from './listening.ts'
import { type Asked, floorSettings, PAYMENT_SCHEMA } from './provider.ts'

const { provider, secret, databaseUrl } = floorSettings()
const at = new URL(provider)
const stripe = new Stripe(secret, {
  host: at.hostname,
  port: Number(at.port),
  protocol: 'http',
  telemetry: false,
})
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
const app = Fastify()
app.post<{ Body: Asked }>('/v1/payments', { schema: { body: PAYMENT_SCHEMA } }, async (request, reply) => {
  const { amount_minor: amount, currency, receipt } = request.body
  const id = randomUUID()
  const key = String(request.headers['idempotency-key'] ?? id)
  const claimed = await pool.query({
    name: 'claim',
    text: 'insert into idempotency (key, payment_id) values ($1, $2) on conflict do nothing',
    values: [key, id],
  })
  if (claimed.rowCount === 0) return reply.code(409).send({ error: 'in progress' })
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'payment',
      line_items: [
        {
          price_data: {
            currency: currency.toLowerCase(),
            unit_amount: amount,
            product_data: { name: 'Payment' },
          },
          quantity: 1,
        },
      ],
      success_url: 'https://shop.example/ok',
      cancel_url: 'https://shop.example/no',
      client_reference_id: id,
    },
    { idempotencyKey: id },
  )
  await pool.query({
    name: 'payment',
    text: `insert into payment (id, amount, currency, receipt, status, provider_order_id, body)
      values ($1, $2, $3, $4, 'requires_action', $5, $6)`,
    values: [id, amount, currency, receipt, session.id, JSON.stringify(session)],
  })
  const answer = { id, status: 'requires_action', provider_order_id: session.id, checkout_url: session.url }
  return reply.code(201).send(answer)
})
await app.ready()
listening(app.server)
