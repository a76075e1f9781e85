import type { OneRouter } from 'onerouter'
import type { PaymentService } from './scenarios.ts'
import { type SubscriptionEvent, type SubscriptionStep, scenarioOf } from './subscription-scenarios.ts'

export interface Price {
  readonly amount: string
  readonly currency: string
}

interface Happening {
  readonly event: SubscriptionEvent
  readonly provider: PaymentService
  readonly price: Price
}

/** Makes a plan and a subscription, and drives it to the event. Answers with its id. */
export async function driveSubscription(
  client: OneRouter,
  { event, provider, price }: Happening,
): Promise<string> {
  const { steps, totalCount } = scenarioOf(event, provider)
  const name = `onerouter trigger ${event}`
  const planOf = (planName: string) => ({ name: planName, interval: 'month' as const, provider, ...price })
  const plan = await client.plans.create(planOf(name))
  const { id } = await client.subscriptions.create({
    planId: plan.id,
    provider,
    description: name,
    ...(totalCount === undefined ? {} : { totalCount }),
  })
  for (const step of steps)
    await take(client, id, step, () => client.plans.create(planOf(`${name}, second plan`)))
  return id
}

async function take(
  client: OneRouter,
  id: string,
  step: SubscriptionStep,
  secondPlan: () => PromiseLike<{ readonly id: string }>,
): Promise<void> {
  switch (step) {
    case 'pause':
      await client.subscriptions.pause(id)
      return
    case 'resume':
      await client.subscriptions.resume(id)
      return
    case 'cancel':
      await client.subscriptions.cancel(id)
      return
    case 'change_plan': {
      const { id: planId } = await secondPlan()
      const { approvalUrl } = await client.subscriptions.changePlan(id, { planId })
      if (approvalUrl !== null) await client.simulations.subscription(id, 'approve')
      return
    }
    default:
      await client.simulations.subscription(id, step.payer)
  }
}
