import { createControl } from './control.ts'
import { EMULATORS } from './emulators.ts'
import { applyRequestFault, ConnectionCut, type Faults } from './kernel/faults.ts'
import { readBody } from './kernel/http.ts'
import type { Snapshot } from './kernel/persistence.ts'
import { createRequestLog, type RequestLog } from './kernel/requests.ts'
import type {
  BookEntry,
  Clock,
  CreateEmulator,
  Emulator,
  MessageEntry,
  MessageSimulation,
  MethodSimulation,
  ProviderName,
  SandboxAccount,
  SavedMethodEntry,
  Simulation,
  SimulationResult,
  SubscriptionCharge,
  SubscriptionEntry,
  SubscriptionSimulation,
  World,
} from './kernel/types.ts'
import type { DeliveryRecord } from './kernel/webhooks.ts'
import { createKernel } from './kernel/world.ts'

export { ConnectionCut } from './kernel/faults.ts'
export type * from './kernel/types.ts'
export {
  MESSAGE_SIMULATIONS,
  METHOD_SIMULATIONS,
  PROVIDERS,
  REQUEST_FAULTS,
  SIMULATIONS,
  SUBSCRIPTION_SIMULATIONS,
  WEBHOOK_FAULTS,
} from './kernel/types.ts'

export interface SandboxOptions {
  readonly clock: Clock
  /** The same seed and the same calls give the same ids. */
  readonly seed: number
  /** Where clients and payers reach this sandbox; only spelled into answers. */
  readonly urls?: World['urls']
  /** Carries webhook deliveries to the receiver. */
  readonly fetch: typeof fetch
  /** State of an earlier run. */
  readonly restored?: Snapshot | undefined
  readonly emulators?: Partial<Record<ProviderName, CreateEmulator>>
  /** Waits of the `late` and `stall` faults. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly timeoutSignal?: (ms: number) => AbortSignal
  /** Webhook attempts in flight; 1 keeps a test's order of arrival fixed. */
  readonly deliveryConcurrency?: number
  readonly warn?: (message: string) => void
}

export interface Sandbox {
  readonly providers: readonly ProviderName[]
  readonly urls: World['urls']
  readonly faults: Faults
  readonly requests: RequestLog
  now(): number
  /** The provider's API as a `fetch`, faults applied; a cut connection rejects with `ConnectionCut`. */
  fetch(provider: ProviderName): (request: Request) => Promise<Response>
  /** Pay pages, below `/{provider}/…`. */
  pages(request: Request): Promise<Response>
  /** The index and the control routes. */
  control(request: Request): Promise<Response>
  /** The account of that id, or the default one. */
  account(provider: ProviderName, id?: string): SandboxAccount
  createAccount(provider: ProviderName): SandboxAccount
  findAccount(
    provider: ProviderName,
    wanted: { id?: string; credential?: string },
  ): SandboxAccount | undefined
  simulate(provider: ProviderName, accountId: string, orderRef: string, action: Simulation): SimulationResult
  simulateMessage(
    provider: ProviderName,
    accountId: string,
    messageRef: string,
    action: MessageSimulation,
  ): SimulationResult
  simulateSubscription(
    provider: ProviderName,
    accountId: string,
    ref: string,
    action: SubscriptionSimulation,
  ): SimulationResult
  simulateMethod(
    provider: ProviderName,
    accountId: string,
    methodRef: string,
    action: MethodSimulation,
  ): SimulationResult
  /** Saved payment methods of one account, or of all. */
  savedMethods(provider: ProviderName, accountId?: string): SavedMethodEntry[]
  /** Subscriptions of one account, or of all. */
  subscriptions(provider: ProviderName, accountId?: string): SubscriptionEntry[]
  /** Every collection made for them. */
  subscriptionCharges(provider: ProviderName, accountId?: string): SubscriptionCharge[]
  /** The provider's own books: of one account, or of all. */
  book(provider: ProviderName, accountId?: string): BookEntry[]
  messages(provider: ProviderName, accountId?: string): MessageEntry[]
  deliveries(provider: ProviderName, limit?: number): readonly DeliveryRecord[]
  advance(ms: number): Promise<void>
  runDue(): Promise<void>
  startDue(): void
  nextDueMs(): number | undefined
  onChange(listener: () => void): void
  snapshot(): Snapshot
}

const DEFAULT_URLS: World['urls'] = {
  pages: 'http://127.0.0.1:8010',
  api: {
    stripe: 'http://127.0.0.1:8011',
    razorpay: 'http://127.0.0.1:8012',
    paypal: 'http://127.0.0.1:8013',
    twilio: 'http://127.0.0.1:8014',
  },
}

/** Waits, or returns early when the caller is gone. */
const realSleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })

/** The emulated providers in one process, without sockets or timers of their own. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const emulators = new Map<ProviderName, Emulator>()
  const urls = options.urls ?? DEFAULT_URLS
  const kernel = createKernel({
    clock: options.clock,
    seed: options.seed,
    urls,
    fetch: options.fetch,
    timeoutSignal: options.timeoutSignal ?? ((ms) => AbortSignal.timeout(ms)),
    deliveryConcurrency: options.deliveryConcurrency ?? 1,
    emulator: (provider) => emulators.get(provider),
    restored: options.restored,
    warn: options.warn ?? ((message) => console.warn(message)),
  })
  const requests = createRequestLog()
  for (const create of Object.values(options.emulators ?? EMULATORS)) {
    const emulator = create(kernel.world)
    emulators.set(emulator.provider, emulator)
    kernel.accounts.standard(emulator)
  }
  function need(provider: ProviderName): Emulator {
    const emulator = emulators.get(provider)
    if (emulator === undefined) throw new Error(`the sandbox has no emulator for ${provider}`)
    return emulator
  }
  const idsOf = (provider: ProviderName, accountId: string | undefined): readonly string[] =>
    accountId === undefined ? kernel.accounts.list(provider).map(({ id }) => id) : [accountId]

  const sandbox: Sandbox = {
    providers: [...emulators.keys()],
    urls,
    faults: kernel.faults,
    requests,
    now: kernel.world.clock.now,
    fetch(provider) {
      const emulator = need(provider)
      const sleep = options.sleep ?? realSleep
      return (request) =>
        callApi({ emulator, sleep, requests, faults: kernel.faults, now: sandbox.now }, request)
    },
    async pages(request) {
      const name = new URL(request.url).pathname.split('/')[1]
      const emulator = [...emulators.values()].find(({ provider }) => provider === name)
      return emulator?.pages(request) ?? new Response('No such page.\n', { status: 404 })
    },
    control: (request) => control(request),
    account(provider, id) {
      const account = id === undefined ? kernel.accounts.standard(need(provider)) : kernel.accounts.get(id)
      if (account?.provider !== provider) throw new Error(`${provider} has no account ${id}`)
      return account
    },
    createAccount: (provider) => kernel.accounts.create(need(provider)),
    findAccount: (provider, wanted) => kernel.accounts.find(need(provider), wanted),
    ...simulations(need),
    savedMethods: (provider, accountId) =>
      idsOf(provider, accountId).flatMap((id) => need(provider).savedMethods?.(id) ?? []),
    subscriptions: (provider, accountId) =>
      idsOf(provider, accountId).flatMap((id) => need(provider).subscriptions?.(id) ?? []),
    subscriptionCharges: (provider, accountId) =>
      idsOf(provider, accountId).flatMap((id) => need(provider).subscriptionCharges?.(id) ?? []),
    book: (provider, accountId) => idsOf(provider, accountId).flatMap((id) => need(provider).book(id)),
    messages: (provider, accountId) =>
      idsOf(provider, accountId).flatMap((id) => need(provider).messages?.(id) ?? []),
    deliveries: (provider, limit = 100) => kernel.webhooks.recent(provider, limit),
    advance: kernel.advance,
    runDue: kernel.runDue,
    startDue: kernel.startDue,
    nextDueMs: kernel.nextDueMs,
    onChange: kernel.onChange,
    snapshot: kernel.snapshot,
  }
  const control = createControl(sandbox)
  return sandbox
}

type Simulations = Pick<Sandbox, 'simulate' | 'simulateMessage' | 'simulateSubscription' | 'simulateMethod'>

/** The payer's, carrier's, subscriber's and bank's side, as far as a provider has one. */
function simulations(need: (provider: ProviderName) => Emulator): Simulations {
  return {
    simulate: (provider, accountId, orderRef, action) => need(provider).simulate(accountId, orderRef, action),
    simulateMessage: (provider, accountId, messageRef, action) =>
      need(provider).simulateMessage?.(accountId, messageRef, action) ?? {
        ok: false,
        reason: `${provider} sends no messages`,
      },
    simulateSubscription: (provider, accountId, ref, action) =>
      need(provider).simulateSubscription?.(accountId, ref, action) ?? {
        ok: false,
        reason: `${provider} has no subscriptions`,
      },
    simulateMethod: (provider, accountId, methodRef, action) =>
      need(provider).simulateMethod?.(accountId, methodRef, action) ?? {
        ok: false,
        reason: `${provider} saves no payment methods`,
      },
  }
}

interface ApiCall {
  readonly emulator: Emulator
  readonly faults: Faults
  readonly requests: RequestLog
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
}

async function callApi(call: ApiCall, request: Request): Promise<Response> {
  const { emulator, faults, requests, sleep } = call
  const { provider } = emulator
  if (emulator.payerPaths?.test(new URL(request.url).pathname) === true) return emulator.api(request)
  const body = await readBody(request)
  if (body === undefined) return new Response('Request Entity Too Large\n', { status: 413 })
  const text = new TextDecoder().decode(body)
  const answered = requests.note(provider, request, text, call.now())
  const run = () =>
    emulator.api(
      new Request(request.url, {
        method: request.method,
        headers: request.headers,
        ...(body.byteLength > 0 ? { body } : {}),
      }),
    )
  const subject = `${request.method} ${new URL(request.url).pathname}`
  const plan = faults.takeRequest(provider, subject)
  const answer = await (plan === undefined
    ? run()
    : applyRequestFault(plan.fault, { run, emulator, sleep, signal: request.signal, delayMs: plan.delayMs }))
  if (request.signal.aborted) throw new ConnectionCut(true)
  answered(answer.status)
  return answer
}
