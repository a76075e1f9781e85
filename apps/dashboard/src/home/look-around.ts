import type { Environment, OneRouter, Page, Payment } from 'onerouter'

export interface Step {
  readonly title: string
  readonly text: string
  readonly done: boolean
  readonly href: string
  readonly action: string
}
export interface Counter {
  readonly label: string
  readonly count: string
  readonly href: string
  /** Whether anything but zero wants somebody's attention. */
  readonly attention: boolean
}
export interface Around {
  readonly latest: readonly Payment[]
  readonly steps: readonly Step[]
}

const LATEST = 8
const COUNTED = 50
const REVIEWS_COUNTED = 20

/** A page knows how many it holds and whether there are more; nobody counts further for a number on a tile. */
export const countOf = ({ data, hasMore }: Page<unknown>): string => `${data.length}${hasMore ? '+' : ''}`

/** What came in lately, and how far somebody has come: as few questions as that takes, because the page waits for it. */
export async function lookAround(client: OneRouter, environment: Environment): Promise<Around> {
  const one = { environment, limit: 1 }
  const [latest, services, endpoints, delivered, live] = await Promise.all([
    client.payments.list({ environment, limit: LATEST }),
    client.services.list(),
    client.webhooks.endpoints.list(one),
    client.webhooks.deliveries.list({ ...one, status: 'delivered' }),
    client.services.canGoLive(),
  ])
  const paid =
    latest.data.find(({ status }) => status === 'succeeded') ??
    (latest.hasMore ? (await client.payments.list({ ...one, status: 'succeeded' })).data[0] : undefined)
  return {
    latest: latest.data,
    steps: stepsFor({
      connected: services.data.some(({ credentials }) => credentials[environment].configured),
      tried: latest.data.length > 0,
      paid,
      endpoint: endpoints.data.length > 0,
      delivered: delivered.data.length > 0,
      live: services.data.some((service) => service.environment === 'live'),
      liveText: live.message,
    }),
  }
}

/** What waits for somebody. */
export async function countAround(client: OneRouter, environment: Environment): Promise<readonly Counter[]> {
  const counted = { environment, limit: COUNTED }
  const [waiting, failed, quarantined, reviews] = await Promise.all([
    client.payments.list({ ...counted, status: 'requires_action' }),
    client.webhooks.deliveries.list({ ...counted, status: 'failed' }),
    client.webhooks.inbound.list({ ...counted, status: 'quarantined' }),
    client.review.list({ environment, limit: REVIEWS_COUNTED }),
  ])
  const counter = (label: string, page: Page<unknown>, href: string, attention: boolean): Counter => ({
    label,
    count: countOf(page),
    href,
    attention,
  })
  return [
    counter('Waiting for payers', waiting, '/payments?status=requires_action', false),
    counter('Failed deliveries', failed, '/webhooks/deliveries?status=failed', true),
    counter('Quarantined', quarantined, '/webhooks/inbound?status=quarantined', true),
    counter('Waiting for review', reviews, '/review', true),
  ]
}

interface Progress {
  readonly connected: boolean
  readonly tried: boolean
  readonly paid: Payment | undefined
  readonly endpoint: boolean
  readonly delivered: boolean
  readonly live: boolean
  readonly liveText: string
}

function paymentText({ tried, paid }: Progress): string {
  if (paid !== undefined) return `${paid.amount} ${paid.currency} were paid.`
  if (tried) return 'It waits for its payer: open it and pay at the sandbox.'
  return 'Create one below, then pay it at the sandbox.'
}

function stepsFor(progress: Progress): readonly Step[] {
  return [
    {
      title: 'Connect a service',
      text: 'Use the sandbox to try everything without an account, or enter a provider’s test credentials.',
      done: progress.connected,
      href: '/services',
      action: 'Connect',
    },
    {
      title: 'Make a first payment',
      text: paymentText(progress),
      done: progress.paid !== undefined,
      href: progress.tried ? '/payments' : '/#try',
      action: progress.tried ? 'Open payments' : 'Create',
    },
    {
      title: 'Receive a first webhook',
      text: progress.endpoint
        ? progress.delivered
          ? 'Your server accepted an event.'
          : 'Your endpoint waits for its first event.'
        : 'Add the address of your server; each change is sent there, signed.',
      done: progress.delivered,
      href: progress.endpoint ? '/webhooks/deliveries' : '/webhooks',
      action: progress.endpoint ? 'See deliveries' : 'Add endpoint',
    },
    {
      title: 'Go live',
      text: progress.liveText,
      done: progress.live,
      href: '/services',
      action: 'See what is missing',
    },
  ]
}
