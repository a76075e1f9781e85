import { parseId, type Service } from '@onerouter/core'
import type { Simulation } from '@onerouter/sandbox'
import type { LightMyRequestResponse } from 'fastify'
import type { Engine } from '../../engine/ports.ts'
import { createMoney } from '../../money.ts'
import { type KeyOptions, type OpenedApp, openApp } from '../../testing/open-app.ts'
import { createSandboxWorld, type SandboxWorld } from '../../testing/sandbox-transport.ts'
import { runDue } from '../../worker/worker.ts'
import type { LinkObject } from '../present.ts'

export const PAYMENT_PROVIDERS = ['stripe', 'paypal', 'razorpay'] as const
export type PaymentProvider = (typeof PAYMENT_PROVIDERS)[number]
export const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const

/** What a browser says of itself when a person follows a link. */
export const NAVIGATES = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
}

export interface PaymentObject {
  readonly id: string
  readonly status: string
  readonly provider: PaymentProvider
  readonly provider_order_id: string
  readonly amount_captured_minor: number
  readonly amount_refunded_minor: number
  readonly metadata: Readonly<Record<string, string>>
  readonly receipt: string | null
}

export interface Browser {
  open(link: LinkObject, headers?: Readonly<Record<string, string>>): Promise<LightMyRequestResponse>
  /** Presses the button on the page. */
  press(link: LinkObject, headers?: Readonly<Record<string, string>>): Promise<LightMyRequestResponse>
  follow(address: string): Promise<LightMyRequestResponse>
}

export interface Stand {
  readonly api: OpenedApp
  readonly engine: Engine
  readonly world: SandboxWorld
  merchant(services?: readonly Service[], key?: KeyOptions): Promise<Merchant>
  browser(): Browser
  /** Works off everything due. */
  work(): Promise<void>
  /** Moves the clock and what is due by it, then works. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

export interface Merchant {
  readonly key: string
  readonly accountId: string
  call: (method: 'GET' | 'POST' | 'PUT', url: string, body?: unknown) => Promise<LightMyRequestResponse>
  link(body: object): Promise<LinkObject>
  get(link: LinkObject): Promise<LinkObject>
  /** The link's payments, oldest first. */
  payments(link: LinkObject): Promise<readonly PaymentObject[]>
  /** What the link's payers have paid and were not given back, at the providers' own books, in minor units. */
  kept(link: LinkObject): Promise<number>
  /** Lets the payer act at the provider; `false`: the provider refused. */
  act(payment: PaymentObject, action?: Simulation): Promise<boolean>
  sync(payment: PaymentObject): Promise<PaymentObject>
  /** Types of the link's events in order. */
  events(link: LinkObject): Promise<readonly string[]>
}

/** The whole API over in-process emulators, with a clock the test moves. */
export async function openStand(): Promise<Stand> {
  const clock = { offsetMs: 0 }
  const now = () => Date.now() + clock.offsetMs
  const world = createSandboxWorld(now)
  const api = await openApp({ world: { transport: world.transport, now } })
  const money = createMoney(api.deps)
  const work = async (): Promise<void> => {
    for (let round = 0; round < 60; round++) if ((await runDue(money.engine)) === 0) return
    throw new Error('there is always something due')
  }
  return {
    api,
    engine: money.engine,
    world,
    merchant: (services = PAYMENT_PROVIDERS, key = {}) => openMerchant(api, world, services, key),
    browser: () => openBrowser(api),
    work,
    async pass(ms) {
      clock.offsetMs += ms
      await world.sandbox.runDue()
      for (const table of ['payment_link', 'operation', 'inbound']) {
        await api.deps.db.engine.query(
          `update ${table} set due_at = due_at - $1::bigint * interval '1 millisecond' where due_at is not null`,
          [ms],
        )
      }
      // The database's own times, too.
      await api.deps.db.engine.query(
        `update operation set recorded_at = recorded_at - $1::bigint * interval '1 millisecond'`,
        [ms],
      )
      await work()
    },
    async close() {
      await money.flush()
      await api.close()
    },
  }
}

async function openMerchant(
  api: OpenedApp,
  world: SandboxWorld,
  services: readonly Service[],
  options: KeyOptions,
): Promise<Merchant> {
  const { plain: key, accountId } = await api.newKey(options)
  const call: Merchant['call'] = (method, url, body) => api.call(key, method, url, body)
  const ok = async (method: 'GET' | 'POST' | 'PUT', url: string, body?: unknown) => {
    const answer = await call(method, url, body)
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.json()
  }
  for (const service of services) {
    await ok('PUT', `/api/services/${service}/credentials`, { environment: 'test', sandbox: true })
  }
  const payments: Merchant['payments'] = async (link) =>
    (await ok('GET', `/v1/payments?receipt=${link.id}&limit=100`)).data.reverse()
  const bookOf = (payment: PaymentObject) =>
    world.sandbox.book(payment.provider).find((entry) => entry.orderRef === payment.provider_order_id)
  return {
    key,
    accountId,
    call,
    link: (body) => ok('POST', '/v1/payment-links', body),
    get: (link) => ok('GET', `/v1/payment-links/${link.id}`),
    payments,
    async kept(link) {
      const entries = (await payments(link)).map(bookOf)
      return entries.reduce(
        (sum, entry) => sum + Number((entry?.captured ?? 0n) - (entry?.refunded ?? 0n)),
        0,
      )
    },
    async act(payment, action = 'succeed') {
      const owner = bookOf(payment)?.accountId ?? ''
      return world.sandbox.simulate(payment.provider, owner, payment.provider_order_id, action).ok
    },
    sync: (payment) => ok('POST', `/v1/payments/${payment.id}/sync`, {}),
    async events(link) {
      const { rows } = await api.deps.db.engine.query<{ type: string; sequence: number }>(
        'select type, sequence from event where subject_id = $1 order by sequence',
        [parseId('payment_link', link.id)],
      )
      if (rows.some(({ sequence }, i) => sequence !== i + 1)) throw new Error('events have gaps')
      return rows.map(({ type }) => type.slice('payment_link.'.length))
    },
  }
}

let strangers = 0

function openBrowser(api: OpenedApp): Browser {
  strangers += 1
  const remoteAddress = `10.1.${strangers >> 8}.${strangers & 255}`
  let cookie: string | undefined
  const send = async (method: 'GET' | 'POST', address: string, headers: Readonly<Record<string, string>>) => {
    const { pathname, search } = new URL(address)
    const answer = await api.app.inject({
      method,
      remoteAddress,
      url: pathname + search,
      headers: { ...headers, ...(cookie !== undefined && { cookie }) },
      ...(method === 'POST' && { payload: '' }),
    })
    const set = answer.headers['set-cookie']
    if (typeof set === 'string') cookie = set.split(';')[0]
    return answer
  }
  return {
    open: (link, headers = NAVIGATES) => send('GET', link.short_url, headers),
    press: (link, headers = {}) =>
      send('POST', link.short_url, {
        ...NAVIGATES,
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        ...headers,
      }),
    follow: (address) => send('GET', address, NAVIGATES),
  }
}

/** Where a page sends the payer to pay; `null` when it does not. */
export const checkoutIn = (page: LightMyRequestResponse): string | null =>
  /http-equiv="refresh" content="0;url=([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? null
