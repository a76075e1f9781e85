import type { Environment, Uuid } from '@onerouter/core'
import { formatId } from '@onerouter/core'
import type { ClaimedDelivery, DeliveryResult } from '../store/deliveries.ts'
import type { AddressPolicy } from './address-guard.ts'
import { judge, type Outcome } from './judge.ts'
import type { Sender } from './send.ts'
import { type SigningKey, signedHeaders } from './sign.ts'

/** What a try needs of the world. */
export interface Attempting {
  readonly sender: Sender
  readonly policy: (environment: Environment) => AddressPolicy
  readonly keyring: (
    owner: { readonly account_id: Uuid; readonly environment: Environment; readonly endpoint_id: Uuid },
    secret: { readonly id: Uuid; readonly sealed: string },
  ) => SigningKey
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
}

/** Sends one claimed delivery once. @throws UnsealError when its secrets cannot be opened; nothing has left then. */
export async function attempt(world: Attempting, delivery: ClaimedDelivery): Promise<DeliveryResult> {
  const keys = delivery.secrets.map((secret) => world.keyring(delivery, secret))
  const startedMs = world.now()
  const outcome = await world.sender.send({
    endpointId: delivery.endpoint_id,
    url: delivery.url,
    connections: delivery.max_in_flight,
    policy: world.policy(delivery.environment),
    body: delivery.payload,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'OneRouter-Webhooks/1',
      'accept-encoding': 'identity',
      'onerouter-delivery-attempt': String(delivery.attempt),
      'onerouter-delivery-trigger': delivery.trigger,
      ...signedHeaders(
        {
          id: formatId('event', delivery.event_id),
          timestampS: Math.floor(startedMs / 1000),
          body: delivery.payload,
        },
        keys,
        delivery.sign_v1a,
      ),
    },
  })
  return resultOf(world, delivery, outcome, startedMs)
}

function resultOf(
  world: Attempting,
  delivery: ClaimedDelivery,
  outcome: Outcome,
  startedMs: number,
): DeliveryResult {
  const verdict = judge(delivery, outcome, world.random)
  return {
    ...untried(delivery, verdict),
    tried: true,
    ok: outcome.error === null,
    counts: delivery.trigger !== 'test',
    gone: outcome.error === 'gone',
    status: outcome.status,
    error: outcome.error,
    detail: outcome.detail,
    response_body: outcome.body,
    address: outcome.address,
    started_at: new Date(startedMs),
    duration_ms: Math.max(0, Math.round(world.now() - startedMs)),
  }
}

/** A claim that ends without a request having left. */
export function untried(
  delivery: ClaimedDelivery,
  verdict: Pick<DeliveryResult, 'state' | 'step'> & { readonly dueMs: number | null },
): DeliveryResult {
  return {
    account_id: delivery.account_id,
    environment: delivery.environment,
    id: delivery.id,
    endpoint_id: delivery.endpoint_id,
    event_id: delivery.event_id,
    n: delivery.attempt,
    state: verdict.state,
    step: verdict.step,
    due_ms: verdict.dueMs,
    trigger: delivery.trigger,
    tried: false,
    ok: false,
    counts: false,
    gone: false,
    slow: false,
    status: null,
    error: null,
    detail: null,
    response_body: null,
    address: null,
    started_at: new Date(0),
    duration_ms: 0,
  }
}
