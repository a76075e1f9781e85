/** What has to happen to a payment link so that an event really happens. */
export interface LinkScenario {
  readonly help: string
  /** It can be paid for this long; for ever when left out. */
  readonly livesMs?: number
  readonly step: 'open' | 'pay' | 'deactivate' | null
}

export const LINKS = {
  'payment_link.created': { help: 'a payment link is created', step: null },
  'payment_link.clicked': { help: 'somebody opens it', step: 'open' },
  'payment_link.paid': { help: 'somebody pays it', step: 'pay' },
  'payment_link.expired': { help: 'nobody pays it in time', livesMs: 2_000, step: null },
  'payment_link.deactivated': { help: 'it is closed', step: 'deactivate' },
} as const satisfies Readonly<Record<string, LinkScenario>>

export type LinkEvent = keyof typeof LINKS
export const LINK_EVENTS = Object.keys(LINKS) as readonly LinkEvent[] // keys of a literal

export const isLinkEvent = (event: string): event is LinkEvent => Object.hasOwn(LINKS, event)
