import { randomBytes } from 'node:crypto'
import { formatId } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hostedPage } from '../../checkout/hosted-page.ts'
import type { CheckoutLinks } from '../../checkout/links.ts'
import { missingPage, onwardPage, type Page, statusPage } from '../../checkout/page.ts'
import { accessFor, contextFor, handleOf } from '../../engine/call-provider.ts'
import type { Engine } from '../../engine/ports.ts'
import { syncPayment } from '../../engine/sync-payment.ts'
import type { PaymentRow } from '../../store/rows.ts'

/** A payer waits this long for the provider's word before the page says that it is still on its way. */
const SYNC_WAIT_MS = 10_000
const FORM_BYTES_MAX = 16 * 1024

/**
 * Pages payers see: our hosted checkout, and where providers send payers back to. Nothing the browser brings
 * is believed; the provider is asked, and the payer leaves only for the address stored with the payment.
 */
export function checkoutRoutes(app: FastifyInstance, engine: Engine, links: CheckoutLinks): void {
  app.register(async (pages) => {
    pages.removeAllContentTypeParsers()
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    const config = { scope: 'public', operation: 'checkout' } as const
    const withPayment =
      (
        handle: (payment: PaymentRow, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
      ) =>
      async (request: FastifyRequest, reply: FastifyReply) => {
        const { token } = request.params as { token: string } // the route's own pattern
        const id = links.read(token)
        const payment = id === null ? null : await engine.store.getPaymentById(id)
        if (payment === null) return send(reply.code(404), missingPage(nonce()))
        return await handle(payment, request, reply)
      }
    pages.get(
      '/checkout/:token',
      { config },
      withPayment((payment, _, reply) => open(engine, links, payment, reply)),
    )
    pages.get(
      '/checkout/:token/return',
      { config },
      withPayment((payment, _, reply) => back(engine, payment, reply)),
    )
    pages.post(
      '/checkout/:token/return',
      { config },
      withPayment((payment, request, reply) => verified(engine, payment, request, reply)),
    )
    pages.get(
      '/checkout/:token/cancel',
      { config },
      withPayment((payment, _, reply) => away(payment, reply)),
    )
  })
}

const nonce = (): string => randomBytes(16).toString('base64url')

async function open(
  engine: Engine,
  links: CheckoutLinks,
  payment: PaymentRow,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const access = await accessFor(engine, payment)
  const hosted = access?.provider.payments?.hosted
  const payable = payment.status === 'requires_action' && payment.provider_order_id !== null
  if (access === null || hosted === undefined || !payable) return send(reply, statusPage(payment, nonce()))
  const call = { verb: 'checkout', paymentId: payment.id, operationId: null }
  return send(
    reply,
    hostedPage({
      hosted,
      ctx: contextFor(engine, access.credential, 'later', call),
      handle: handleOf(payment),
      payment,
      verifyUrl: links.returnUrl(payment.id),
      cancelUrl: links.cancelUrl(payment.id),
      nonce: nonce(),
    }),
  )
}

/** A browser brings the provider's signed word that the payer has paid; a word without signature is nothing. */
async function verified(
  engine: Engine,
  payment: PaymentRow,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const access = await accessFor(engine, payment)
  const params = (request.body ?? {}) as Record<string, string> // the form parser above makes nothing else
  const call = { verb: 'checkout', paymentId: payment.id, operationId: null }
  const proof =
    access === null
      ? undefined
      : access.provider.payments?.hosted?.verifyReturn(
          contextFor(engine, access.credential, 'later', call),
          handleOf(payment),
          params,
        )
  if (proof === null) {
    engine.log.warn({ payment: formatId('payment', payment.id) }, 'a checkout came back with a bad signature')
    return send(reply.code(400), statusPage(payment, nonce()))
  }
  const synced = await freshOf(engine, payment)
  if (synced.return_url === null) return send(reply, statusPage(synced, nonce()))
  return send(reply, onwardPage(withResult(synced.return_url, synced), nonce()))
}

/** The payer is back: ask the provider, then send them on to the merchant. */
async function back(engine: Engine, payment: PaymentRow, reply: FastifyReply): Promise<FastifyReply> {
  const synced = await freshOf(engine, payment)
  if (synced.return_url === null) return send(reply, statusPage(synced, nonce()))
  return reply.redirect(withResult(synced.return_url, synced), 303)
}

function freshOf(engine: Engine, payment: PaymentRow): Promise<PaymentRow> {
  return Promise.race([
    syncPayment(engine, payment, 'payer').then(
      (done) => done.payment,
      (error: unknown) => {
        engine.log.error({ err: error }, 'a returning payer could not be told the newest state')
        return payment
      },
    ),
    engine.sleep(SYNC_WAIT_MS).then(() => payment),
  ])
}

async function away(payment: PaymentRow, reply: FastifyReply): Promise<FastifyReply> {
  const target = payment.cancel_url ?? payment.return_url
  if (target === null) return send(reply, statusPage(payment, nonce()))
  return reply.redirect(withResult(target, payment), 303)
}

function withResult(address: string, payment: PaymentRow): string {
  const url = new URL(address)
  url.searchParams.set('payment_id', formatId('payment', payment.id))
  url.searchParams.set('status', payment.status)
  return url.href
}

function send(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', page.contentSecurityPolicy)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .send(page.html)
}
