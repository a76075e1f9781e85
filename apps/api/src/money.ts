import type { HttpResult } from '@onerouter/providers'
import type { MoreRoutes } from './app.ts'
import { releaseSentSubscriptions } from './billing/operation-store.ts'
import type { Billing } from './billing/ports.ts'
import { subscriptionWork } from './billing/work.ts'
import { checkoutLinks, subscriptionLinks } from './checkout/links.ts'
import type { Deps } from './deps.ts'
import { disputeWork } from './disputes/work.ts'
import { domainWork } from './domains/look.ts'
import type { Engine } from './engine/ports.ts'
import { renderProblem } from './http/problem.ts'
import { createInsights } from './insights.ts'
import { pgLinkStore } from './links/link-store.ts'
import type { Links } from './links/ports.ts'
import { linkWork } from './links/work.ts'
import { counting } from './observe/instruments.ts'
import { watchLateness } from './observe/lateness.ts'
import { tracedHttp, tracedStore } from './observe/traced.ts'
import { startReconciler } from './reconciliation/reconciler.ts'
import { checkoutRoutes } from './routes/checkout/index.ts'
import { customerRoutes } from './routes/customers/index.ts'
import { disputeRoutes } from './routes/disputes/index.ts'
import { domainRoutes } from './routes/domains/index.ts'
import { eventRoutes } from './routes/events/index.ts'
import { payLinkRoutes } from './routes/pay-links/index.ts'
import { paymentLinkRoutes } from './routes/payment-links/index.ts'
import { paymentMethodRoutes } from './routes/payment-methods/index.ts'
import { paymentRoutes } from './routes/payments/index.ts'
import { planRoutes } from './routes/plans/index.ts'
import { providerRequestRoutes } from './routes/provider-requests/index.ts'
import { reconciliationRoutes } from './routes/reconciliation/index.ts'
import { refundRoutes } from './routes/refunds/index.ts'
import { routingRoutes } from './routes/routing/index.ts'
import { savedPaymentMethodRoutes } from './routes/saved-payment-methods/index.ts'
import { serviceRoutes } from './routes/services/index.ts'
import type { SandboxControl } from './routes/simulations/drive.ts'
import { simulationRoutes } from './routes/simulations/index.ts'
import { linkSimulations } from './routes/simulations/payment-links.ts'
import { smsSimulations } from './routes/simulations/sms.ts'
import { subscriptionSimulations } from './routes/simulations/subscriptions.ts'
import { smsRoutes } from './routes/sms/index.ts'
import { subscribeRoutes } from './routes/subscribe/index.ts'
import { subscriptionRoutes } from './routes/subscriptions/index.ts'
import { walletDomainRoutes } from './routes/wallet-domains/index.ts'
import { deliveryRoutes } from './routes/webhook-endpoints/deliveries.ts'
import { endpointRoutes } from './routes/webhook-endpoints/endpoints.ts'
import { inboundLogRoutes } from './routes/webhook-endpoints/inbound-log.ts'
import { publicKeyRoutes } from './routes/webhook-endpoints/public-keys.ts'
import { webhookInRoutes } from './routes/webhooks-in/index.ts'
import { createBreakers } from './routing/breaker.ts'
import { createRoutingCache, type RoutingCache } from './routing/source.ts'
import type { Saved } from './saved/ports.ts'
import { savedWork } from './saved/work.ts'
import { deriveKey } from './secrets/derive.ts'
import { savedMethodPlace } from './secrets/saved-method-place.ts'
import { seal, unseal } from './secrets/seal.ts'
import type { Sms } from './sms/ports.ts'
import { releaseSentSms } from './sms/store.ts'
import { messageWork } from './sms/work.ts'
import type { After } from './store/group-commit.ts'
import { grouped } from './store/grouped-store.ts'
import type { MoneyStore } from './store/money-store.ts'
import { releaseSentOperations } from './store/operations.ts'
import { pgStore } from './store/pg-store.ts'
import { type CallLog, callRow, createCallLog } from './store/provider-calls.ts'
import { createRefusals } from './webhooks-in/refusals.ts'
import { remembering } from './webhooks-in/remembering.ts'
import { startUpkeep } from './webhooks-in/upkeep.ts'
import { announcing } from './webhooks-out/announce.ts'
import { createWebhooksOut } from './webhooks-out/webhooks-out.ts'
import { startWorker, type Wait, type Worker } from './worker/worker.ts'

/** The engine with its routes and its worker, put together from what the server is made of. */
export interface Money {
  readonly engine: Engine
  readonly routes: MoreRoutes
  /** Starts doing what is due; `alone` when no other process can hold a call that is under way. */
  start(alone: boolean): Promise<Worker>
  /** Writes what is still only in memory, the log of provider calls, and lets go of receivers' connections. */
  flush(): Promise<void>
}

export function createMoney(deps: Deps): Money {
  const pages = checkoutLinks(deriveKey(deps.secretKey, 'checkout'), deps.config.publicUrl)
  const db = queryable(deps.db.engine)
  const lanes = queryable(deps.db.lanes)
  const calls = callLogFor(deps, queryable(deps.db.logs))
  const worker: { current: Worker | null } = { current: null }
  const webhooks = createWebhooksOut(deps, { db, lanes }, waitFor)
  const store = grouped(announcing(pgStore(db), webhooks.wake), lanes, webhooks.handover, afterwards)
  const routing = routingFor(deps, db)
  const wake: Engine['wake'] = (inMs, kind) => worker.current?.wake(inMs, kind)
  const core = coreOf(deps, { db, store, routing, calls, pages, wake })
  const { sms, links, domains, billing, saved, subscribe, work } = besidePayments(core, deps, webhooks.wake)
  const engine: Engine = { ...core, ...work }
  const insights = createInsights({ deps, engine, calls, breakers: routing.breakers }, waitFor)
  return {
    engine,
    routes: {
      keyed: [
        (app) => serviceRoutes(app, deps, webhooks.wake),
        (app) => domainRoutes(app, deps, domains),
        (app) => walletDomainRoutes(app, engine),
        (app) => paymentMethodRoutes(app, deps),
        (app) => providerRequestRoutes(app, engine),
        (app) => paymentRoutes(app, engine, saved),
        (app) => savedPaymentMethodRoutes(app, saved),
        (app) => routingRoutes(app, { deps, engine }),
        (app) => refundRoutes(app, engine, billing),
        (app) => disputeRoutes(app, engine),
        (app) => smsRoutes(app, sms),
        (app) => paymentLinkRoutes(app, links),
        (app) => customerRoutes(app, billing),
        (app) => planRoutes(app, billing),
        (app) => subscriptionRoutes(app, billing),
        (app) => eventRoutes(app, engine),
        (app) => reconciliationRoutes(app, engine),
        ...insights.keyed,
        ...simulated(engine, { links, sms, billing }, sandboxControl(deps)),
        (app) => endpointRoutes(app, deps, webhooks),
        (app) => deliveryRoutes(app, deps, webhooks),
        (app) => inboundLogRoutes(app, engine),
      ],
      watch: insights.watch,
      open: [
        (app) => webhookInRoutes(app, engine, deps.config.publicUrl),
        (app) => checkoutRoutes(app, engine, pages),
        (app) => payLinkRoutes(app, links, deps.limiter),
        (app) => subscribeRoutes(app, billing, subscribe),
        (app) => publicKeyRoutes(app, webhooks),
      ],
    },
    start: (alone) => startWork({ deps, db, engine, webhooks, insights, worker }, alone),
    async flush() {
      await Promise.all([insights.flush(), webhooks.close()])
    },
  }
}

type CoreParts = Pick<Engine, 'db' | 'store' | 'routing' | 'pages' | 'wake'> & { readonly calls: CallLog }

/** What every verb of the engine stands on. */
function coreOf(deps: Deps, { calls, store, db, ...parts }: CoreParts): Engine {
  return {
    ...parts,
    store: watchedStore(deps, store),
    db,
    now: deps.now,
    newId: deps.newId,
    sleep: (ms) => waitFor(ms).done,
    provider: deps.provider,
    credentials: deps.credentials,
    tokens: deps.tokens,
    problem: problemsAt(deps.config.publicUrl),
    refused: createRefusals(db, deps.now, deps.log),
    ...witnesses(deps, calls),
  }
}

interface Working {
  readonly deps: Deps
  readonly db: ReturnType<typeof queryable>
  readonly engine: Engine
  readonly webhooks: ReturnType<typeof createWebhooksOut>
  readonly insights: ReturnType<typeof createInsights>
  readonly worker: { current: Worker | null }
}

/** Everything that works by itself, stopped as one. */
async function startWork(parts: Working, alone: boolean): Promise<Worker> {
  const { deps, db, engine, webhooks, insights, worker } = parts
  if (alone) await releaseSent(db)
  const lateness = watchLateness()
  const due = startWorker(engine, waitFor, lateness.ms)
  worker.current = due
  const deliveries = webhooks.start()
  const reconciler = startReconciler(engine, waitFor)
  const upkeep = startUpkeep({ engine, deps }, waitFor)
  const watching = insights.start()
  return {
    wake: due.wake,
    async stop() {
      await Promise.all([due.stop(), reconciler.stop(), upkeep.stop(), watching.stop()])
      await deliveries.stop()
      lateness.stop()
    },
  }
}

/** The other side of everything, where a sandbox runs. */
function simulated(
  engine: Engine,
  { links, sms, billing }: { readonly links: Links; readonly sms: Sms; readonly billing: Billing },
  drive: SandboxControl | null,
): NonNullable<MoreRoutes['keyed']> {
  return [
    (app) => simulationRoutes(app, engine, drive),
    (app) => linkSimulations(app, links, drive),
    (app) => smsSimulations(app, sms, drive),
    (app) => subscriptionSimulations(app, billing, drive),
  ]
}

/** What passes through the store is counted, remembered, and where traces are kept a part of them. */
function watchedStore({ instruments, telemetry, invalidation, now }: Deps, store: MoneyStore): MoneyStore {
  const counted = counting(store, instruments.registry)
  const shown = telemetry === null ? counted : tracedStore(telemetry.spans, counted)
  return remembering(shown, invalidation, now)
}

function routingFor({ now, log, invalidation }: Deps, db: Engine['db']): RoutingCache {
  const routing = createRoutingCache({ db, now, breakers: createBreakers(), log })
  invalidation.subscribe(routing.forget)
  return routing
}

/** What lives beside payments, each a part of its own over the engine. */
function besidePayments(engine: Engine, deps: Deps, announce: () => void) {
  const { publicUrl } = deps.config
  const shared = { engine, db: engine.db, publicUrl, announce }
  const sms: Sms = shared
  const links: Links = { ...shared, store: pgLinkStore(engine.db), sms, random: deps.random }
  const pages = subscriptionLinks(deriveKey(deps.secretKey, 'subscribe'), publicUrl)
  const billing: Billing = { ...shared, pages }
  // A nonce marks a page's own scripts and styles, so that no others run.
  const nonce = () => Buffer.from(deps.random(16)).toString('base64url')
  const vault = vaultFor(deps)
  const savedDue = savedWork({ engine, db: engine.db, vault })
  // A charge of a kept method asks the engine for its token.
  const saved: Saved = { engine: { ...engine, saved: savedDue }, db: engine.db, vault }
  const subscriptions = subscriptionWork(billing)
  // A dispute may be about the charge of a subscription.
  const disputes = disputeWork({ ...shared, engine: { ...engine, subscriptions } })
  const domains = { db: engine.db, lookup: deps.lookupTxt, now: deps.now }
  const work = {
    messages: messageWork(sms),
    links: linkWork(links),
    disputes,
    domains: domainWork(domains),
    subscriptions,
    saved: savedDue,
  }
  return { sms, links, domains, billing, saved, subscribe: { links: pages, nonce }, work }
}

/** Tokens that charge payers are never plain text in the database. */
const vaultFor = ({ encryption, random }: Deps): Saved['vault'] => ({
  seal: (owner, token) => seal(encryption, savedMethodPlace(owner), Buffer.from(token), random(12)),
  open: (owner, sealed) => unseal(encryption, savedMethodPlace(owner), sealed).toString('utf8'),
})

/** What a dead process held is due at once, where no other process can hold it. */
async function releaseSent(db: Engine['db']): Promise<void> {
  await Promise.all([releaseSentOperations(db), releaseSentSms(db), releaseSentSubscriptions(db)])
}

function queryable(pool: Deps['db']['engine']): Engine['db'] {
  return { query: (statement) => pool.query({ ...statement, values: [...statement.values] }) }
}

const problemsAt =
  (publicUrl: string): Engine['problem'] =>
  (error, requestId) => {
    const rendered = renderProblem(error, requestId, publicUrl)
    return { status: rendered.status, body: JSON.stringify(rendered.body) }
  }

function callLogFor({ log }: Deps, db: Engine['db']): CallLog {
  return createCallLog({
    db,
    // Nothing waits for it to end: what gathers is written at the stop as well.
    after: (ms, write) => setTimeout(write, ms).unref(),
    onError: (error) => log.warn({ err: error }, 'provider calls were not logged'),
  })
}

/** Who sees what the engine does. */
const witnesses = (deps: Deps, calls: CallLog): Pick<Engine, 'http' | 'log' | 'spans'> => ({
  http: observedHttp(deps, calls),
  log: deps.log,
  spans: deps.telemetry?.spans,
})

/** Every exchange with a provider is counted and written to the log. */
function observedHttp(deps: Deps, calls: CallLog): Engine['http'] {
  const spans = deps.telemetry?.spans
  return (credential, call) => {
    const http = deps.transport(credential.baseUrl, {
      secrets: secretsIn(credential.credentials),
      observe: (exchange) => {
        const { accountId, environment, service } = credential
        deps.instruments.exchanged({ service, verb: call.verb }, exchange)
        calls.add(callRow(deps.newId(), { accountId, environment, service, ...call }, exchange))
      },
    })
    return spans === undefined ? http : tracedHttp(spans, credential, call, http)
  }
}

/** Every value of the credentials: whichever of them is secret must not be found in a log. */
function secretsIn(credentials: object): string[] {
  return Object.values(credentials).filter((value) => typeof value === 'string' && value.length >= 8)
}

const afterwards: After = (ms, call) => {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}

function waitFor(ms: number): Wait {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  return {
    done: promise,
    end() {
      clearTimeout(timer)
      resolve()
    },
  }
}

/** Talks to the sandbox's control port; `null` where no sandbox runs. */
function sandboxControl(deps: Deps): SandboxControl | null {
  const { sandboxUrl } = deps.config
  if (sandboxUrl === null) return null
  const http = deps.transport(sandboxUrl)
  return async (method, path, body) => {
    const result: HttpResult = await http({
      method,
      path,
      ...(body !== undefined && { body: { json: body } }),
    })
    if (!result.ok) return { status: 503, body: { error: 'The provider sandbox does not answer.' } }
    const parsed: unknown = result.response.text === '' ? {} : JSON.parse(result.response.text)
    return { status: result.response.status, body: parsed as Record<string, unknown> } // our own sandbox's JSON
  }
}
