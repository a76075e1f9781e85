/** Which faults a history has, and how often: every history draws its own mix, so that rare pairs meet. */
import type { Choices } from './choices.ts'
import type { Shape } from './shapes.ts'

interface Fault {
  /** In how many histories it exists at all. */
  readonly share: number
  /** Its highest rate per occasion in those. */
  readonly most: number
  readonly what: string
  /** It has few occasions: histories of all kinds draw it alike. */
  readonly scarce?: true
}

/** Every fault there is. The coverage report has a line for each; one that never fires fails the run. */
export const FAULTS = {
  refuse: { share: 0.35, most: 0.3, what: 'the connection is refused' },
  rateLimited: { share: 0.2, most: 0.2, what: '429 before anything is done' },
  errorBefore: { share: 0.3, most: 0.3, what: '500 before anything is done' },
  dropRequest: { share: 0.3, most: 0.3, what: 'the request is lost' },
  lateRequest: { share: 0.35, most: 0.3, what: 'the request arrives after we gave up' },
  duplicateRequest: { share: 0.25, most: 0.2, what: 'the request arrives twice' },
  dropResponse: { share: 0.45, most: 0.4, what: 'the answer is lost' },
  lateResponse: { share: 0.2, most: 0.2, what: 'the answer takes up to a minute' },
  errorAfter: { share: 0.3, most: 0.3, what: '502 although it was done' },
  reset: { share: 0.3, most: 0.3, what: 'the connection is cut after it was done' },
  truncated: { share: 0.2, most: 0.2, what: 'the answer is cut off' },
  wrongType: { share: 0.15, most: 0.15, what: '200 with a page of HTML' },
  webhookLost: {
    share: 0.5,
    most: 0.6,
    what: 'a webhook never comes, or one delivery of it fails',
    scarce: true,
  },
  webhookDoubled: { share: 0.4, most: 0.6, what: 'a webhook comes twice' },
  webhookDelayed: { share: 0.4, most: 0.6, what: 'a webhook takes up to half an hour' },
  webhookForged: { share: 0.15, most: 0.5, what: 'a webhook with a false signature' },
  dbLost: { share: 0.25, most: 0.05, what: 'the connection to the database breaks before the statement' },
  dbUnknown: { share: 0.3, most: 0.06, what: 'the connection breaks after the commit' },
  dbConflict: { share: 0.2, most: 0.05, what: 'the database asks to run the transaction again' },
  dbSlow: { share: 0.15, most: 0.05, what: 'a statement takes up to five seconds' },
  crashHere: { share: 0.3, most: 0.02, what: 'a process dies a moment after it has asked the database' },
  webhookForeign: { share: 0.1, most: 0.3, what: 'a webhook about an order that is not ours' },
  decline: { share: 0.4, most: 0.5, what: 'the payer is declined', scarce: true },
  pendingCapture: { share: 0.2, most: 0.5, what: 'a capture hangs at the provider', scarce: true },
  pendingFails: { share: 0.5, most: 0.8, what: 'a capture that hung is refused', scarce: true },
  pendingRefund: { share: 0.4, most: 0.8, what: 'a refund hangs at the provider', scarce: true },
  refundBounces: { share: 0.5, most: 0.4, what: 'a refund that hung comes back', scarce: true },
  lateAuthorised: {
    share: 0.3,
    most: 0.8,
    what: 'a failed try turns out to have been authorised',
    scarce: true,
  },
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof FAULTS

/** Rates per occasion; 0 = this fault does not exist in this history. */
export type Swarm = Record<FaultName, number>

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[] // an object literal has no other keys

const WHOLE = { faultShare: 1, faultRate: 1 } as const

export function drawSwarm(choices: Choices, shape: Shape): Swarm {
  const swarm = calm()
  for (const name of FAULT_NAMES) {
    const { share, most, scarce }: Fault = FAULTS[name]
    const { faultShare, faultRate } = scarce === true ? WHOLE : shape
    if (choices.chance(share * faultShare)) swarm[name] = most * faultRate * (choices.u32() / 2 ** 32)
  }
  return swarm
}

export const calm = (): Swarm => Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Swarm // names every member

/** The healing of the world: nothing fails any more. What was decided about money stays as it is. */
export function heal(swarm: Swarm): void {
  for (const name of FAULT_NAMES) swarm[name] = 0
}

/** The history's dice: whether a fault happens now, and that it was seen. */
export interface Dice {
  readonly choices: Choices
  readonly swarm: Swarm
  readonly mark: (name: FaultName) => void
}

export function happens({ choices, swarm, mark }: Dice, fault: FaultName): boolean {
  if (!choices.chance(swarm[fault])) return false
  mark(fault)
  return true
}
