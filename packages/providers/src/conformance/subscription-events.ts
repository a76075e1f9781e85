import { expect, test } from 'vitest'
import type { ProviderEvent } from '../spec.ts'
import { happens, running, type Subscribed } from './subscription-steps.ts'
import type { World } from './world.ts'

/** Deliveries about subscriptions: verified, and naming ids by which the subscription is read again. */
export function billingEvents(open: () => World): void {
  test('every delivery of a subscription’s life is verified and parsed', async () => {
    const { world } = await lived(open())
    expect(world.received.length).toBeGreaterThan(3)
    for (const webhook of world.received) {
      expect(await world.webhooks.verify(world.ctx(), webhook)).toMatchObject({ ok: true })
      expect(world.webhooks.parse(webhook.body)).not.toBeNull()
    }
  })

  test('approval, renewal, failure and end each name the subscription', async () => {
    const { stages, made } = await lived(open())
    for (const [stage, events] of stages) {
      const named = events.filter((event) => isAbout(event, made))
      expect([stage, named.length > 0]).toEqual([stage, true])
    }
  })

  test('no event is about another subscription, and none of a test claims to be live', async () => {
    const { stages, made } = await lived(open())
    const all = stages.flatMap(([, events]) => events)
    const billing = all.filter(({ about }) => about.kind === 'subscription')
    expect(billing.length).toBeGreaterThan(0)
    expect(billing.filter((event) => !isAbout(event, made))).toEqual([])
    expect(all.some(({ livemode }) => livemode === true)).toBe(false)
  })

  test('two deliveries never share a key', async () => {
    const { world } = await lived(open())
    const verdicts = await Promise.all(
      world.received.map((webhook) => world.webhooks.verify(world.ctx(), webhook)),
    )
    const keys = verdicts.flatMap((verdict) => (verdict.ok ? [...verdict.dedupeKeys] : []))
    expect(new Set(keys).size).toBe(keys.length)
  })
}

function isAbout({ about }: ProviderEvent, { request, handle }: Subscribed): boolean {
  if (about.kind !== 'subscription') return false
  return (
    about.reference === request.reference ||
    (about.orderRef !== null && about.orderRef === handle.orderRef) ||
    (about.subscriptionRef !== null && about.subscriptionRef === handle.subscriptionRef)
  )
}

type Stage = readonly [string, readonly ProviderEvent[]]

/** A subscription that was approved, renewed, failed and canceled, and what was delivered at each stage. */
async function lived(world: World): Promise<{
  readonly world: World
  readonly made: Subscribed
  readonly stages: readonly Stage[]
}> {
  await world.subscribe()
  const stages: Stage[] = []
  let seen = 0
  const close = async (name: string) => {
    await world.settleTime(60_000)
    const events = world.received.slice(seen).flatMap(({ body }) => world.webhooks.parse(body) ?? [])
    seen = world.received.length
    stages.push([name, events])
  }
  let made = await running(world)
  await close('approve')
  for (const action of ['renew', 'fail_renewal', 'cancel'] as const) {
    made = await happens(world, made, action)
    await close(action)
  }
  return { world, made, stages }
}
