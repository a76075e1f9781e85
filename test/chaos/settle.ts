/**
 * `npm run chaos -- --settle`: every provider is away for a while and swallows hundreds of calls; then it answers again, and
 * what is measured is how long each of those calls stays unknown from that moment.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { checkLedgers, compareTotals, findOrphans, readBooks, type Violation } from './books.ts'
import { type Client, createClient, type Verb } from './client.ts'
import { type Installation, PROVIDERS, type ProviderName, startInstallation } from './installation.ts'
import type { SettleOptions } from './options.ts'
import { createRandom, type Random } from './random.ts'
import { converge, type Unknown, watchSettling } from './settling.ts'

export interface SettleResult {
  /** Calls whose outcome was unknown when the providers began to answer again. */
  readonly unknowns: readonly Unknown[]
  readonly violations: readonly Violation[]
}

/** How a provider is away: refused, cut off before and after the effect, an error after it, a connection that hangs. */
const AWAY = ['lost_request', 'lost_answer', 'error_after', 'html', 'truncated', 'stall'] as const
/** Faults are planned before the calls that meet them: more a second than are made, in runs of the same kind. */
const CALLS_PER_S = 40
const RUNS = 150
/** The outage begins before the calls are made, and making them takes a while. */
const MORE_S = 120
const AT_ONCE = 12
const PATIENCE_MS = 120_000
const SETTLED_WITHIN_MS = 600_000

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const satisfies Record<
  ProviderName,
  string
>

export async function measureSettling(
  options: SettleOptions,
  say: (line: string) => void,
): Promise<SettleResult> {
  const random = createRandom(options.seed)
  const skewS = { api: 0, worker: 0 }
  const world = await startInstallation({ apis: 1, worker: true, seed: options.seed, skewS, say })
  try {
    return await play(world, options, random, say)
  } finally {
    await world.close()
  }
}

async function play(
  world: Installation,
  options: SettleOptions,
  random: Random,
  say: (line: string) => void,
): Promise<SettleResult> {
  const { url, apiKey } = world
  const client = createClient({ url, apiKey, random: random.fork('client'), patienceMs: PATIENCE_MS })
  const ready = await prepare(world, client, options.unknowns)
  say(`${ready.length} payments are there; the providers go away`)
  await goAway(world, random.fork('outage'), options.outageS)
  const watch = watchSettling(world.database)
  await inParallel(ready, (payment) => ask(client, payment))
  say(`every call is made; the providers stay away for ${options.outageS} s`)
  await sleep(options.outageS * 1000)
  await world.control.clearFaults()
  watch.healed()
  say('the providers answer again')
  const left = await converge(world.database, SETTLED_WITHIN_MS, say)
  const unknowns = (await watch.stop()).filter((one) => one.settledAfterHealMs !== null)
  return {
    unknowns,
    violations: [
      ...left.map((what) => ({ verdict: 'misstated' as const, what: `not settled: ${what}` })),
      ...(await compare(world, client)),
    ],
  }
}

interface Ready {
  readonly id: string
  readonly provider: ProviderName
  readonly call: Verb
}

interface Made {
  readonly id: string
  readonly status: string
  readonly provider_order_id: string
}

/** Payments in the states from which each call is made, in equal parts for every provider. */
async function prepare(world: Installation, client: Client, unknowns: number): Promise<readonly Ready[]> {
  const calls = ['create', 'capture', 'cancel', 'refund'] as const
  const wanted = Array.from({ length: unknowns }, (_, n) => ({
    id: `s${n}`,
    provider: PROVIDERS[n % PROVIDERS.length] ?? 'stripe',
    call: calls[Math.floor(n / PROVIDERS.length) % calls.length] ?? 'create',
  }))
  return await inParallel(wanted, async ({ id: name, provider, call }) => {
    // Razorpay gives no hold back before it runs out, so there is nothing to cancel.
    const meant: Verb = provider === 'razorpay' && call === 'cancel' ? 'refund' : call
    if (meant === 'create') return { id: name, provider, call: meant }
    const body = { amount_minor: 1_000, currency: CURRENCY[provider], provider, receipt: name }
    const manual = meant === 'refund' ? {} : { capture: 'manual' }
    const answer = await client.ask('create', '/v1/payments', `${name}-create`, { ...body, ...manual })
    const made = JSON.parse(answer.text) as Made // our own API's answer; the contract's tests hold its shape
    await world.control.simulate(provider, made.provider_order_id, 'succeed')
    await untilPaid(client, made.id)
    return { id: made.id, provider, call: meant }
  })
}

const LOOKS_MAX = 100
const LOOK_EVERY_MS = 200

async function untilPaid(client: Client, id: string): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const answer = await client.call('POST', `/v1/payments/${id}/sync`, {})
    const status = answer?.status === 200 ? (JSON.parse(answer.text) as Made).status : '' // as above
    if (status === 'authorized' || status === 'succeeded') return
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`payment ${id} was not paid while everything was well`)
}

/** Once, without asking again: what becomes of it is for the resolver alone to find out. */
async function ask(client: Client, { id, provider, call }: Ready): Promise<void> {
  if (call === 'create') {
    const body = { amount_minor: 1_000, currency: CURRENCY[provider], provider, receipt: id }
    return await client.once(call, '/v1/payments', `${id}-away`, body)
  }
  if (call === 'refund') return await client.once(call, '/v1/refunds', `${id}-away`, { payment_id: id })
  await client.once(call, `/v1/payments/${id}/${call}`, `${id}-away`, {})
}

async function goAway({ control }: Installation, random: Random, outageS: number): Promise<void> {
  const longest = Math.ceil((2 * CALLS_PER_S * (outageS + MORE_S)) / RUNS)
  for (const provider of PROVIDERS) {
    for (let run = 0; run < RUNS; run += 1) {
      await control.fault({ provider, fault: random.pick(AWAY), count: 1 + random.int(longest) })
    }
  }
}

async function compare(world: Installation, client: Client): Promise<Violation[]> {
  const books = await readBooks(world)
  return [
    ...compareTotals(books),
    ...findOrphans(books, client.wishes),
    ...(await checkLedgers(world.database, books.payments)),
  ]
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const rest = items.entries()
  const lane = async () => {
    for (const [n, item] of rest) results[n] = await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return results
}
