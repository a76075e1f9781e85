import { type Outcome, ok, unknown } from '@onerouter/core'
import type { WalletDomains } from '../wallet-domains.ts'
import { ask, type PaypalContext, type Reply } from './api.ts'
import type { PaypalCredentials } from './credentials.ts'
import { isRecord, textOf } from './wire.ts'

/**
 * Apple Pay's domains, the one thing at PayPal that has to do with a domain. The calls are in no public reference: they
 * are known from the plug-ins of PayPal's own partners (angelleye/paypal-woocommerce, shopware/paypal-sdk
 * `CustomerGateway`). Accounts that may not make them register domains in PayPal's dashboard.
 */
const PATH = '/v1/customer/wallet-domains'
const PAGE = 50
const PAGES_MAX = 20

export const walletDomains: WalletDomains<PaypalCredentials> = {
  register,
  list,
  unregister,
  file: {
    path: '/.well-known/apple-developer-merchantid-domain-association',
    source: 'https://www.paypalobjects.com/.well-known/apple-developer-domain-association',
  },
}

const named = (domain: string) => ({ provider_type: 'APPLE_PAY', domain: { name: domain } })

async function register(ctx: PaypalContext, domain: string): Promise<Outcome<object>> {
  const call = { method: 'POST', path: PATH, body: { json: named(domain) } } as const
  return settled(await ask(ctx, call, (_body, { status }) => (status === 201 ? {} : undefined)))
}

async function unregister(ctx: PaypalContext, domain: string): Promise<Outcome<object>> {
  const json = { ...named(domain), reason: 'The merchant no longer uses the domain.' }
  const call = { method: 'POST', path: '/v1/customer/unregister-wallet-domain', body: { json } } as const
  const { outcome } = await ask(ctx, call, () => ({}))
  return outcome.kind === 'rejected' && outcome.reason === 'not_found' ? ok({}) : outcome
}

/** "Already registered" is what was wanted. */
const settled = ({ outcome, issue }: Reply<object>): Outcome<object> =>
  issue?.code === 'DOMAIN_ALREADY_REGISTERED' ? ok({}) : outcome

async function list(ctx: PaypalContext): Promise<Outcome<readonly string[]>> {
  const domains: string[] = []
  for (let page = 1; page <= PAGES_MAX; page++) {
    const query = new URLSearchParams({
      provider_type: 'APPLE_PAY',
      page: String(page),
      page_size: String(PAGE),
    })
    const { outcome } = await ask(ctx, { method: 'GET', path: `${PATH}?${query}` }, readPage)
    if (outcome.kind !== 'ok') return outcome
    domains.push(...outcome.value)
    if (outcome.value.length < PAGE) return ok(domains)
  }
  return unknown('more domains than can be listed')
}

/** A list that is empty may be left out, but its total is there all the same. */
function readPage(body: unknown): readonly string[] | undefined {
  if (!isRecord(body)) return undefined
  if (body.wallet_domains === undefined) return body.total_items === undefined ? undefined : []
  if (!Array.isArray(body.wallet_domains)) return undefined
  const names = body.wallet_domains.map((one: unknown) =>
    isRecord(one) && isRecord(one.domain) ? textOf(one.domain.name)?.toLowerCase() : undefined,
  )
  return names.every((name) => typeof name === 'string') ? names : undefined
}
