/** What a provider tells us on its own account: lost, late, doubled, forged, and sent again until it is taken. */
import type { Credential } from '../../apps/api/src/engine/ports.ts'
import { receiveWebhook } from '../../apps/api/src/engine/receive-webhook.ts'
import { call } from './client.ts'
import type { BookEvent } from './providers/book.ts'
import { eventBody } from './providers/model.ts'
import { happens } from './swarm.ts'
import type { World } from './world.ts'

const HOUR = 3_600_000
const REDELIVER_MS = [10_000, 60_000, 600_000, HOUR, 6 * HOUR, 24 * HOUR, 48 * HOUR]

export const tokenOf = ({ accountId, environment, service }: Omit<Credential, 'credentials'>): string =>
  `${accountId}-${environment}-${service}`

export function deliverWebhook(world: World, credential: Credential, event: BookEvent): void {
  const { choices, loop } = world
  const delivery = { credential, event, body: eventBody(event), acknowledged: false }
  const delay = happens(world, 'webhookDelayed') ? choices.range(1_000, HOUR / 2) : choices.range(1, 2_000)
  // A webhook that is lost altogether: the endpoint was down longer than the provider tries.
  if (!happens(world, 'webhookLost')) loop.at(delay, () => hand(world, delivery, 0))
  if (happens(world, 'webhookDoubled')) loop.at(choices.range(1, 60_000), () => post(world, delivery, 'good'))
  if (happens(world, 'webhookForeign')) {
    const order = { ...event.order, id: `foreign_${event.order.id}`, reference: 'of somebody else' }
    const body = eventBody({ id: `foreign_${event.id}`, order, refund: null })
    loop.at(choices.range(1, 60_000), () => post(world, { ...delivery, body }, 'good'))
  }
  if (happens(world, 'webhookForged')) loop.at(choices.range(1, 60_000), () => post(world, delivery, 'bad'))
}

interface Delivery {
  readonly credential: Credential
  readonly event: BookEvent
  readonly body: Buffer
  acknowledged: boolean
}

/** One attempt, and the next one should it not be taken. */
function hand(world: World, delivery: Delivery, attempt: number): void {
  const again = REDELIVER_MS[attempt]
  if (again !== undefined) {
    world.loop.at(again, () => {
      if (!delivery.acknowledged) hand(world, delivery, attempt + 1)
    })
  }
  if (!happens(world, 'webhookLost')) post(world, delivery, 'good')
}

function post(world: World, delivery: Delivery, signature: 'good' | 'bad'): void {
  const inc = world.slots.router()
  if (inc === null) return
  const { service } = delivery.credential
  const { event, body } = delivery
  const token = tokenOf(delivery.credential)
  if (signature === 'good' && isEarly(world, event)) world.mark('webhook_early')
  world.trace?.(service, inc.name, `webhook about ${event.refund?.id ?? event.order.id}`)
  const raw = { headers: { signature }, body, receivedAtMs: inc.engine.now() }
  call(world, inc, (engine) => receiveWebhook(engine, service, token, raw)).then(
    (received) => {
      if (received === null) return
      if (signature === 'bad') world.report('a forged webhook was believed', token)
      if (received === 'repeated') world.mark('webhook_repeated')
      delivery.acknowledged = true
    },
    () => {
      if (signature === 'bad') world.mark('webhook_refused')
    },
  )
}

/** It names a refund whose own answer has not come yet. */
function isEarly({ memory }: World, { refund }: BookEvent): boolean {
  if (refund === null || refund.reference === null) return false
  for (const row of memory.tables.refund.values()) if (row.provider_refund_id === refund.id) return false
  return true
}
