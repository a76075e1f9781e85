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
  readonly counters: readonly Counter[]
}

const LATEST = 8
const COUNTED = 50
const REVIEWS_COUNTED = 20

/** A page knows how many it holds and whether there are more; nobody counts further for a number on a tile. */
export const countOf = ({ data, hasMore }: Page<unknown>): string => `${data.length}${hasMore ? '+' : ''}`

/** Everything that the first page tells. */
export async function lookAround(client: OneRouter, environment: Environment): Promise<Around> {
  const counted = { environment, limit: COUNTED }
  const [latest, paid, waiting, services, endpoints, delivered, failed, quarantined, reviews, live] =
    await Promise.all([
      client.payments.list({ environment, limit: LATEST }),
      client.payments.list({ environment, limit: 1, status: 'succeeded' }),
      client.payments.list({ ...counted, status: 'requires_action' }),
      client.services.list(),
      client.webhooks.endpoints.list({ environment, limit: 1 }),
      client.webhooks.deliveries.list({ environment, limit: 1, status: 'delivered' }),
      client.webhooks.deliveries.list({ ...counted, status: 'failed' }),
      client.webhooks.inbound.list({ ...counted, status: 'quarantined' }),
      client.review.list({ environment, limit: REVIEWS_COUNTED }),
      client.services.canGoLive(),
    ])
  const connected = services.data.some(({ credentials }) => credentials[environment].configured)
  return {
    latest: latest.data,
    steps: stepsFor({
      connected,
      tried: latest.data.length > 0,
      paid: paid.data[0],
      endpoint: endpoints.data.length > 0,
      delivered: delivered.data.length > 0,
      live: services.data.some((one) => one.environment === 'live'),
      liveText: live.message,
    }),
    counters: [
      {
        label: 'Waiting for payers',
        count: countOf(waiting),
        href: '/payments?status=requires_action',
        attention: false,
      },
      {
        label: 'Failed deliveries',
        count: countOf(failed),
        href: '/webhooks/deliveries?status=failed',
        attention: true,
      },
      {
        label: 'Quarantined',
        count: countOf(quarantined),
        href: '/webhooks/inbound?status=quarantined',
        attention: true,
      },
      { label: 'Waiting for review', count: countOf(reviews), href: '/review', attention: true },
    ],
  }
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
