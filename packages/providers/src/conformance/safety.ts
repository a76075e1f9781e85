import { currency, formatMajor } from '@onerouter/core'
import { expect, test } from 'vitest'
import { capabilitiesOf } from '../capability.ts'
import { cancel, capture, create, handleOf, onlyEntry, pay, paymentRequest, refund } from './steps.ts'
import { type Expectations, value, type World } from './world.ts'

/** Exact money, wrong keys and kept secrets. */
export function safety(open: () => World, expectations: Expectations): void {
  test.each(
    expectations.wire.map((row) => ({ ...row, shown: formatMajor(row.minor, currency(row.currency)) })),
  )(
    'on the wire: $currency $shown is $wire, or refused before it is sent',
    async ({ minor, currency: code, wire }) => {
      const world = open()
      const amount = world.money(minor, code)
      const refusal = world.payments.accepts({ amount, capture: 'automatic' })
      if (wire === null) {
        expect(refusal).not.toBeNull()
        return
      }
      expect(refusal).toBeNull()
      const { request, snapshot } = await create(world, { amount })
      expect(snapshot.amount).toEqual(amount)
      const entry = onlyEntry(world, request.reference)
      expect([entry.currency.toUpperCase(), entry.amount]).toEqual([code, wire])
    },
  )

  test('an amount of eight uneven digits keeps every digit', async () => {
    const world = open()
    const amount = world.money(98_765_431n)
    const { handle } = await create(world, { amount })
    expect(value(await world.payments.fetch(world.ctx(), handle)).amount).toEqual(amount)
  })

  test('wrong credentials are told apart from everything else', async () => {
    const world = open()
    const wrong = world.ctx('first', spoiled(world))
    expect(await world.provider.credentials.check(wrong)).toMatchObject({
      kind: 'rejected',
      reason: 'bad_credentials',
    })
    const request = paymentRequest(world)
    const outcome = await world.payments.create(wrong, request, request.reference)
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'bad_credentials' })
    expect(world.booked(request.reference)).toEqual([])
  })

  test('wrong credentials on a later send prove nothing about the first', async () => {
    const world = open()
    const request = paymentRequest(world)
    const outcome = await world.payments.create(
      world.ctx('later', spoiled(world)),
      request,
      request.reference,
    )
    expect(outcome.kind).toBe('unknown')
  })

  test('right credentials are confirmed without moving money', async () => {
    const world = open()
    expect((await world.provider.credentials.check(world.ctx())).kind).toBe('ok')
  })

  test('the shown hint gives no secret away', () => {
    const world = open()
    const hint = world.provider.credentials.hint(world.credentials())
    for (const secret of world.secrets) expect(secret.includes(hint) || hint.includes(secret)).toBe(false)
  })

  test('missing credentials are refused, naming each required field', () => {
    const { provider } = open()
    const parsed = provider.credentials.parse({}, 'test')
    const required = provider.credentials.fields.filter((field) => field.required)
    expect(parsed.ok ? [] : parsed.errors.map(({ pointer }) => pointer)).toEqual(
      required.map(({ name }) => `/${name}`),
    )
  })

  test('hostile text in description and customer passes through unharmed', async () => {
    const world = open()
    const description = `"quoted" & <b>bold</b> café ☕ 日本語 ${'x'.repeat(3000)}`
    const { request, snapshot } = await create(world, {
      description,
      customer: { name: 'Asha “A” Rao', email: 'asha+test@example.com' },
    })
    expect(snapshot).toMatchObject({ status: 'requires_action', amount: request.amount })
    onlyEntry(world, request.reference)
  })

  test('what an adapter can do is what it has', () => {
    const { provider } = open()
    expect(capabilitiesOf(provider)).toMatchObject({
      payments: true,
      refunds: true,
      capture: provider.payments?.capture !== undefined,
      cancel: provider.payments?.cancel !== undefined,
      confirm: provider.payments?.confirm !== undefined,
    })
  })

  secrecy(open)
}

function secrecy(open: () => World): void {
  test('no secret is in any record of a call, nor in any outcome', async () => {
    const world = open()
    const outcomes: unknown[] = []
    const fields = await world.subscribe()
    const paid = await pay(world)
    const held = await pay(world, { capture: 'manual' })
    outcomes.push(paid.snapshot, await capture(world, held, world.money(10_000n)), await cancel(world, paid))
    outcomes.push(await refund(world, paid, 10n ** 9n, { reference: world.id() }))
    outcomes.push(
      await world.payments.fetch(world.ctx(), { ...handleOf(paid.request, null), orderRef: 'nothing' }),
    )
    outcomes.push(await world.provider.credentials.check(world.ctx('first', spoiled(world))))
    const written = JSON.stringify([outcomes, world.exchanges], (_key, item) =>
      typeof item === 'bigint' ? item.toString() : item,
    )
    const secretNames = world.provider.credentials.fields
      .filter(({ secret }) => secret)
      .map(({ name }) => name)
    const registered = secretNames.flatMap((name) => fields[name] ?? [])
    expect(world.exchanges.length).toBeGreaterThan(8)
    for (const secret of [...world.secrets, ...registered]) {
      expect(written.includes(secret)).toBe(false)
      expect(written.includes(btoa(secret))).toBe(false)
    }
    expect(written).not.toMatch(/Bearer [A-Za-z0-9]/)
  })
}

/** Every secret field changed in its last character: still well formed, no longer valid. */
function spoiled(world: World): object {
  const secretNames = new Set(
    world.provider.credentials.fields.filter(({ secret }) => secret).map(({ name }) => name),
  )
  return Object.fromEntries(
    Object.entries(world.credentials()).map(([name, field]) => {
      const text = String(field)
      return [name, secretNames.has(name) ? `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}` : field]
    }),
  )
}
