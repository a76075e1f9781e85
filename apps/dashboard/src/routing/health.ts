import type { RoutingObservations } from 'onerouter'
import type { Tone } from '../ui/badge.tsx'

export type Health = RoutingObservations['health'][number]['state']

/** How a provider's circuit breaker stands, as people say it. */
export const HEALTH = {
  closed: ['good', 'Healthy'],
  half_open: ['wait', 'On probation'],
  open: ['bad', 'Failing'],
} as const satisfies Record<Health, readonly [Tone, string]>
