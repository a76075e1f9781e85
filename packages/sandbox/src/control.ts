import type { Sandbox } from './index.ts'
import { html, page } from './kernel/html.ts'
import { htmlResponse, isRecord, json, readJson } from './kernel/http.ts'
import {
  type FaultPlan,
  MESSAGE_SIMULATIONS,
  METHOD_SIMULATIONS,
  PROVIDERS,
  type ProviderName,
  REQUEST_FAULTS,
  type SandboxAccount,
  SIMULATIONS,
  type SimulationResult,
  SUBSCRIPTION_SIMULATIONS,
  WEBHOOK_FAULTS,
} from './kernel/types.ts'

const FAULTS = [...REQUEST_FAULTS, ...WEBHOOK_FAULTS]
const MAX_ADVANCE_SECONDS = 10 * 366 * 86_400
const MAX_FAULT_COUNT = 10_000
const DEFAULT_LISTED = 100

interface ControlCall {
  readonly sandbox: Sandbox
  readonly request: Request
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
}

const refuse = (status: number, detail: string) => json(status, { error: detail })
const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find((known) => known === value)
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** JSON has no bigint; the books keep exact amounts as decimal strings. */
const exact = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)))

function provider(call: ControlCall, value: unknown): ProviderName | undefined {
  const name = oneOf(PROVIDERS, value)
  return name !== undefined && call.sandbox.providers.includes(name) ? name : undefined
}

function account(call: ControlCall, name: ProviderName): SandboxAccount | undefined {
  const id = text(call.body.account_id)
  const credential = text(call.body.credential)
  return call.sandbox.findAccount(name, {
    ...(id === undefined ? {} : { id }),
    ...(credential === undefined ? {} : { credential }),
  })
}

function index({ sandbox, request }: ControlCall): Response {
  const providers = sandbox.providers.map((name) => {
    const { id, credentials } = sandbox.account(name)
    return [name, { api_base: sandbox.urls.api[name], account_id: id, credentials }] as const
  })
  if (!(request.headers.get('accept') ?? '').includes('text/html')) {
    return json(200, { providers: Object.fromEntries(providers) })
  }
  const rows = providers.map(
    ([name, { api_base, credentials }]) =>
      html`<h2>${name}</h2><p><code>${api_base}</code></p><table>${Object.entries(credentials).map(
        ([field, value]) => html`<tr><th scope="row">${field}</th><td><code>${value}</code></td></tr>`,
      )}</table>`,
  )
  const body = html`<h1>OneRouter sandbox</h1>
<p>Emulated payment providers and the keys that open them.</p>${rows}`
  return htmlResponse(200, page({ title: 'OneRouter sandbox', body }))
}

function createAccount(call: ControlCall): Response {
  const name = provider(call, call.body.provider)
  if (name === undefined) return refuse(400, `provider must be one of ${call.sandbox.providers.join(', ')}`)
  const { id, credentials } = call.sandbox.createAccount(name)
  return json(201, { account_id: id, provider: name, credentials })
}

function simulate(call: ControlCall): Response {
  const name = provider(call, call.path[1])
  const action = oneOf(SIMULATIONS, call.path[3])
  const report = oneOf(MESSAGE_SIMULATIONS, call.path[3])
  if (name === undefined) return refuse(404, 'no such provider or action')
  const owner = account(call, name)
  if (owner === undefined) return refuse(404, 'no such account')
  const ref = call.path[2] ?? ''
  let result: SimulationResult
  if (action !== undefined) result = call.sandbox.simulate(name, owner.id, ref, action)
  else if (report !== undefined) result = call.sandbox.simulateMessage(name, owner.id, ref, report)
  else return refuse(404, 'no such provider or action')
  return json(result.ok ? 200 : 409, result)
}

function simulateSubscription(call: ControlCall): Response {
  const name = provider(call, call.path[1])
  const action = oneOf(SUBSCRIPTION_SIMULATIONS, call.path[4])
  if (name === undefined || action === undefined) return refuse(404, 'no such provider or action')
  const owner = account(call, name)
  if (owner === undefined) return refuse(404, 'no such account')
  const result = call.sandbox.simulateSubscription(name, owner.id, call.path[3] ?? '', action)
  return json(result.ok ? 200 : 409, result)
}

function simulateMethod(call: ControlCall): Response {
  const name = provider(call, call.path[1])
  const action = oneOf(METHOD_SIMULATIONS, call.path[4])
  if (name === undefined || action === undefined) return refuse(404, 'no such provider or action')
  const owner = account(call, name)
  if (owner === undefined) return refuse(404, 'no such account')
  const result = call.sandbox.simulateMethod(name, owner.id, call.path[3] ?? '', action)
  return json(result.ok ? 200 : 409, result)
}

async function advance(call: ControlCall): Promise<Response> {
  const seconds = call.body.seconds
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= MAX_ADVANCE_SECONDS)) {
    return refuse(400, `seconds must be a number from 0 to ${MAX_ADVANCE_SECONDS}`)
  }
  await call.sandbox.advance(Math.round(seconds * 1000))
  return json(200, { now: new Date(call.sandbox.now()).toISOString() })
}

function addFault(call: ControlCall): Response {
  const name = provider(call, call.body.provider)
  const fault = oneOf(FAULTS, call.body.fault)
  const { count = 1, match, delay_ms: delayMs } = call.body
  if (name === undefined) return refuse(400, `provider must be one of ${call.sandbox.providers.join(', ')}`)
  if (fault === undefined) return refuse(400, `fault must be one of ${FAULTS.join(', ')}`)
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MAX_FAULT_COUNT) {
    return refuse(400, `count must be an integer from 1 to ${MAX_FAULT_COUNT}`)
  }
  if (match !== undefined && typeof match !== 'string') return refuse(400, 'match must be a string')
  if (delayMs !== undefined && (typeof delayMs !== 'number' || !(delayMs >= 0))) {
    return refuse(400, 'delay_ms must be a number of milliseconds')
  }
  const plan: FaultPlan = {
    provider: name,
    fault,
    count,
    ...(match === undefined ? {} : { match }),
    ...(delayMs === undefined ? {} : { delayMs }),
  }
  call.sandbox.faults.add(plan)
  return json(201, plan)
}

function clearFaults(call: ControlCall): Response {
  call.sandbox.faults.clear()
  return json(200, { faults: [] })
}

type Read = (name: ProviderName, limit: number, call: ControlCall) => readonly unknown[]
const READS: Readonly<Record<string, Read>> = {
  book: (name, _limit, call) => call.sandbox.book(name, call.query.get('account_id') ?? undefined),
  subscriptions: (name, _limit, call) =>
    call.sandbox.subscriptions(name, call.query.get('account_id') ?? undefined),
  methods: (name, _limit, call) => call.sandbox.savedMethods(name, call.query.get('account_id') ?? undefined),
  charges: (name, _limit, call) =>
    call.sandbox.subscriptionCharges(name, call.query.get('account_id') ?? undefined),
  messages: (name, limit, call) =>
    call.sandbox.messages(name, call.query.get('account_id') ?? undefined).slice(-limit),
  requests: (name, limit, call) => call.sandbox.requests.recent(name, limit),
  deliveries: (name, limit, call) => call.sandbox.deliveries(name, limit),
}

function read(call: ControlCall): Response {
  const list = READS[call.path[0] ?? '']
  const name = provider(call, call.path[1])
  if (list === undefined || name === undefined) return refuse(404, 'no such route or provider')
  const asked = Number(call.query.get('limit') ?? DEFAULT_LISTED)
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 500) : DEFAULT_LISTED
  return json(200, { data: exact(list(name, limit, call)) })
}

type Route = (call: ControlCall) => Response | Promise<Response>
const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['GET', /^\/$/, index],
  ['POST', /^\/accounts$/, createAccount],
  ['POST', /^\/simulations\/[^/]+\/[^/]+\/[^/]+$/, simulate],
  ['POST', /^\/simulations\/[^/]+\/subscriptions\/[^/]+\/[^/]+$/, simulateSubscription],
  ['POST', /^\/simulations\/[^/]+\/methods\/[^/]+\/[^/]+$/, simulateMethod],
  ['POST', /^\/clock\/advance$/, advance],
  ['GET', /^\/faults$/, ({ sandbox }) => json(200, { faults: sandbox.faults.list() })],
  ['POST', /^\/faults$/, addFault],
  ['DELETE', /^\/faults$/, clearFaults],
  ['GET', /^\/(book|subscriptions|charges|methods|messages|requests|deliveries)\/[^/]+$/, read],
]

/** The index and the control routes of the sandbox's own port. */
export function createControl(sandbox: Sandbox): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const route = ROUTES.find(([verb, path]) => verb === method && path.test(url.pathname))
    if (route === undefined) return refuse(404, 'no such route')
    // A web page cannot send JSON across origins unasked, so it cannot drive the sandbox behind its user.
    if (method === 'POST' && !(request.headers.get('content-type') ?? '').startsWith('application/json')) {
      return refuse(415, 'send application/json')
    }
    const body = await readJson(request, 65_536)
    if (!body.ok) return refuse(body.reason === 'too_large' ? 413 : 400, `body ${body.reason}`)
    if (body.value !== undefined && !isRecord(body.value)) return refuse(400, 'the body must be an object')
    const path = url.pathname.slice(1).split('/').map(safeDecode)
    return route[2]({ sandbox, request, path, query: url.searchParams, body: body.value ?? {} })
  }
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
