import { formatId, parseId } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { missingPage, type Page, statusPage } from '../../checkout/page.ts'
import { strangerOf } from '../../http/address.ts'
import { qrSvg } from '../../http/qr.ts'
import type { Limiter } from '../../limits/limiter.ts'
import { clickLink } from '../../links/click.ts'
import { isCode, linkAddress } from '../../links/code.ts'
import { opensAsPerson, sentFromHere } from '../../links/human.ts'
import { endedPage, payPage, takenPage, toCheckoutPage, tooManyPage, waitPage } from '../../links/page.ts'
import { freshOf, type Opening, payLink } from '../../links/pay-link.ts'
import type { Links } from '../../links/ports.ts'
import type { LinkRow } from '../../links/row.ts'
import { settleLink } from '../../links/settle-link.ts'
import { getLinkByCode } from '../../links/store.ts'
import { newVisitor, type Visitor, visitorCookie, visitorOf } from '../../links/visitor.ts'
import type { PaymentRow } from '../../store/rows.ts'

/** Pages one stranger may ask for: enough for a family behind one address, too few to guess codes. */
const PER_STRANGER = { perMinute: 60, perDay: 3_000 }
/** Starting payments costs a call to a provider each. */
const STARTS_PER_STRANGER = { perMinute: 30, perDay: 1_000 }

interface Visit {
  readonly nonce: string
  readonly link: LinkRow
  readonly payee: string
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * The public pages of payment links. Opening one is safe, whoever does it: only the form on it starts a payment.
 * Payers leave for addresses stored with the link or its payment, never for one that a request brings.
 */
export function payLinkRoutes(app: FastifyInstance, links: Links, limiter: Limiter): void {
  app.register(async (pages) => {
    pages.removeAllContentTypeParsers()
    // The form has no fields: what it carries is not looked at.
    pages.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1024 }, (_request, _body, done) =>
      done(null, {}),
    )
    const config = { scope: 'public', operation: 'payLink' } as const
    const visit =
      (limits: typeof PER_STRANGER, handle: (visit: Visit) => Promise<FastifyReply>) =>
      async (request: FastifyRequest, reply: FastifyReply) => {
        const what = limits === PER_STRANGER ? 'link' : 'link-pay'
        const decision = await limiter.take(`${what}:${strangerOf(request.ip)}`, limits)
        const nonce = Buffer.from(links.random(16)).toString('base64url')
        if (!decision.allowed) {
          reply.code(429).header('retry-after', decision.retryAfterS)
          return send(reply, tooManyPage(nonce))
        }
        const { code } = request.params as { code: string } // the route's own pattern
        const found = isCode(code) ? await getLinkByCode(links.db, code) : null
        if (found === null) return send(reply.code(404), missingPage(nonce))
        const link = await settleLink(links, found.link)
        return await handle({ nonce, link, payee: found.payee, request, reply })
      }
    pages.get(
      '/l/:code',
      { config },
      visit(PER_STRANGER, (one) => opened(links, one)),
    )
    pages.post(
      '/l/:code',
      { config },
      visit(STARTS_PER_STRANGER, (one) => started(links, one)),
    )
    pages.get(
      '/l/:code/return',
      { config },
      visit(PER_STRANGER, (one) => returned(links, one)),
    )
    pages.get(
      '/l/:code/cancel',
      { config },
      visit(PER_STRANGER, (one) => left(links, one)),
    )
    pages.get(
      '/l/:code/qr.svg',
      { config },
      visit(PER_STRANGER, (one) => qr(links, one)),
    )
  })
}

async function opened(links: Links, { request, reply, ...shown }: Visit): Promise<FastifyReply> {
  const { link } = shown
  if (link.status !== 'active') return send(reply, endedPage(shown))
  if (visitorOf(request.headers.cookie) === null && opensAsPerson(request.method, request.headers)) {
    await admit(links, link, reply)
  }
  return send(reply, payPage(shown))
}

/** A browser that was not here before: it gets its token, and counts. */
async function admit(links: Links, link: LinkRow, reply: FastifyReply): Promise<Visitor> {
  const visitor = newVisitor(links.random)
  await clickLink(links, link)
  reply.header('set-cookie', visitorCookie(visitor, new URL(linkAddress(links.publicUrl, link.code))))
  return visitor
}

async function started(links: Links, { request, reply, ...shown }: Visit): Promise<FastifyReply> {
  const { link } = shown
  // Another site's form must not start payments in its visitors' names.
  if (!sentFromHere(request.headers)) return send(reply.code(403), payPage(shown))
  const known = visitorOf(request.headers.cookie)
  const visitor =
    known ?? (link.status === 'active' ? await admit(links, link, reply) : newVisitor(links.random))
  const opening = await payLink(links, link, visitor.hash)
  return send(reply.code(statusOf(opening)), pageOf(opening, shown))
}

function statusOf(opening: Opening): number {
  switch (opening.kind) {
    case 'checkout':
    case 'payment':
      return 200
    case 'taken':
      return 409
    case 'ended':
      return opening.link.status === 'paid' ? 409 : 410
    case 'unavailable':
      return 503
  }
}

function pageOf(opening: Opening, shown: { link: LinkRow; payee: string; nonce: string }): Page {
  switch (opening.kind) {
    case 'checkout':
      return toCheckoutPage(shown, opening.url)
    case 'payment':
      return paymentPage(opening.payment, shown)
    case 'taken':
      return takenPage(shown)
    case 'ended':
      return endedPage({ ...shown, link: opening.link })
    case 'unavailable':
      return payPage(shown, 'This cannot be paid right now. Nothing was charged; try again in a moment.')
  }
}

/** No page that was posted for may reload itself: the browser would ask whether to send the form again. */
function paymentPage(payment: PaymentRow, shown: { link: LinkRow; payee: string; nonce: string }): Page {
  return payment.status === 'created' || payment.status === 'processing'
    ? waitPage(shown, payment.provider_order_id !== null)
    : statusPage(payment, shown.nonce)
}

/** The payer comes back from the provider: the link learns what their payment came to, then they go on. */
async function returned(links: Links, visit: Visit): Promise<FastifyReply> {
  const { link, payee, nonce, request, reply } = visit
  const payment = await paymentOf(links, link, request)
  if (payment === null) return reply.redirect(linkAddress(links.publicUrl, link.code), 303)
  const fresh = payment.status === 'succeeded' ? payment : await freshOf(links, payment)
  const settled = await settleLink(links, link)
  if (settled.callback_url !== null) return reply.redirect(withResult(settled, fresh), 303)
  if (fresh.status === 'failed' || fresh.status === 'expired') {
    const shown = { link: settled, payee, nonce }
    if (settled.status === 'active') return send(reply, payPage(shown, 'The payment did not go through.'))
  }
  return send(reply, statusPage(fresh, nonce))
}

/** The payment a return address names, if it is one of this link's. */
async function paymentOf(links: Links, link: LinkRow, request: FastifyRequest): Promise<PaymentRow | null> {
  const { payment_id: given } = request.query as { payment_id?: unknown } // parsed by the server's own hook
  const id = typeof given === 'string' ? parseId('payment', given) : undefined
  const attempt = id === undefined ? null : await links.store.getAttempt(link, id)
  return attempt === null ? null : await links.engine.store.getPayment({ ...attempt, id: attempt.payment_id })
}

function withResult(link: LinkRow, payment: PaymentRow): string {
  const url = new URL(link.callback_url ?? '')
  url.searchParams.set('payment_link_id', formatId('payment_link', link.id))
  url.searchParams.set('payment_id', formatId('payment', payment.id))
  url.searchParams.set('status', payment.status)
  return url.href
}

/** The payer has left the payment page: whoever comes next need not wait for them. */
async function left(links: Links, { link, request, reply }: Visit): Promise<FastifyReply> {
  const payment = await paymentOf(links, link, request)
  const attempt = payment === null ? null : await links.store.getAttempt(link, payment.id)
  const visitor = visitorOf(request.headers.cookie)
  if (attempt !== null && visitor?.hash === attempt.visitor) {
    await links.store.holdAttempt(attempt, visitor.hash, new Date(links.engine.now()))
  }
  return reply.redirect(linkAddress(links.publicUrl, link.code), 303)
}

async function qr(links: Links, { link, reply }: Visit): Promise<FastifyReply> {
  return reply
    .type('image/svg+xml; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cache-control', 'public, max-age=86400, immutable')
    .header('cross-origin-resource-policy', 'cross-origin')
    .send(qrSvg(linkAddress(links.publicUrl, link.code), 'QR code of the payment link'))
}

function send(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', page.contentSecurityPolicy)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .send(page.html)
}
