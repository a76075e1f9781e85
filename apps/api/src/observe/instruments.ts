import type { Exchange } from '@onerouter/providers'
import type { MoneyStore } from '../store/money-store.ts'
import { createRegistry, type Registry } from './registry.ts'

/** What one process counts about itself. Never a label of one account: those are the analytics' business. */
export interface Instruments {
  readonly registry: Registry
  answered(request: Answered): void
  exchanged(call: { readonly service: string; readonly verb: string }, exchange: Exchange): void
  delivered(tried: { readonly result: string; readonly ms: number }): void
}

export interface Answered {
  readonly method: string
  /** The pattern, never the address. */
  readonly route: string
  readonly status: number
  readonly ms: number
  readonly ownMs: number
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

/** HTTP names follow OpenTelemetry's semantic conventions, in the spelling of its Prometheus exporter. */
export function createInstruments(): Instruments {
  const registry = createRegistry()
  const requests = registry.histogram(
    'http_server_request_duration_seconds',
    'Duration of HTTP requests by method, route and status',
    SECONDS,
  )
  const overhead = registry.histogram(
    'onerouter_overhead_seconds',
    'The router’s own time per request, without waiting for providers',
    SHORT_SECONDS,
  )
  const provider = registry.histogram(
    'onerouter_provider_request_duration_seconds',
    'Duration of calls to providers by what came of them',
    SECONDS,
  )
  const deliveries = registry.histogram(
    'onerouter_delivery_duration_seconds',
    'Duration of tries to deliver a webhook by what came of them',
    SECONDS,
  )
  return {
    registry,
    answered({ method, route, status, ms, ownMs }) {
      const labels = { http_request_method: method, http_route: route }
      requests.record({ ...labels, http_response_status_code: String(status) }, ms / 1000)
      overhead.record(labels, ownMs / 1000)
    },
    exchanged({ service, verb }, exchange) {
      const status = exchange.response?.status
      const outcome =
        status === undefined ? (exchange.failure?.reason ?? 'none') : `${Math.floor(status / 100)}xx`
      provider.record({ provider: service, verb, outcome }, exchange.durationMs / 1000)
    },
    delivered: ({ result, ms }) => deliveries.record({ result }, ms / 1000),
  }
}

/** The same store, which counts what payments and the calls for them came to. */
export function counting(store: MoneyStore, registry: Registry): MoneyStore {
  const transitions = registry.counter(
    'onerouter_payment_transitions_total',
    'Transitions of payments by provider, environment and event',
  )
  const outcomes = registry.counter(
    'onerouter_operation_outcomes_total',
    'What calls to move money came to; unknown ones are looked up until evidence is had',
  )
  const count = (where: { provider: string; environment: string }, events: readonly { type: string }[]) => {
    for (const { type } of events) {
      transitions.add({ provider: where.provider, environment: where.environment, event: type })
    }
  }
  return {
    ...store,
    async recordCreate(intent) {
      const written = await store.recordCreate(intent)
      if (written) count(intent.payment, intent.events)
      return written
    },
    async settlePayment(change) {
      const written = await store.settlePayment(change)
      if (!written) return written
      const { provider, environment } = change.payment
      count({ provider, environment }, change.events)
      if (change.operation !== null) outcomes.add({ provider, environment, outcome: change.operation.to })
      return written
    },
    async settleRefund(change) {
      const written = await store.settleRefund(change)
      const { operation, refund } = change
      if (written && operation !== null) {
        outcomes.add({ provider: refund.provider, environment: refund.environment, outcome: operation.to })
      }
      return written
    },
  }
}
