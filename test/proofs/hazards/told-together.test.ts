/** A provider tells of one payment several times within a second. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliver, stripeEvent } from '../../harness/provider-side.ts'
import { openShop, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(42)
})
afterAll(() => shop.close())

test('H16: webhooks about one payment are applied by one look at the provider, made after all of them had come', async () => {
  const [made, other] = [await shop.create('stripe'), await shop.create('stripe')]
  shop.pay(made)
  shop.pay(other)
  const intentOf = async (one: typeof made) => {
    const { reference } = await shop.payment(one)
    return { id: `pi_of_${one.id}`, metadata: { onerouter_ref: reference } }
  }
  const told = [
    await deliver(shop, 'stripe', stripeEvent('payment_intent.created', await intentOf(made))),
    await deliver(shop, 'stripe', stripeEvent('payment_intent.succeeded', await intentOf(made))),
    await deliver(shop, 'stripe', stripeEvent('payment_intent.succeeded', await intentOf(other))),
  ]
  const before = shop.world.exchanges.length
  await shop.workWith(shop.world.engine)
  const paths = shop.world.exchanges.slice(before).map(({ path }) => path)
  const looksAt = ({ order }: typeof made) => paths.filter((path) => path.includes(order)).length
  expect(looksAt(other)).toBeGreaterThan(0)
  expect(looksAt(made)).toBe(looksAt(other))
  for (const became of told) expect(await became()).toMatchObject({ state: 'applied', due_at: null })
  for (const one of [made, other]) expect((await shop.payment(one)).status).toBe('succeeded')
})
