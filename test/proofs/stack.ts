/** The whole API over in-process emulators, with the wire in the test's hands: what went out, what came back. */
import type { Scope } from '@onerouter/contract'
import type { Environment, Uuid } from '@onerouter/core'
import { httpFromFetch, type Transport } from '@onerouter/providers'
import { createSandbox, type ProviderName, type Sandbox, type Simulation } from '@onerouter/sandbox'
import type { LightMyRequestResponse } from 'fastify'
import type { Engine } from '../../apps/api/src/engine/ports.ts'
import { createMoney } from '../../apps/api/src/money.ts'
import type { World } from '../../apps/api/src/start.ts'
import { type OpenedApp, openApp } from '../../apps/api/src/testing/open-app.ts'
import { runDue } from '../../apps/api/src/worker/worker.ts'

export const PAYMENT_SERVICES = ['stripe', 'paypal', 'razorpay'] as const
export type PaymentService = (typeof PAYMENT_SERVICES)[number]

/** Where live traffic goes; here the emulators stand behind these addresses too. */
const LIVE: Readonly<Record<string, PaymentService>> = {
  'https://api.stripe.com': 'stripe',
  'https://api-m.paypal.com': 'paypal',
  'https://api.razorpay.com': 'razorpay',
}
const CONTROL = 'http://127.0.0.1:8010'

/** One request that an emulator was about to receive. */
export interface Wire {
  readonly provider: PaymentService
  readonly origin: string
  readonly method: string
  readonly path: string
  readonly authorization: string | null
  readonly body: string
}

export interface Delivery {
  readonly provider: ProviderName
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Stands between the API and an emulator; `next` asks the emulator. */
export type Intercept = (wire: Wire, next: () => Promise<Response>) => Promise<Response>

export interface Merchant {
  readonly accountId: Uuid
  readonly key: string
  readonly keyId: Uuid
  /** Paths where this merchant's webhooks arrive. */
  readonly addresses: readonly string[]
  call: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
  ) => ReturnType<OpenedApp['call']>
  /** Lets the payer act at the provider. */
  pay(payment: { readonly provider: string; readonly provider_order_id: string }, act?: Simulation): void
}

export interface Stack {
  readonly api: OpenedApp
  readonly engine: Engine
  readonly sandbox: Sandbox
  /** Every provider request, oldest first. */
  readonly wire: Wire[]
  /** Webhooks the emulators sent; nothing reaches the API until a test or `settle` hands it over. */
  readonly deliveries: Delivery[]
  intercept: Intercept | null
  merchant(options?: MerchantOptions): Promise<Merchant>
  /** Sends a delivery to the API as the provider would. */
  hand(delivery: Delivery): Promise<LightMyRequestResponse>
  /** Lets the emulators send what is due; the deliveries to one merchant, or to all. */
  collect(merchant?: Merchant): Promise<Delivery[]>
  /** Works off everything due, without handing over webhooks. */
  work(): Promise<void>
  settle(): Promise<void>
  close(): Promise<void>
}

export interface MerchantOptions {
  readonly services?: readonly PaymentService[]
  readonly environment?: Environment
  readonly scopes?: readonly Scope[]
  readonly accountId?: Uuid
}

export interface StackOptions extends Pick<Partial<World>, 'lookupTxt'> {
  readonly env?: Readonly<Record<string, string>>
}

export async function createStack({ env = {}, ...more }: StackOptions = {}): Promise<Stack> {
  const wire: Wire[] = []
  const deliveries: Delivery[] = []
  const state: { intercept: Intercept | null } = { intercept: null }
  const sandbox = createSandbox({
    clock: { now: Date.now },
    seed: 11,
    warn: () => {},
    sleep: () => Promise.resolve(),
    fetch: receiver(deliveries),
  })
  const transport = transportOver(sandbox, wire, () => state.intercept)
  const api = await openApp({ env, world: { transport, ...more } })
  const money = createMoney(api.deps)
  const hand: Stack['hand'] = ({ path, headers, body }) =>
    api.app.inject({ method: 'POST', url: path, headers, payload: body })
  const work = async () => {
    for (let round = 0; round < 50; round++) if ((await runDue(money.engine)) === 0) return
    throw new Error('there is always something due')
  }
  const collect = async (merchant?: Merchant) => {
    await sandbox.runDue()
    const all = deliveries.splice(0)
    return merchant === undefined ? all : all.filter(({ path }) => merchant.addresses.includes(path))
  }
  return {
    api,
    engine: money.engine,
    sandbox,
    wire,
    deliveries,
    get intercept() {
      return state.intercept
    },
    set intercept(intercept) {
      state.intercept = intercept
    },
    merchant: (options = {}) => openMerchant(api, sandbox, options),
    hand,
    collect,
    work,
    async settle() {
      for (const delivery of await collect()) await hand(delivery)
      await work()
    },
    async close() {
      await money.flush()
      await api.close()
    },
  }
}

async function openMerchant(api: OpenedApp, sandbox: Sandbox, options: MerchantOptions): Promise<Merchant> {
  const accountId = options.accountId ?? (await api.newAccount())
  const tester = await api.newKey({ accountId })
  for (const service of options.services ?? PAYMENT_SERVICES) {
    const saved = await api.call(tester.plain, 'PUT', `/api/services/${service}/credentials`, {
      environment: 'test',
      sandbox: true,
    })
    if (saved.statusCode !== 200) throw new Error(`${service} did not connect: ${saved.body}`)
  }
  const environment = options.environment ?? 'test'
  const { scopes } = options
  const key = await api.newKey({ accountId, environment, ...(scopes === undefined ? {} : { scopes }) })
  const { rows } = await api.deps.db.engine.query<{ path: string }>(
    `SELECT '/webhooks/' || service || '/' || token AS path FROM webhook_address WHERE account_id = $1`,
    [accountId],
  )
  return {
    accountId,
    key: key.plain,
    keyId: key.id,
    addresses: rows.map(({ path }) => path),
    call: (method, url, body) => api.call(key.plain, method, url, body),
    pay(payment, act = 'succeed') {
      const provider = payment.provider as PaymentService // the contract's own words
      const owner = sandbox.book(provider).find((entry) => entry.orderRef === payment.provider_order_id)
      const done = sandbox.simulate(provider, owner?.accountId ?? '', payment.provider_order_id, act)
      if (!done.ok) throw new Error(`${provider} refused ${act}: ${done.reason}`)
    },
  }
}

function receiver(deliveries: Delivery[]): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    const provider = pathname.split('/')[2] as ProviderName // our own webhook addresses
    const headers = Object.fromEntries(request.headers)
    deliveries.push({ provider, path: pathname, headers, body: await request.text() })
    return new Response(null, { status: 200 })
  }
}

function transportOver(sandbox: Sandbox, wire: Wire[], intercept: () => Intercept | null): Transport {
  const providerAt = (baseUrl: string): PaymentService | undefined =>
    PAYMENT_SERVICES.find((name) => sandbox.urls.api[name] === baseUrl) ?? LIVE[baseUrl]
  return (baseUrl, scope = {}) => {
    const provider = providerAt(baseUrl)
    const options = { ...scope, now: Date.now }
    if (baseUrl === CONTROL) return httpFromFetch((request) => sandbox.control(request), baseUrl, options)
    if (provider === undefined) throw new Error(`nobody lives at ${baseUrl}`)
    const answer = sandbox.fetch(provider)
    return httpFromFetch(
      async (request) => {
        const url = new URL(request.url)
        const seen: Wire = {
          provider,
          origin: baseUrl,
          method: request.method,
          path: url.pathname + url.search,
          authorization: request.headers.get('authorization'),
          body: await request.clone().text(),
        }
        wire.push(seen)
        const next = () => answer(LIVE[baseUrl] === undefined ? request : asTestKey(request))
        return await (intercept()?.(seen, next) ?? next())
      },
      baseUrl,
      options,
    )
  }
}

/** Razorpay's emulator has test keys only; a live key opens the account of the test key beside it. */
function asTestKey(request: Request): Request {
  const [scheme, value] = (request.headers.get('authorization') ?? '').split(' ')
  if (scheme !== 'Basic' || value === undefined) return request
  const plain = Buffer.from(value, 'base64').toString().replace('rzp_live_', 'rzp_test_')
  const headers = new Headers(request.headers)
  headers.set('authorization', `Basic ${Buffer.from(plain).toString('base64')}`)
  return new Request(request, { headers })
}
