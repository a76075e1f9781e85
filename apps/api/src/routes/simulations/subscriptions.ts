import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { accessFor } from '../../billing/access.ts'
import { ownSubscription } from '../../billing/change-subscription.ts'
import type { Billing } from '../../billing/ports.ts'
import { presentSubscription } from '../../billing/present.ts'
import type { SubscriptionRow } from '../../billing/rows.ts'
import { advanceThrough } from '../../billing/scheduled.ts'
import { wakeSandboxSubscriptions } from '../../billing/subscription-store.ts'
import { syncSubscription } from '../../billing/sync.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam } from '../../http/ids.ts'
import { mount } from '../../http/mount.ts'
import { publicCredential, refusedBySandbox, type SandboxControl, sandboxFor } from './drive.ts'

/** What a subscriber, their bank or the passing of time does. */
export function subscriptionSimulations(
  app: FastifyInstance,
  billing: Billing,
  sandbox: SandboxControl | null,
): void {
  mount(app, 'simulateSubscription', async ({ params, principal }) => {
    const drive = sandboxFor(sandbox, principal)
    const row = await ownSubscription(billing, callerOf(principal), idParam('subscription', params.id))
    await driveSubscription(billing, drive, row, params.action)
    const { subscription } = await syncSubscription(billing, row)
    return { status: subscription.status, subscription: presentSubscription(subscription) }
  })

  mount(app, 'advanceSandboxClock', async ({ body, principal }) => {
    const drive = sandboxFor(sandbox, principal)
    const nowMs = await advanceThrough(billing, body.seconds, async (seconds) => {
      const answer = await drive('POST', '/clock/advance', { seconds })
      if (answer.status >= 400) throw refusedBySandbox(answer)
      return Date.parse(String(answer.body.now))
    })
    // What happened meanwhile is seen by looking, even where no webhook reaches us.
    await wakeSandboxSubscriptions(billing.db)
    billing.engine.wake()
    return { now: Number.isNaN(nowMs) ? null : new Date(nowMs).toISOString() }
  })
}

async function driveSubscription(
  billing: Billing,
  drive: SandboxControl,
  row: SubscriptionRow,
  action: string,
): Promise<void> {
  const access = await accessFor(billing, row)
  const ref = row.provider_subscription_id ?? row.provider_order_id
  if (access === null || !access.credential.sandbox || ref === null) {
    throw new ApiError('environment_not_allowed', 'This subscription does not run on the provider sandbox.')
  }
  // A period that ends in the second in which it began would be the same period again.
  if (action.includes('renew')) await drive('POST', '/clock/advance', { seconds: 1 })
  const [name, verb] = [encodeURIComponent(ref), encodeURIComponent(action)]
  const path = `/simulations/${row.provider}/subscriptions/${name}/${verb}`
  const answer = await drive('POST', path, { credential: publicCredential(access.credential.credentials) })
  if (answer.status >= 400) throw refusedBySandbox(answer)
}
