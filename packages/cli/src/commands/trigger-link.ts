import type { OneRouter } from 'onerouter'
import type { World } from './command.ts'
import { LINKS, type LinkEvent, type LinkScenario } from './link-scenarios.ts'
import type { PaymentService } from './scenarios.ts'
import type { Price } from './trigger-subscription.ts'

interface Happening {
  readonly event: LinkEvent
  readonly provider: PaymentService
  readonly price: Price
}

/** Makes a payment link and drives it to the event. Answers with its id. */
export async function driveLink(
  world: World,
  client: OneRouter,
  { event, provider, price }: Happening,
): Promise<string> {
  const { step, livesMs }: LinkScenario = LINKS[event]
  const { id } = await client.paymentLinks.create({
    ...price,
    provider,
    description: `onerouter trigger ${event}`,
    ...(livesMs === undefined ? {} : { expiresAt: new Date(world.now() + livesMs).toISOString() }),
  })
  if (step === 'deactivate') await client.paymentLinks.deactivate(id)
  else if (step !== null) await client.simulations.paymentLink(id, step)
  return id
}
