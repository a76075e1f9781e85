import type { CreatePaymentLinkBody } from '@onerouter/contract'
import { ApiError, parseCurrency } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { requireAmount } from '../../http/amount.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { parseInstant } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { readReturnUrl } from '../../http/return-url.ts'
import { type CreateLinkInput, createLink } from '../../links/create-link.ts'
import type { Links } from '../../links/ports.ts'
import { readMetadata } from '../metadata.ts'

/** Far enough for any invoice, near enough that a slip of units is noticed. */
const EXPIRES_WITHIN_MS = 5 * 366 * 86_400_000

export function mountCreatePaymentLink(app: FastifyInstance, links: Links): void {
  mount(app, 'createPaymentLink', async ({ body, principal, request, reply }) => {
    const claim = claimOf(request)
    const input = readInput(body, principal, links.engine.now())
    return sendReply(request, reply, claim, await createLink(links, callerOf(principal), input, claim))
  })
}

function readInput(body: CreatePaymentLinkBody, principal: Principal, nowMs: number): CreateLinkInput {
  const currency = parseCurrency(body.currency)
  if (currency === undefined) {
    throw new ApiError('unsupported_currency', `${body.currency} is no ISO 4217 currency.`, {
      errors: [{ pointer: '/currency', detail: 'an ISO 4217 code such as USD' }],
    })
  }
  if (body.environment === 'live' && principal.environment === 'test') {
    throw new ApiError('environment_not_allowed', 'A test key only ever uses the test environment.', {
      errors: [{ pointer: '/environment', detail: 'must be test, or be left out' }],
    })
  }
  const environment = body.environment === 'test' ? 'test' : principal.environment
  const customer = readCustomer(body)
  const notifySms = body.notify?.sms === true
  if (notifySms) requireSms(principal, customer?.phone)
  return {
    amount: requireAmount(body, currency),
    description: body.description ?? null,
    customer,
    metadata: readMetadata(body),
    callbackUrl: readReturnUrl('callback_url', body.callback_url, environment) ?? null,
    provider: body.provider ?? null,
    method: body.method ?? null,
    environment: body.environment === 'test' ? 'test' : null,
    reusable: body.reusable === true,
    expiresAt: readExpiry(body, nowMs),
    notifySms,
  }
}

const ALIASES = { name: 'customer_name', email: 'customer_email', phone: 'customer_phone' } as const

/** `customer_email` and its like are other names of the members of `customer`. */
function readCustomer(body: CreatePaymentLinkBody): CreateLinkInput['customer'] {
  const given = Object.entries(ALIASES).flatMap(([member, alias]) => {
    const value = body[alias]
    if (value === undefined) return []
    if (body.customer !== undefined) throw refused(`/${alias}`, 'customer is given too')
    return [[member, value] as const]
  })
  if (body.customer !== undefined) return body.customer
  return given.length === 0 ? null : Object.fromEntries(given)
}

function requireSms(principal: Principal, phone: string | undefined): void {
  if (phone === undefined) throw refused('/customer_phone', 'is needed to send the link by SMS')
  if (principal.scopes.has('sms:write')) return
  throw new ApiError('insufficient_scope', 'Sending the link by SMS needs the scope sms:write.', {
    extra: { required_scope: 'sms:write' },
  })
}

/** `expire_by` is the older name of `expires_at`. */
function readExpiry(body: CreatePaymentLinkBody, nowMs: number): Date | null {
  if (body.expires_at !== undefined && body.expire_by !== undefined) {
    throw refused('/expire_by', 'expires_at is given too')
  }
  const name = body.expires_at === undefined ? 'expire_by' : 'expires_at'
  const given = body[name]
  if (given === undefined) return null
  const at = parseInstant(String(given))
  if (at === undefined) throw refused(`/${name}`, 'must be an RFC 3339 time or Unix seconds')
  if (at.getTime() <= nowMs) throw refused(`/${name}`, 'must be in the future')
  if (at.getTime() > nowMs + EXPIRES_WITHIN_MS) throw refused(`/${name}`, 'must be within five years')
  return at
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}
