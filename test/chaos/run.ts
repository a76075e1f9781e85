/** One run: load and faults together, then healing, settling and the comparison of all books. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  checkLedgers,
  compareAnswers,
  compareTotals,
  compensationsIn,
  findEventGaps,
  findOrphans,
  readBooks,
  type Violation,
} from './books.ts'
import { type Client, createClient, type Wish } from './client.ts'
import { deliverRest, judgeDeliveries } from './deliveries.ts'
import { type HooksReceiver, openHooksReceiver } from './hooks-receiver.ts'
import { type Installation, startInstallation } from './installation.ts'
import { tellStories } from './load.ts'
import { type Deeds, heal, unleash } from './nemesis.ts'
import type { ChaosOptions } from './options.ts'
import { createRandom, type Random } from './random.ts'
import { type Reconciled, reconcile } from './reconcile.ts'
import { bringLooksForward, converge, describeOpenCalls, type Unknown, watchSettling } from './settling.ts'

export interface ChaosResult {
  readonly deeds: Deeds
  readonly wishes: readonly Wish[]
  readonly requests: number
  readonly payments: number
  readonly refunds: number
  readonly providerOrders: number
  /** Canceled payments that were paid all the same and given back. */
  readonly compensated: number
  /** Payments that came beside another one and were given back. */
  readonly duplicates: number
  /** The first comparison may still find what messages lost; the last one must find nothing. */
  readonly found: Reconciled
  readonly reconciled: Reconciled
  readonly captured: ReadonlyMap<string, bigint>
  readonly replays: number
  /** Committed events, and the requests in which they reached a receiver. */
  readonly events: number
  readonly deliveries: number
  readonly unknowns: readonly Unknown[]
  readonly restartsMs: readonly number[]
  readonly recoveriesMs: readonly number[]
  /** From the end of the faults until nothing was left to settle. */
  readonly convergedMs: number
  readonly violations: readonly Violation[]
}

/** Longer than a call may stay in the hands of a dead process plus a provider's slowest proof of absence. */
const CONVERGE_WITHIN_MS = 900_000
/** What looks that were brought forward, and the comparison, may still take; whatever stayed open before is told anyway. */
const REST_WITHIN_MS = 180_000

export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosResult> {
  const random = createRandom(options.seed)
  const worker = options.killsWorker > 0 || options.apis > 1
  const skewS = drawSkew(options, random.fork('clocks'))
  if (options.clockSkewS > 0) say(`clocks off by: second API ${skewS.api} s, worker ${skewS.worker} s`)
  const world = await startInstallation({ apis: options.apis, worker, seed: options.seed, skewS, say })
  const hooks = await openHooksReceiver(world, random.fork('receiver'))
  try {
    return await play(world, hooks, options, random, say)
  } finally {
    await world.close()
    await hooks.close()
  }
}

/** Never nought, so that a run that asks for wrong clocks has them. */
function drawSkew({ clockSkewS }: ChaosOptions, random: Random): { api: number; worker: number } {
  const draw = () => (clockSkewS === 0 ? 0 : (1 + random.int(clockSkewS)) * random.pick([1, -1]))
  return { api: draw(), worker: draw() }
}

async function play(
  world: Installation,
  hooks: HooksReceiver,
  options: ChaosOptions,
  random: Random,
  say: (line: string) => void,
): Promise<ChaosResult> {
  const beganAt = Date.now()
  const watch = watchSettling(world.database)
  const deeds: Deeds = new Map()
  let goesOn = true
  const patienceMs = options.minutes * 60_000 + CONVERGE_WITHIN_MS
  const clients = Array.from({ length: options.clients }, (_, n) => {
    const own = random.fork(`client-${n}`)
    return createClient({ url: world.url, apiKey: world.apiKey, random: own, patienceMs })
  })
  const stories = clients.map((client, n) =>
    tellStories(
      {
        client,
        control: world.control,
        random: random.fork(`story-${n}`),
        name: `c${n}`,
        providers: options.providers,
      },
      () => goesOn,
    ),
  )
  const recoveriesMs = await unleash(world, options, random.fork('nemesis'), deeds)
  goesOn = false
  say('faults end; healing')
  hooks.heal()
  await heal(world)
  // A lone process takes up at its start what its predecessor held; otherwise the takeover time would have to pass.
  if (world.worker === null) {
    await world.apis[0].kill()
    await heal(world)
  }
  watch.healed()
  const healedAt = performance.now()
  const complaints = (await Promise.all(stories)).flat()
  say('clients are done; waiting for everything to settle')
  let left = await converge(world.database, CONVERGE_WITHIN_MS, say)
  await bringLooksForward(world.database)
  left = [...left, ...(await converge(world.database, REST_WITHIN_MS, say))]
  const [first] = clients
  const compare = async (): Promise<Reconciled> => {
    const window = { from: new Date(beganAt - MARGIN_MS), to: await everything(options) }
    return first === undefined ? NOTHING : await reconcile(first, window)
  }
  say('comparing with the providers’ lists')
  const found = await compare()
  left = [...left, ...(await converge(world.database, REST_WITHIN_MS, say))]
  left = [...left, ...(await describeOpenCalls(world.database))]
  left = [...left, ...(await deliverRest(world.database, CONVERGE_WITHIN_MS))]
  const convergedMs = performance.now() - healedAt
  const unknowns = await watch.stop()
  say('settled; comparing the books')
  const wishes = clients.flatMap((client) => client.wishes)
  const { violations, replays, books } = await judge(world, wishes, clients)
  const reconciled = await compare()
  const delivered = await judgeDeliveries(world.database, hooks)
  const processes = [...world.apis, ...(world.worker === null ? [] : [world.worker])]
  return {
    deeds,
    wishes,
    requests: clients.reduce((total, client) => total + client.sent(), 0),
    payments: books.payments.length,
    refunds: books.refunds.length,
    providerOrders: books.entries.length,
    compensated: compensationsIn(books.kept).length,
    duplicates: books.duplicates.length,
    found,
    reconciled,
    captured: totals(books.payments),
    replays,
    events: delivered.events,
    deliveries: hooks.arrivals.length,
    unknowns,
    restartsMs: processes.flatMap((one) => one.restartsMs),
    recoveriesMs,
    convergedMs,
    violations: [
      ...violations,
      ...reconciled.violations,
      ...delivered.violations,
      ...complaints.map((what) => ({ verdict: 'unanswered' as const, what })),
      ...left.map((what) => ({ verdict: 'misstated' as const, what: `not settled: ${what}` })),
      ...processes.flatMap((one) => one.deaths).map((what) => ({ verdict: 'lost' as const, what })),
    ],
  }
}

const MARGIN_MS = 120_000
const NOTHING: Reconciled = { counts: new Map(), unexplained: 0, violations: [] }

/** A moment after everything, by every clock there is: comparisons of the future are refused. */
async function everything({ clockSkewS }: ChaosOptions): Promise<Date> {
  const endedAt = Date.now()
  const skewMs = clockSkewS * 1000
  // Ahead by the fastest clock, and no longer ahead by the slowest.
  await sleep(2 * skewMs + 1_000)
  return new Date(endedAt + skewMs + 500)
}

async function judge(world: Installation, wishes: readonly Wish[], clients: readonly Client[]) {
  const before = await readBooks(world)
  const replayed = await replayAll(clients, before.kept)
  // Read again: had a replay moved money, it would show here.
  const books = await readBooks(world)
  const violations: Violation[] = [
    ...compareTotals(books),
    ...findOrphans(books, wishes),
    ...compareAnswers(books, wishes),
    ...replayed.violations,
    ...(await findEventGaps(world.database)),
    ...(await checkLedgers(world.database, books.payments)),
  ]
  if (books.payments.length !== before.payments.length || books.refunds.length !== before.refunds.length) {
    violations.push({ verdict: 'doubled', what: 'replays made new payments or refunds' })
  }
  return { violations, replays: replayed.count, books }
}

/** Sends every kept wish once more: the answer must be the first one, byte for byte. */
async function replayAll(
  clients: readonly Client[],
  kept: ReadonlyMap<string, { readonly body: string | null }>,
): Promise<{ count: number; violations: Violation[] }> {
  const violations: Violation[] = []
  let count = 0
  await Promise.all(
    clients.map(async (client) => {
      for (const wish of client.wishes) {
        const [first, ...others] = wish.answers
        if (first === undefined || !kept.has(wish.key)) continue
        const again = await client.again(wish)
        count += 1
        for (const answer of [again, ...others]) {
          if (answer.status === first.status && answer.text === first.text) continue
          const what = `${wish.verb} ${wish.key}: ${first.status} ${first.text} then ${answer.status} ${answer.text}`
          violations.push({ verdict: 'replay', what })
        }
      }
    }),
  )
  return { count, violations }
}

function totals(payments: readonly { readonly currency: string; readonly captured: string }[]) {
  const sums = new Map<string, bigint>()
  for (const { currency, captured } of payments) {
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(captured))
  }
  return sums
}
