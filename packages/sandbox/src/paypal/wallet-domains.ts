import { type JsonObject, malformed, unprocessable } from './errors.ts'
import { bodyObject } from './orders.ts'
import { asChoice, asObject, asText, missing, newFindings, settle } from './parse.ts'
import type { Answer, Call } from './state.ts'
import { link } from './views.ts'

/**
 * Domains on which a merchant shows Apple Pay. PayPal publishes no reference for them: the calls are those of
 * shopware/paypal-sdk (`CustomerGateway`, `Struct/V1/WalletDomain*`) and of angelleye/paypal-woocommerce.
 */
const PATH = '/v1/customer/wallet-domains'
const PROVIDER = 'APPLE_PAY'
const MAX_PAGE_SIZE = 99
const HOSTNAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/

export interface WalletDomain {
  readonly accountId: string
  readonly name: string
}

const view = (name: string): JsonObject => ({ provider_type: PROVIDER, domain: { name } })

function domainOf(call: Call): string {
  const given = bodyObject(call)
  const findings = newFindings()
  if (given.provider_type === undefined) missing('/provider_type', findings)
  asChoice(given.provider_type, '/provider_type', findings, [PROVIDER])
  const domain = asObject(given.domain, '/domain', findings)
  if (domain === undefined) missing('/domain', findings)
  const rule = { max: 253, required: domain !== undefined }
  const name = asText(domain?.name, '/domain/name', findings, rule)?.toLowerCase()
  if (name !== undefined && !HOSTNAME.test(name)) {
    findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field: '/domain/name', location: 'body' })
  }
  settle(findings)
  return name ?? ''
}

/**
 * PayPal looks for Apple's file on the domain first. The sandbox asks nobody: names below `.invalid`, which
 * nobody can own (RFC 2606), stand for domains without the right file.
 */
export function registerWalletDomain(call: Call): Answer {
  const name = domainOf(call)
  const at = { field: '/domain/name', value: name, location: 'body' } as const
  if (name.endsWith('.invalid')) throw unprocessable('INCORRECT_DOMAIN_VERIFICATION_FILE', at)
  const known = call.paypal.walletDomains.get(name)
  if (known?.accountId === call.account.id) throw unprocessable('DOMAIN_ALREADY_REGISTERED', at)
  if (known !== undefined) throw unprocessable('DOMAIN_REGISTERED_WITH_ANOTHER_MERCHANT', at)
  call.paypal.walletDomains.set(name, { accountId: call.account.id, name })
  return { status: 201, body: view(name) }
}

export function unregisterWalletDomain(call: Call): Answer {
  const name = domainOf(call)
  if (call.paypal.walletDomains.get(name)?.accountId !== call.account.id) {
    throw unprocessable('DOMAIN_NOT_REGISTERED', { field: '/domain/name', value: name, location: 'body' })
  }
  call.paypal.walletDomains.delete(name)
  return { status: 200, body: view(name) }
}

/** Counts are text, as PayPal sends them. */
export function listWalletDomains(call: Call): Answer {
  const { paypal, query } = call
  const size = numberOf(query, 'page_size', 10)
  const page = numberOf(query, 'page', 1)
  if (size > MAX_PAGE_SIZE) {
    throw malformed('INVALID_PARAMETER_VALUE', { field: 'page_size', value: String(size), location: 'query' })
  }
  const own = [...paypal.walletDomains.values()].filter(({ accountId }) => accountId === call.account.id)
  const shown = own.slice((page - 1) * size, page * size)
  const body = {
    total_items: String(own.length),
    total_pages: String(Math.ceil(own.length / size)),
    wallet_domains: shown.map(({ name }) => view(name)),
    links: [link(`${paypal.world.urls.api.paypal}${PATH}`, 'self')],
  }
  return { status: 200, body }
}

function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name)
  if (value === null) return fallback
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw malformed('INVALID_PARAMETER_SYNTAX', { field: name, value: value.slice(0, 20), location: 'query' })
}
