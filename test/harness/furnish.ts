/** An account with something on every page. */
import { setTimeout as sleep } from 'node:timers/promises'
import { SERVICES } from '@onerouter/core'
import { writeBooks } from './books.ts'
import { type Console, type Member, newMember, uuidOf } from './dashboard.ts'

/** Text that would be markup if anything let it. */
export const HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'

/** What pages of one object are opened with. */
export interface Furnished {
  readonly member: Member
  readonly payment: string
  readonly subscription: string
}

const SOON_MS = 30_000
const LOOK_AGAIN_MS = 200

/**
 * Somebody new, with payments, refunds and whatever else pages list.
 * @param receiverUrl where webhooks go
 * @param text wherever somebody else writes
 * @param somebody instead of somebody new, connected to all services
 */
export async function furnish(
  dashboard: Console,
  receiverUrl: string,
  text: string,
  somebody?: Member,
): Promise<Furnished> {
  const member = somebody ?? (await newMember(dashboard, SERVICES))
  const make = maker(member)
  const description = text
  await make('/api/webhooks/endpoints', { url: receiverUrl, events: ['*'], environment: 'test', description })
  const customer = await make('/v1/customers', { name: text, email: 'ada@example.com', description })
  const payment = await make('/v1/payments', {
    amount: '500.00',
    currency: 'USD',
    provider: 'stripe',
    description,
    receipt: text.slice(0, 40),
    metadata: { note: text },
    customer,
    save_payment_method: true,
  })
  await make(`/v1/simulations/payments/${payment}/succeed`, {})
  const declined = await make('/v1/payments', { amount: '20.00', currency: 'USD', provider: 'paypal' })
  await make(`/v1/simulations/payments/${declined}/fail`, {})
  await make('/v1/refunds', { payment_id: payment, amount: '12.34', reason: text.slice(0, 100) })
  await make('/v1/payment-links', { amount: '7.00', currency: 'USD', description })
  await make('/v1/sms', { to: '+14155550123', body: text })
  const plan = await make('/v1/plans', { name: text, amount: '9.00', currency: 'USD', interval: 'month' })
  const subscription = await make('/v1/subscriptions', { plan_id: plan, provider: 'stripe', customer })
  await make(`/v1/simulations/subscriptions/${subscription}/approve`, {})
  await saveRules(member, text)
  await make('/api/keys', { name: text.slice(0, 90), environment: 'test' })
  await make('/api/services/paypal/verify-domain', { domain: 'shop.example.com' })
  await nameSavedMethod(member, text)
  await writeBooks(dashboard.installation.database.url, {
    accountId: member.accountId,
    paymentId: uuidOf('payment', payment),
    text,
  })
  return { member, payment, subscription }
}

/** Makes things and answers their ids. */
export const maker =
  (member: Member) =>
  async (path: string, body: object): Promise<string> => {
    const answer = await member.call('POST', path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return (answer.body as { id?: string }).id ?? '' // objects have one, simulations do not
  }

export async function saveRules(member: Member, text: string): Promise<void> {
  const rule = {
    name: text.slice(0, 80),
    when: { currencies: ['EUR'], metadata: { tier: [text] } },
    use: { strategy: 'order', providers: ['paypal'] },
  }
  const answer = await member.call('PUT', '/api/routing', {
    rules: [rule],
    environment: 'test',
    comment: text,
  })
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
}

/** The method that the newest payment kept: it is there once the provider has told of it. */
export async function nameSavedMethod({ call }: Pick<Member, 'call'>, text: string): Promise<void> {
  const endMs = Date.now() + SOON_MS
  while (Date.now() < endMs) {
    const { body } = await call('GET', '/v1/saved-payment-methods')
    const [method] = (body as { data: readonly { id: string }[] }).data // as the route's schema has it
    if (method !== undefined) {
      const named = await call('PATCH', `/v1/saved-payment-methods/${method.id}`, {
        nickname: text.slice(0, 100),
        metadata: { note: text },
      })
      if (named.status !== 200) throw new Error(JSON.stringify(named.body))
      return
    }
    await sleep(LOOK_AGAIN_MS)
  }
  throw new Error('no payment method was kept in time')
}
