import type { Outcome } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import { capabilitiesOf } from '../capability.ts'
import type { SavedMethodSnapshot, SavedMethods, SavedToken } from '../saved-methods.ts'
import type { PaymentSnapshot } from '../spec.ts'
import { publishProofs } from './proofs.ts'
import { AMOUNT, handleOf, onlyEntry, pay, paymentRequest, REFUSED } from './steps.ts'
import { type Expectations, type MakeWorld, openWorld, value, type World } from './world.ts'

/**
 * What every adapter that keeps payment methods promises: by consent alone, charged without the payer exactly as often as
 * asked, and forgotten for good.
 */
export function savedMethodConformance(name: string, expectations: Expectations, makeWorld: MakeWorld): void {
  const open = () => openWorld(makeWorld, expectations)
  describe(`${name} keeps payment methods as the contract says`, () => {
    publishProofs(name, 'saved payment methods')
    describe('keeping', () => keeping(open))
    describe('charging', () => charging(open))
    describe('forgetting', () => forgetting(open))
  })
}

function verbsOf(world: World): SavedMethods<object> {
  return world.provider.savedMethods ?? expect.fail('the adapter keeps no payment methods')
}

/** What a payer who agreed to it has left at the provider. */
async function kept(world: World, customerRef: string | null = null): Promise<SavedMethodSnapshot> {
  const paid = await pay(world, { save: { customerRef }, customer: { email: 'asha@example.com' } })
  const found = value(await verbsOf(world).find(world.ctx(), paid.handle))
  return found ?? expect.fail('nothing was kept')
}

interface Charge {
  readonly reference: string
  readonly minor?: bigint
  readonly send?: 'first' | 'later'
  readonly capture?: 'automatic' | 'manual'
}

function charge(world: World, saved: SavedToken, options: Charge): Promise<Outcome<PaymentSnapshot>> {
  const { reference, minor = 12_345n, send = 'first', capture = 'automatic' } = options
  const request = paymentRequest(world, { reference, amount: world.money(minor), capture, saved })
  return world.payments.create(world.ctx(send), request, reference)
}

function keeping(open: () => World): void {
  test('what pays is kept where the payer agreed, and told apart by no more than is shown', async () => {
    const world = open()
    const found = await kept(world)
    expect(found.methodRef).toMatch(/^[A-Za-z0-9_-]{4,}$/)
    expect(Object.keys(found).sort()).toEqual([
      'brand',
      'customerRef',
      'expMonth',
      'expYear',
      'kind',
      'last4',
      'methodRef',
    ])
    expect(JSON.stringify(found)).not.toMatch(/[0-9]{12,}/)
    if (found.kind === 'card') expect(found).toMatchObject({ last4: expect.stringMatching(/^[0-9]{4}$/) })
  })

  test('where nobody agreed, nothing is kept', async () => {
    const world = open()
    const paid = await pay(world)
    expect(value(await verbsOf(world).find(world.ctx(), paid.handle))).toBeNull()
  })

  test('a payer the provider knows keeps their name there', async () => {
    const world = open()
    const first = await kept(world)
    const second = await kept(world, first.customerRef)
    expect(second.customerRef).toBe(first.customerRef)
  })

  test('what an adapter can do is what it has', () => {
    const world = open()
    expect(capabilitiesOf(world.provider).saved_methods).toBe(true)
    expect(verbsOf(world).accepts(paymentRequest(world))).toBeNull()
    const odd = paymentRequest(world, { method: 'carrier_pigeon' })
    expect(verbsOf(world).accepts(odd)).toMatchObject({ code: 'unsupported_method' })
  })
}

function charging(open: () => World): void {
  test('a kept method pays at once, exactly, under our reference', async () => {
    const world = open()
    const token = await kept(world)
    const reference = world.id()
    const snapshot = value(await charge(world, token, { reference }))
    expect(snapshot).toMatchObject({
      status: 'succeeded',
      amount: world.money(12_345n),
      captured: 12_345n,
      reference,
    })
    expect(onlyEntry(world, reference)).toMatchObject({ captured: 12_345n })
    const request = paymentRequest(world, { reference, amount: world.money(12_345n) })
    const seen = value(await world.payments.fetch(world.ctx(), handleOf(request, snapshot)))
    expect(seen).toMatchObject({ status: 'succeeded', captured: 12_345n, orderRef: snapshot.orderRef })
  })

  test('it can be charged again and again, each time once', async () => {
    const world = open()
    const token = await kept(world)
    for (const minor of [1_000n, 2_000n, 3_000n]) {
      const reference = world.id()
      value(await charge(world, token, { reference, minor }))
      expect(onlyEntry(world, reference)).toMatchObject({ captured: minor })
    }
  })

  test('with manual capture it only holds', async () => {
    const world = open()
    const token = await kept(world)
    const reference = world.id()
    const held = value(await charge(world, token, { reference, capture: 'manual' }))
    expect(held).toMatchObject({ status: 'authorized', captured: 0n })
  })

  test.each(['lost_answer', 'error_after', 'duplicate'] as const)(
    'a charge that ends in %s and is sent again under its key takes the money once',
    async (fault) => {
      const world = open()
      const token = await kept(world)
      expect(world.payments.replayWindowMs.create).toBeGreaterThan(0)
      const reference = world.id()
      world.fault(fault, 'POST ')
      const first = await charge(world, token, { reference })
      if (first.kind !== 'ok') {
        expect(first.kind).toBe('unknown')
        value(await charge(world, token, { reference, send: 'later' }))
      }
      expect(onlyEntry(world, reference)).toMatchObject({ captured: 12_345n })
    },
  )

  test('a charge is found by our reference where the provider finds anything', async () => {
    const world = open()
    const token = await kept(world)
    const reference = world.id()
    value(await charge(world, token, { reference }))
    const { find, lookupLagMs } = world.payments
    if (find === undefined) return
    await world.settleTime(lookupLagMs + 1_000)
    const request = paymentRequest(world, { reference, amount: world.money(12_345n) })
    const found = value(await find(world.ctx('later'), handleOf(request, null)))
    expect(found).toMatchObject({ status: 'succeeded', captured: 12_345n, reference })
  })
}

function forgetting(open: () => World): void {
  test('what was forgotten takes no more money, and is forgotten twice without harm', async () => {
    const world = open()
    const token = await kept(world)
    value(await verbsOf(world).remove(world.ctx(), token, 'forget_1'))
    expect((await verbsOf(world).remove(world.ctx('later'), token, 'forget_2')).kind).toBe('ok')
    const reference = world.id()
    expect(REFUSED).toContain((await charge(world, token, { reference, minor: AMOUNT })).kind)
    expect(world.booked(reference).filter(({ captured }) => captured > 0n)).toEqual([])
  })

  test('another merchant’s method is nobody’s', async () => {
    const world = open()
    const token = { methodRef: 'pm0unknown0000000000000000', customerRef: 'cus_unknown' }
    expect(REFUSED).toContain((await charge(world, token, { reference: world.id() })).kind)
  })
}
