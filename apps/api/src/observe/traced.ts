import { formatId, type Uuid } from '@onerouter/core'
import type { Http } from '@onerouter/providers'
import type { CallMeta, Credential } from '../engine/ports.ts'
import type { MoneyStore } from '../store/money-store.ts'
import type { Sender } from '../webhooks-out/send.ts'
import type { Spans } from './spans.ts'

/** Calls to a provider as spans. Providers are told nothing of the trace. */
export function tracedHttp(spans: Spans, credential: Credential, call: CallMeta, http: Http): Http {
  return (request) =>
    spans.within(
      {
        name: `${credential.service} ${call.verb}`,
        kind: 'client',
        facts: {
          'http.request.method': request.method,
          'server.address': hostOf(request.path.startsWith('/') ? credential.baseUrl : request.path),
          'onerouter.provider': credential.service,
          'onerouter.operation': call.verb,
          'onerouter.environment': credential.environment,
          ...(call.paymentId !== null && { 'onerouter.payment_id': formatId('payment', call.paymentId) }),
        },
      },
      async (span) => {
        const result = await http(request)
        if (result.ok) span.tell({ 'http.response.status_code': result.response.status })
        else span.tell({ 'onerouter.sent': result.sent })
        const type = result.ok ? String(result.response.status) : result.reason
        if (!result.ok || result.response.status >= 500) span.fail(type)
        return result
      },
    )
}

/** Tries to deliver webhooks as spans, which their receivers can continue. */
export function tracedSender(spans: Spans, sender: Sender): Sender {
  return {
    ...sender,
    send: (request) =>
      spans.within(
        {
          name: 'deliver webhook',
          kind: 'client',
          facts: {
            'http.request.method': 'POST',
            'server.address': hostOf(request.url),
            // The worker names connections by their endpoints' ids.
            'onerouter.endpoint_id': formatId('endpoint', request.endpointId as Uuid),
          },
        },
        async (span) => {
          const headers = { ...request.headers, traceparent: span.traceparent }
          const outcome = await sender.send({ ...request, headers })
          if (outcome.status !== null) span.tell({ 'http.response.status_code': outcome.status })
          if (outcome.error !== null) span.fail(outcome.error)
          return outcome
        },
      ),
  }
}

/** The store's statements as parts of what asked for them. */
export function tracedStore(spans: Spans, store: MoneyStore): MoneyStore {
  const methods = Object.entries(store).map(([name, method]) => {
    const work = {
      name: `store ${name}`,
      kind: 'client' as const,
      facts: { 'db.system.name': 'postgresql', 'db.operation.name': name },
    }
    // Every member of the store is such a function.
    const run = method as (...args: readonly unknown[]) => Promise<unknown>
    return [name, (...args: readonly unknown[]) => spans.part(work, () => run(...args))] as const
  })
  return Object.fromEntries(methods) as unknown as MoneyStore // the same names, with the same functions inside
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : 'unknown')
