import type { OneRouter, OneRouterEvent, Payment } from 'onerouter'
import { type Command, CommandError, EXIT, type Invocation, usageError, type World } from './command.ts'
import { connect } from './connection.ts'
import { oneOf } from './parse.ts'
import {
  isMessageEvent,
  MESSAGE_EVENTS,
  MESSAGES,
  type MessageEvent,
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

const EVENTS = [...TRIGGERABLE, ...MESSAGE_EVENTS] as const
const PROVIDERS = [...PAYMENT_SERVICES, 'twilio'] as const
const helpOf = (name: (typeof EVENTS)[number]): string =>
  isMessageEvent(name) ? MESSAGES[name].help : SCENARIOS[name].help

/** `onerouter trigger`: the event happens, at the sandbox, with all that leads to it. */
export const trigger: Command = {
  name: 'trigger',
  summary: 'makes an event happen, on a sandbox payment or message made for it',
  args: ['EVENT'],
  options: {
    provider: { value: 'NAME', help: `${PROVIDERS.join(', ')}; by default stripe, for sms events twilio` },
    amount: { value: 'AMOUNT', help: 'in major units; 500.00 by default' },
    currency: { value: 'CODE', help: 'INR at razorpay, else USD, by default' },
  },
  details: [
    'Nothing is faked: a payment is created through the API, its payer is driven at the sandbox, and the command ends when the event exists. What comes before it on the way is told too.',
    `EVENT is one of\n\n${EVENTS.map((name) => `- ${name}: ${helpOf(name)}`).join('\n')}`,
  ],
  examples: [
    'trigger payment.succeeded --provider razorpay',
    'trigger refund.succeeded --provider paypal --amount 12.50 --currency EUR',
    'trigger sms.delivered',
  ],
  async run(invocation) {
    const { option, args } = invocation
    const event = oneOf('EVENT', args[0] ?? '', EVENTS)
    const provider = oneOf(
      '--provider',
      option('provider') ?? (isMessageEvent(event) ? 'twilio' : 'stripe'),
      PROVIDERS,
    )
    if (isMessageEvent(event)) {
      if (provider !== 'twilio') throw usageError(`${event} happens at twilio, not at ${provider}.`)
      return await triggerMessage(invocation, event)
    }
    if (provider === 'twilio') throw usageError(`${event} does not happen at twilio: it carries messages.`)
    return await triggerPayment(invocation, event, provider)
  },
}

async function triggerPayment(
  invocation: Invocation,
  event: TriggerableEvent,
  provider: PaymentService,
): Promise<number> {
  const way = wayOf(event, provider)
  const { client } = await connect(invocation)
  const driven = await drive(invocation, client, { event, provider, way })
  const { payment, refund } = driven
  const found = await awaitEvent(invocation.world, client, event, refund ?? payment)
  if (found === undefined) {
    const { status } = await client.payments.get(payment)
    throw didNotHappen(event, `payment ${payment} is ${status}`)
  }
  invocation.show(
    { event: found.id, type: found.type, payment, refund, provider },
    [
      `${found.type}  ${found.id}`,
      `payment  ${payment}`,
      ...(refund === null ? [] : [`refund  ${refund}`]),
    ].join('\n'),
  )
  return EXIT.ok
}

async function triggerMessage(invocation: Invocation, event: MessageEvent): Promise<number> {
  const { client } = await connect(invocation)
  const sms = await client.sms.send({ to: MESSAGES[event].to, body: `onerouter trigger ${event}` })
  const found = await awaitEvent(invocation.world, client, event, sms.id)
  if (found === undefined) throw didNotHappen(event, `${sms.id} is ${(await client.sms.get(sms.id)).status}`)
  invocation.show(
    { event: found.id, type: found.type, sms: sms.id, provider: 'twilio' },
    `${found.type}  ${found.id}\nsms  ${sms.id}`,
  )
  return EXIT.ok
}

const didNotHappen = (event: string, instead: string): CommandError =>
  new CommandError(`${event} did not happen within ${HAPPENS_WITHIN_MS / 1000} s; ${instead}.`, {
    code: 'did_not_happen',
  })

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

/** The event about this object; `undefined` when it did not come in time. */
async function awaitEvent(
  world: World,
  client: OneRouter,
  type: TriggerableEvent | MessageEvent,
  subject: string,
): Promise<OneRouterEvent | undefined> {
  const untilMs = world.now() + HAPPENS_WITHIN_MS
  while (world.now() < untilMs && !world.stop.aborted) {
    const page = await client.events.list({ type, limit: 50 })
    const found = page.data.find(({ data }) => data.object.id === subject)
    if (found !== undefined) return found
    await world.sleep(LOOK_EVERY_MS)
  }
  return undefined
}
