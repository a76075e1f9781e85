import { expect, test } from 'vitest'
import {
  ask,
  change,
  handleOf,
  happens,
  makePlan,
  PRICE,
  refresh,
  resolveCreate,
  running,
  subscribe,
  subscriptionRequest,
  taken,
} from './subscription-steps.ts'
import { type FaultName, value, type World } from './world.ts'

/** Failures in which the provider's side of the story is not told. */
const UNCERTAIN: readonly { readonly fault: FaultName; readonly what: string }[] = [
  { fault: 'stall', what: 'a timeout before the effect' },
  { fault: 'lost_answer', what: 'a timeout after the effect' },
  { fault: 'error_before', what: 'a 5xx before the effect' },
  { fault: 'error_after', what: 'a 5xx after the effect' },
  { fault: 'html', what: 'an HTML page for an answer' },
  { fault: 'truncated', what: 'half an answer' },
]

export function billingFaults(open: () => World): void {
  test.each(UNCERTAIN)(
    'create: $what is unknown, and resolving it leaves one to approve',
    async ({ fault }) => {
      const world = open()
      const request = await subscriptionRequest(world)
      world.fault(fault, 'POST', 1)
      expect((await world.subscriptions.create(world.ctx(), request, request.reference)).kind).toBe('unknown')
      world.sandbox.faults.clear()
      const resolved = await resolveCreate(world, request)
      expect(resolved).toMatchObject({ status: 'pending_approval', reference: request.reference })
      const approved = await happens(
        world,
        { request, snapshot: resolved, handle: handleOf(request, resolved) },
        'approve',
      )
      expect(await taken(world, approved)).toEqual([PRICE])
      const live = world
        .subscriptionsBooked(request.reference)
        .filter(({ status }) => status === 'active' || status === 'ACTIVE')
      expect(live).toHaveLength(1)
    },
  )

  test.each(UNCERTAIN)('cancel: $what is unknown, and asking again ends it once', async ({ fault }) => {
    const world = open()
    const made = await running(world)
    world.fault(fault, writes(world), 1)
    expect((await ask(world, made, 'cancel')).kind).toBe('unknown')
    world.sandbox.faults.clear()
    expect(value(await ask(world, made, 'cancel', 'later')).status).toBe('canceled')
    expect(await taken(world, made)).toEqual([PRICE])
  })

  test.each(UNCERTAIN)('pause: $what is unknown, and asking again pauses it', async ({ fault }) => {
    const world = open()
    const made = await running(world)
    world.fault(fault, 'POST', 1)
    expect((await ask(world, made, 'pause')).kind).toBe('unknown')
    world.sandbox.faults.clear()
    expect(value(await ask(world, made, 'pause', 'later')).status).toBe('paused')
  })

  test.each(UNCERTAIN)('change of plan: $what never charges twice', async ({ fault }) => {
    const world = open()
    const made = await running(world)
    const plan = await makePlan(world, { amount: world.money(99_901n) })
    world.fault(fault, world.provider.name === 'razorpay' ? 'PATCH' : 'POST', 1)
    expect((await change(world, made, plan)).kind).toBe('unknown')
    world.sandbox.faults.clear()
    const settled = value(await change(world, made, plan, { send: 'later' }))
    expect([settled.planRef, settled.pendingPlanRef]).toContain(plan.planRef)
    expect(await taken(world, made)).toEqual([PRICE])
  })

  test('a create doubled by the network leaves strays that nobody was sent to', async () => {
    const world = open()
    const request = await subscriptionRequest(world)
    world.fault('duplicate', 'POST', 1)
    const made = value(await world.subscriptions.create(world.ctx(), request, request.reference))
    const entries = world.subscriptionsBooked(request.reference)
    expect(entries.every(({ subscriptionRef }) => world.chargesBooked(subscriptionRef).length === 0)).toBe(
      true,
    )
    expect(made.reference).toBe(request.reference)
  })

  test('a refused connection proves that nothing was sent, on the first send only', async () => {
    const world = open()
    const request = await subscriptionRequest(world)
    world.refuseConnections()
    const first = await world.subscriptions.create(world.ctx('first'), request, request.reference)
    const later = await world.subscriptions.create(world.ctx('later'), request, request.reference)
    world.restoreConnections()
    expect([first.kind, later.kind]).toEqual(['not_sent', 'unknown'])
    expect(world.subscriptionsBooked(request.reference)).toEqual([])
  })

  test.each(['pause', 'cancel'] as const)(
    '%s: a read that fails first proves that nothing was asked',
    async (verb) => {
      const world = open()
      const made = await running(world)
      world.fault('error_before', 'GET', 1)
      expect((await ask(world, made, verb)).kind).toBe('not_sent')
      world.sandbox.faults.clear()
      world.fault('error_before', 'GET', 1)
      expect((await ask(world, made, verb, 'later')).kind).toBe('unknown')
      expect((await refresh(world, made)).snapshot.status).toBe('active')
    },
  )

  test('an unreadable answer to a read is unknown and changes nothing', async () => {
    const world = open()
    const { handle } = await running(world)
    const window = { fromMs: 0, toMs: world.sandbox.now() + 1000, cursor: null }
    for (const fault of ['html', 'truncated', 'error_before', 'lost_answer'] as const) {
      world.fault(fault, 'GET', 1)
      expect((await world.subscriptions.fetch(world.ctx(), handle)).kind).toBe('unknown')
      world.sandbox.faults.clear()
      world.fault(fault, 'GET', 1)
      expect((await world.subscriptions.listCharges(world.ctx(), handle, window)).kind).toBe('unknown')
      world.sandbox.faults.clear()
    }
  })

  test('being told to slow down is not a failure of the subscription', async () => {
    const world = open()
    const request = await subscriptionRequest(world)
    world.fault('rate_limited', 'POST', 1)
    expect((await world.subscriptions.create(world.ctx(), request, request.reference)).kind).toBe('not_sent')
    world.sandbox.faults.clear()
    world.fault('rate_limited', 'POST', 1)
    expect((await world.subscriptions.create(world.ctx('later'), request, request.reference)).kind).toBe(
      'unknown',
    )
  })

  test('a subscription nobody knows is not found, and none of another is shown instead', async () => {
    const world = open()
    const made = await subscribe(world)
    const { find } = world.subscriptions
    if (find !== undefined) {
      const none = handleOf({ reference: world.id() }, null)
      expect(value(await find(world.ctx(), none))).toBeNull()
      expect(value(await find(world.ctx(), handleOf(made.request, null)))?.reference).toBe(
        made.request.reference,
      )
      return
    }
    const gone = { ...handleOf(made.request, null), subscriptionRef: 'I-0000000000ZZ' }
    expect(await world.subscriptions.fetch(world.ctx(), gone)).toMatchObject({
      kind: 'rejected',
      reason: 'not_found',
    })
  })
}

/** Stripe cancels by DELETE. */
const writes = (world: World): string => (world.provider.name === 'stripe' ? 'DELETE' : 'POST')
