/** What merchants and payers do all the while: each story is one payment from its creation to its refunds. */
import { setTimeout as sleep } from 'node:timers/promises'
import { MAGIC_REFUND } from '../../packages/sandbox/src/razorpay/magic.ts'
import type { Answer, Client } from './client.ts'
import type { ChaosOptions } from './options.ts'
import type { Random } from './random.ts'
import type { SandboxControl } from './sandbox-control.ts'

export interface Storyteller {
  readonly client: Client
  readonly control: SandboxControl
  readonly random: Random
  /** Unique to the client; keys and receipts begin with it. */
  readonly name: string
  readonly providers: ChaosOptions['providers']
}

interface Payment {
  readonly id: string
  readonly status: string
  readonly provider: string
  readonly provider_order_id: string | null
  readonly amount_captured_minor: number
}

const CURRENCIES = {
  stripe: ['USD', 'EUR'],
  paypal: ['USD', 'EUR'],
  razorpay: ['INR'],
  any: ['USD'],
} as const

/** One story after the other while `goesOn`; answers what went wrong in words. */
export async function tellStories(teller: Storyteller, goesOn: () => boolean): Promise<string[]> {
  const complaints: string[] = []
  for (let n = 1; goesOn(); n += 1) {
    try {
      await tell(teller, `${teller.name}-${n}`)
    } catch (error) {
      complaints.push(error instanceof Error ? error.message : String(error))
    }
  }
  return complaints
}

async function tell(teller: Storyteller, name: string): Promise<void> {
  const { client, random } = teller
  // One in four leaves the choice to the router.
  const provider = random.chance(0.25) ? undefined : random.pick(teller.providers)
  const created = await client.ask('create', '/v1/payments', `${name}-create`, {
    amount_minor: withoutMagic(500 + random.int(500_000)),
    currency: random.pick(CURRENCIES[provider ?? 'any']),
    receipt: name,
    ...(provider === undefined ? {} : { provider }),
    ...(random.chance(0.3) ? { capture: 'manual' } : {}),
  })
  const payment = paymentIn(created)
  if (created.status !== 201 || payment === null) return
  const wish = random.int(100)
  if (wish < 10) return
  if (wish < 18) return void (await cancel(teller, payment, name))
  if (wish < 26) return await payAndCancelAtOnce(teller, payment, name)
  if (wish > 92 && payment.provider === 'razorpay') await payTwice(teller, payment)
  else await pay(teller, payment, wish < 34 ? 'fail' : 'succeed')
  const paid = await afterPaying(teller, payment)
  if (paid?.status === 'authorized') {
    if (random.chance(0.25)) return void (await cancel(teller, payment, name))
    await client.ask('capture', `/v1/payments/${payment.id}/capture`, `${name}-capture`, {})
  }
  const captured = await read(teller, payment)
  if (captured?.status === 'succeeded' && random.chance(0.65)) await refund(teller, captured, name)
}

/**
 * Razorpay's emulator keeps refunds of these amounts pending for an hour, which is longer than anybody waits for a run's
 * end; the simulator has hours.
 */
function withoutMagic(minor: number): number {
  const isMagic = Object.values(MAGIC_REFUND).some((ending) => minor % 10_000 === ending)
  return isMagic ? minor - 1 : minor
}

/** Half of the payers are driven through our API, half pay at the provider without our knowing. */
async function pay(teller: Storyteller, payment: Payment, action: 'succeed' | 'fail'): Promise<void> {
  const { client, control, random } = teller
  if (random.chance(0.5) || payment.provider_order_id === null) {
    await client.call('POST', `/v1/simulations/payments/${payment.id}/${action}`, {})
    return
  }
  // A stalled provider keeps its payers waiting, too; whether it worked shows in the books.
  await control.simulate(payment.provider, payment.provider_order_id, action).catch(() => false)
}

/** A first try seems to fail, the next one pays, and the bank of the first confirms it after all. */
async function payTwice({ control }: Storyteller, { provider, provider_order_id }: Payment): Promise<void> {
  for (const act of ['fail', 'succeed', 'late_succeed']) {
    await control.simulate(provider, provider_order_id ?? '', act).catch(() => false)
  }
}

const LOOKS = 12
const LOOK_EVERY_MS = 250

/** The webhook is given a moment; then the merchant asks. */
async function afterPaying(teller: Storyteller, payment: Payment): Promise<Payment | null> {
  for (let look = 0; look < LOOKS; look += 1) {
    const now = await read(teller, payment)
    if (now !== null && now.status !== 'requires_action' && now.status !== 'processing') return now
    await sleep(LOOK_EVERY_MS)
  }
  if (teller.random.chance(0.7)) await teller.client.call('POST', `/v1/payments/${payment.id}/sync`, {})
  return await read(teller, payment)
}

const cancel = ({ client }: Storyteller, payment: Payment, name: string): Promise<Answer> =>
  client.ask('cancel', `/v1/payments/${payment.id}/cancel`, `${name}-cancel`, {})

async function payAndCancelAtOnce(teller: Storyteller, payment: Payment, name: string): Promise<void> {
  await Promise.all([pay(teller, payment, 'succeed'), cancel(teller, payment, name)])
}

/** All of it, a part, or more than there is in several parts at once: only what fits may go back. */
async function refund({ client, random }: Storyteller, payment: Payment, name: string): Promise<void> {
  const total = payment.amount_captured_minor
  const ask = (n: number, body: Readonly<Record<string, unknown>>) =>
    client.ask('refund', '/v1/refunds', `${name}-refund-${n}`, { payment_id: payment.id, ...body })
  const kind = random.pick(['all', 'part', 'many', 'race'])
  if (kind === 'all') await ask(1, {})
  if (kind === 'part') await ask(1, { amount_minor: withoutMagic(1 + random.int(total)) })
  if (kind === 'many') {
    for (let n = 1; n <= 3; n += 1) {
      await ask(n, { amount_minor: withoutMagic(1 + random.int(Math.ceil(total / 2))) })
    }
  }
  if (kind === 'race') {
    const amount_minor = withoutMagic(Math.ceil(total * 0.4))
    await Promise.all([1, 2, 3, 4].map((n) => ask(n, { amount_minor })))
  }
}

async function read({ client }: Storyteller, payment: Payment): Promise<Payment | null> {
  const answer = await client.call('GET', `/v1/payments/${payment.id}`)
  return answer === null || answer.status !== 200 ? null : paymentIn(answer)
}

/** Our own API's answer; its shape is held by the contract's tests. */
function paymentIn(answer: Answer): Payment | null {
  return answer.status < 300 ? (JSON.parse(answer.text) as Payment) : null
}
