import { json } from './http.ts'
import {
  type Emulator,
  type Fault,
  type FaultPlan,
  type ProviderName,
  REQUEST_FAULTS,
  type RequestFault,
  WEBHOOK_FAULTS,
  type WebhookFault,
} from './types.ts'

/** `late` answers come this long after the effect unless the plan says otherwise. */
export const LATE_ANSWER_MS = 3_000
/** A stalled connection is cut at last, so that no socket is held for ever. */
const STALL_LIMIT_MS = 120_000

/** The network failed: the caller has no answer. `sent` tells whether the provider had the request. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut'
  readonly sent: boolean
  constructor(sent: boolean) {
    super(
      sent ? 'connection cut after the request was processed' : 'connection cut before the request arrived',
    )
    this.sent = sent
  }
}

type TakenRequestFault = Omit<FaultPlan, 'fault'> & { readonly fault: RequestFault }
type TakenWebhookFault = Omit<FaultPlan, 'fault'> & { readonly fault: WebhookFault }

/** Planned faults; each `take` uses up one shot of the oldest plan that matches. */
export interface Faults {
  add(plan: FaultPlan): void
  clear(): void
  list(): readonly FaultPlan[]
  takeRequest(provider: ProviderName, subject: string): TakenRequestFault | undefined
  takeWebhook(provider: ProviderName, eventType: string): TakenWebhookFault | undefined
}

export function createFaults(): Faults {
  let plans: { plan: FaultPlan; left: number }[] = []
  function take(kinds: readonly Fault[], provider: ProviderName, subject: string): FaultPlan | undefined {
    const hit = plans.find(
      ({ plan }) =>
        plan.provider === provider && kinds.includes(plan.fault) && subject.includes(plan.match ?? ''),
    )
    if (hit === undefined) return undefined
    hit.left -= 1
    if (hit.left <= 0) plans = plans.filter((entry) => entry !== hit)
    return hit.plan
  }
  return {
    add: (plan) => void plans.push({ plan, left: plan.count }),
    clear: () => {
      plans = []
    },
    list: () => plans.map(({ plan, left }) => ({ ...plan, count: left })),
    // The casts restate what `kinds` just ensured: only faults of that family come back.
    takeRequest: (provider, subject) =>
      take(REQUEST_FAULTS, provider, subject) as TakenRequestFault | undefined,
    takeWebhook: (provider, type) => take(WEBHOOK_FAULTS, provider, type) as TakenWebhookFault | undefined,
  }
}

export interface FaultyCall {
  /** Runs the request against the emulator; may be called more than once. */
  run(): Promise<Response>
  emulator: Emulator
  sleep(ms: number, signal: AbortSignal): Promise<void>
  signal: AbortSignal
  delayMs: number | undefined
}

const providerError = (status: number, { emulator }: FaultyCall, headers: Record<string, string> = {}) =>
  json(status, emulator.errorBody?.(status) ?? {}, headers)

const GATEWAY_PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n' +
  '<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n'

async function half(answer: Response): Promise<Response> {
  const text = await answer.text()
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  return new Response(text.slice(0, text.length >> 1), { status: answer.status, headers })
}

const APPLY = {
  lost_request: async () => {
    throw new ConnectionCut(false)
  },
  lost_answer: async (call) => {
    await call.run()
    throw new ConnectionCut(true)
  },
  late: async (call) => {
    const answer = await call.run()
    await call.sleep(call.delayMs ?? LATE_ANSWER_MS, call.signal)
    return answer
  },
  // A retrying proxy: the provider works twice and the caller sees only what the second run answered.
  duplicate: async (call) => {
    await call.run()
    return call.run()
  },
  error_before: async (call) => providerError(500, call),
  error_after: async (call) => {
    await call.run()
    return providerError(500, call)
  },
  // The gateway gave up waiting; the provider behind it did the work.
  html: async (call) => {
    await call.run()
    return new Response(GATEWAY_PAGE, { status: 502, headers: { 'content-type': 'text/html' } })
  },
  truncated: async (call) => half(await call.run()),
  rate_limited: async (call) => providerError(429, call, { 'retry-after': '1' }),
  stall: async (call) => {
    await call.sleep(call.delayMs ?? STALL_LIMIT_MS, call.signal)
    throw new ConnectionCut(true)
  },
} satisfies Record<RequestFault, (call: FaultyCall) => Promise<Response>>

/** Answers one request the way `fault` spoils it. */
export function applyRequestFault(fault: RequestFault, call: FaultyCall): Promise<Response> {
  return APPLY[fault](call)
}
