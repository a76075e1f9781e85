/** Which faults a history has, and how often: every history draws its own mix, so that rare pairs meet. */
import type { Choices } from './choices.ts'

/** Rates per call; 0 = this fault does not exist in this history. */
export interface Swarm {
  refuse: number
  rateLimited: number
  errorBefore: number
  dropRequest: number
  lateRequest: number
  duplicateRequest: number
  dropResponse: number
  lateResponse: number
  errorAfter: number
  reset: number
  truncated: number
  webhookLost: number
  webhookDoubled: number
  webhookDelayed: number
  webhookForged: number
  dbLost: number
  dbUnknown: number
  decline: number
  pendingCapture: number
  pendingRefund: number
  refundBounces: number
  lateAuthorised: number
}

const RATES: readonly (readonly [keyof Swarm, number, number])[] = [
  ['refuse', 0.35, 0.3],
  ['rateLimited', 0.2, 0.2],
  ['errorBefore', 0.3, 0.3],
  ['dropRequest', 0.3, 0.3],
  ['lateRequest', 0.35, 0.3],
  ['duplicateRequest', 0.25, 0.2],
  ['dropResponse', 0.45, 0.4],
  ['lateResponse', 0.2, 0.2],
  ['errorAfter', 0.3, 0.3],
  ['reset', 0.3, 0.3],
  ['truncated', 0.2, 0.2],
  ['webhookLost', 0.5, 0.6],
  ['webhookDoubled', 0.4, 0.6],
  ['webhookDelayed', 0.4, 0.6],
  ['webhookForged', 0.15, 0.5],
  ['dbLost', 0.25, 0.05],
  ['dbUnknown', 0.3, 0.06],
  ['decline', 0.4, 0.5],
  ['pendingCapture', 0.2, 0.5],
  ['pendingRefund', 0.4, 0.8],
  ['refundBounces', 0.15, 0.4],
  ['lateAuthorised', 0.3, 0.8],
]

export function drawSwarm(choices: Choices): Swarm {
  const swarm = calm()
  for (const [name, on, most] of RATES) {
    if (choices.chance(on)) swarm[name] = most * (choices.u32() / 2 ** 32)
  }
  return swarm
}

export const calm = (): Swarm => Object.fromEntries(RATES.map(([name]) => [name, 0])) as unknown as Swarm // RATES names every member

/** The healing of the world: nothing fails any more. What was decided about money stays as it is. */
export function heal(swarm: Swarm): void {
  for (const [name] of RATES) swarm[name] = 0
}
