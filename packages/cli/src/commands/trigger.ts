import type { OneRouter, OneRouterEvent, Payment } from 'onerouter'
import { type Command, CommandError, EXIT, type Invocation, type World } from './command.ts'
import { connect } from './connection.ts'
import { oneOf } from './parse.ts'
import {
  PAYMENT_SERVICES,
  type PaymentService,
  SCENARIOS,
  type Step,
  TRIGGERABLE,
  type TriggerableEvent,
  type Way,
  wayOf,
} from './scenarios.ts'

/** The sandbox's webhooks and our own worker are far quicker. */
const HAPPENS_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 200

const CURRENCIES: Readonly<Record<PaymentService, string>> = { stripe: 'USD', razorpay: 'INR', paypal: 'USD' }

/** `onerouter trigger`: the event happens, at the sandbox, with all that leads to it. */
export const trigger: Command = {
  name: 'trigger',
  summary: 'makes an event happen, on a sandbox payment made for it',
  args: ['EVENT'],
  options: {
    provider: { value: 'NAME', help: `${PAYMENT_SERVICES.join(', ')}; stripe by default` },
    amount: { value: 'AMOUNT', help: 'in major units; 500.00 by default' },
    currency: { value: 'CODE', help: 'INR at razorpay, else USD, by default' },
  },
  details: [
    'Nothing is faked: a payment is created through the API, its payer is driven at the sandbox, and the command ends when the event exists. What comes before it on the way is told too.',
    `EVENT is one of\n\n${TRIGGERABLE.map((name) => `- ${name}: ${SCENARIOS[name].help}`).join('\n')}`,
  ],
  examples: [
    'trigger payment.succeeded --provider razorpay',
    'trigger refund.succeeded --provider paypal --amount 12.50 --currency EUR',
  ],
  async run(invocation) {
    const { option, args, show } = invocation
    const event = oneOf('EVENT', args[0] ?? '', TRIGGERABLE)
    const provider = oneOf('--provider', option('provider') ?? 'stripe', PAYMENT_SERVICES)
    const way = wayOf(event, provider)
    const { client } = await connect(invocation)
    const driven = await drive(invocation, client, { event, provider, way })
    const found = await awaitEvent(invocation.world, client, event, driven)
    show(
      { event: found.id, type: found.type, payment: driven.payment, refund: driven.refund, provider },
      [
        `${found.type}  ${found.id}`,
        `payment  ${driven.payment}`,
        ...(driven.refund === null ? [] : [`refund  ${driven.refund}`]),
      ].join('\n'),
    )
    return EXIT.ok
  },
}

interface Drive {
  readonly event: TriggerableEvent
  readonly provider: PaymentService
  readonly way: Way
}

interface Driven {
  readonly payment: string
  readonly refund: string | null
}

async function drive(
  { option }: Invocation,
  client: OneRouter,
  { event, provider, way }: Drive,
): Promise<Driven> {
  const payment = await client.payments.create({
    amount: option('amount') ?? '500.00',
    currency: option('currency') ?? CURRENCIES[provider],
    provider,
    capture: way.capture,
    description: `onerouter trigger ${event}`,
  })
  let refund: string | null = null
  for (const step of way.steps) refund = (await take(client, payment, step)) ?? refund
  return { payment: payment.id, refund }
}

/** Answers with the refund, where the step makes one. */
async function take(client: OneRouter, payment: Payment, step: Step): Promise<string | undefined> {
  switch (step) {
    case 'capture':
      await client.payments.capture(payment.id)
      return undefined
    case 'cancel':
      await client.payments.cancel(payment.id)
      return undefined
    case 'refund':
      return (await client.payments.refund(payment.id)).id
    default:
      await client.simulations.payment(payment.id, step.payer)
      return undefined
  }
}

async function awaitEvent(
  world: World,
  client: OneRouter,
  type: TriggerableEvent,
  { payment, refund }: Driven,
): Promise<OneRouterEvent> {
  const subject = refund ?? payment
  const untilMs = world.now() + HAPPENS_WITHIN_MS
  while (world.now() < untilMs && !world.stop.aborted) {
    const page = await client.events.list({ type, limit: 50 })
    const found = page.data.find(({ data }) => data.object.id === subject)
    if (found !== undefined) return found
    await world.sleep(LOOK_EVERY_MS)
  }
  const { status } = await client.payments.get(payment)
  throw new CommandError(
    `${type} did not happen within ${HAPPENS_WITHIN_MS / 1000} s; payment ${payment} is ${status}.`,
    { code: 'did_not_happen' },
  )
}
