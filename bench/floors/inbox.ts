/**
 * A receiver of Stripe's webhooks as it is usually written: Fastify, the signature, one row that keeps each event once, one
 * commit, an answer. Nothing works the events off.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'
import { listening } from './listening.ts'
import { floorSettings } from './provider.ts'

const { secret, databaseUrl } = floorSettings()
const key = createSecretKey(secret, 'utf8')
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
const app = Fastify()
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.post<{ Body: Buffer }>('/webhooks/stripe', async (request, reply) => {
  const header = String(request.headers['stripe-signature'])
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? []
  const expected = createHmac('sha256', key).update(`${t}.`).update(request.body).digest()
  if (v1 === '' || !timingSafeEqual(expected, Buffer.from(v1, 'hex'))) return reply.code(400).send({})
  const event = JSON.parse(request.body.toString()) as { readonly id: string } // signed by Stripe
  await pool.query({
    name: 'keep',
    text: 'insert into inbox (id, body) values ($1, $2) on conflict do nothing',
    values: [event.id, request.body.toString()],
  })
  return { status: 'received' }
})
await app.ready()
listening(app.server)
