/** The least a router can be: Fastify, undici, no memory of anything. */
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import { listening } from './listening.ts'
import { type Asked, createSession, floorSettings, PAYMENT_SCHEMA } from './provider.ts'

const { provider, secret } = floorSettings()
const app = Fastify()
app.post<{ Body: Asked }>('/v1/payments', { schema: { body: PAYMENT_SCHEMA } }, async (request, reply) => {
  const id = randomUUID()
  const { id: order, url } = JSON.parse(await createSession(provider, secret, request.body, id)) as Session
  return reply.code(201).send({ id, status: 'requires_action', provider_order_id: order, checkout_url: url })
})
interface Session {
  readonly id: string
  readonly url: string
}
await app.ready()
listening(app.server)
