import type { OneRouter, Payment } from 'onerouter'
import { awaitEvent } from './await-event.ts'
import { type Command, EXIT, type Invocation, usageError } from './command.ts'
import { connect } from './connection.ts'
import { isLinkEvent, LINK_EVENTS, LINKS, type LinkEvent } from './link-scenarios.ts'
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
import {
  isSubscriptionEvent,
  SUBSCRIPTION_EVENTS,
  SUBSCRIPTIONS,
  type SubscriptionEvent,
} from './subscription-scenarios.ts'
import { driveLink } from './trigger-link.ts'
import { driveSubscription, type Price } from './trigger-subscription.ts'

const CURRENCIES: Readonly<Record<PaymentService, string>> = { stripe: 'USD', razorpay: 'INR', paypal: 'USD' }

const HELP = { ...SCENARIOS, ...SUBSCRIPTIONS, ...LINKS, ...MESSAGES }
const EVENTS = [...TRIGGERABLE, ...SUBSCRIPTION_EVENTS, ...LINK_EVENTS, ...MESSAGE_EVENTS] as const
const PROVIDERS = [...PAYMENT_SERVICES, 'twilio'] as const

/** `onerouter trigger`: the event happens, at the sandbox, with all that leads to it. */
export const trigger: Command = {
  name: 'trigger',
  summary: 'makes an event happen, on a sandbox payment, subscription, link or message made for it',
  args: ['EVENT'],
  options: {
    provider: { value: 'NAME', help: `${PROVIDERS.join(', ')}; by default stripe, for sms events twilio` },
    amount: { value: 'AMOUNT', help: 'in major units; 500.00 by default' },
    currency: { value: 'CODE', help: 'INR at razorpay, else USD, by default' },
  },
  details: [
    'Nothing is faked: a payment is created through the API, its payer is driven at the sandbox, and the command ends when the event exists. What comes before it on the way is told too.',
    `EVENT is one of\n\n${EVENTS.map((name) => `- ${name}: ${HELP[name].help}`).join('\n')}`,
  ],
  examples: [
    'trigger payment.succeeded --provider razorpay',
    'trigger refund.succeeded --provider paypal --amount 12.50 --currency EUR',
    'trigger subscription.renewed --provider paypal',
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
    if (isSubscriptionEvent(event)) return await triggerSubscription(invocation, event, provider)
    if (isLinkEvent(event)) return await triggerLink(invocation, event, provider)
    return await triggerPayment(invocation, event, provider)
  },
}

const priceOf = ({ option }: Invocation, provider: PaymentService): Price => ({
  amount: option('amount') ?? '500.00',
  currency: option('currency') ?? CURRENCIES[provider],
})

async function triggerPayment(
  invocation: Invocation,
  event: TriggerableEvent,
  provider: PaymentService,
): Promise<number> {
  const way = wayOf(event, provider)
  const { client } = await connect(invocation)
  const { payment, refund } = await drive(client, {
    event,
    provider,
    way,
    price: priceOf(invocation, provider),
  })
  const found = await awaitEvent(invocation.world, client, {
    type: event,
    subject: event.startsWith('refund.') && refund !== null ? refund : payment,
    stands: async () => `payment ${payment} is ${(await client.payments.get(payment)).status}`,
  })
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

async function triggerSubscription(
  invocation: Invocation,
  event: SubscriptionEvent,
  provider: PaymentService,
): Promise<number> {
  const { client } = await connect(invocation)
  const price = priceOf(invocation, provider)
  const subscription = await driveSubscription(client, { event, provider, price })
  const found = await awaitEvent(invocation.world, client, {
    type: event,
    subject: subscription,
    stands: async () => `${subscription} is ${(await client.subscriptions.get(subscription)).status}`,
  })
  invocation.show(
    { event: found.id, type: found.type, subscription, provider },
    `${found.type}  ${found.id}\nsubscription  ${subscription}`,
  )
  return EXIT.ok
}

async function triggerLink(
  invocation: Invocation,
  event: LinkEvent,
  provider: PaymentService,
): Promise<number> {
  const { client } = await connect(invocation)
  const price = priceOf(invocation, provider)
  const link = await driveLink(invocation.world, client, { event, provider, price })
  const found = await awaitEvent(invocation.world, client, {
    type: event,
    subject: link,
    stands: async () => `${link} is ${(await client.paymentLinks.get(link)).status}`,
  })
  invocation.show(
    { event: found.id, type: found.type, payment_link: link, provider },
    `${found.type}  ${found.id}\npayment link  ${link}`,
  )
  return EXIT.ok
}

async function triggerMessage(invocation: Invocation, event: MessageEvent): Promise<number> {
  const { client } = await connect(invocation)
  const sms = await client.sms.send({ to: MESSAGES[event].to, body: `onerouter trigger ${event}` })
  const found = await awaitEvent(invocation.world, client, {
    type: event,
    subject: sms.id,
    stands: async () => `${sms.id} is ${(await client.sms.get(sms.id)).status}`,
  })
  invocation.show(
    { event: found.id, type: found.type, sms: sms.id, provider: 'twilio' },
    `${found.type}  ${found.id}\nsms  ${sms.id}`,
  )
  return EXIT.ok
}

interface Drive {
  readonly event: TriggerableEvent
  readonly provider: PaymentService
  readonly way: Way
  readonly price: Price
}

interface Driven {
  readonly payment: string
  readonly refund: string | null
}

async function drive(client: OneRouter, { event, provider, way, price }: Drive): Promise<Driven> {
  const payment = await client.payments.create({
    ...price,
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
  if (step === 'capture') await client.payments.capture(payment.id)
  else if (step === 'cancel') await client.payments.cancel(payment.id)
  else if (step === 'refund') return (await client.payments.refund(payment.id)).id
  else if ('refund' in step) return (await client.payments.refund(payment.id, { amount: step.refund })).id
  else if ('pass' in step) {
    await client.simulations.advanceClock({ seconds: step.pass })
    await client.payments.sync(payment.id)
  } else await client.simulations.payment(payment.id, step.payer)
  return undefined
}
