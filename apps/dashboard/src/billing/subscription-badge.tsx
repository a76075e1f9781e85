import type { SubscriptionStatus } from 'onerouter'
import { Badge, type Tone, words } from '../ui/badge.tsx'

const TONES = {
  created: 'calm',
  pending_approval: 'wait',
  trialing: 'good',
  active: 'good',
  past_due: 'bad',
  paused: 'wait',
  canceled: 'calm',
  completed: 'calm',
  expired: 'calm',
} as const satisfies Record<SubscriptionStatus, Tone>

export function SubscriptionBadge({ status }: { readonly status: SubscriptionStatus }) {
  return <Badge tone={TONES[status]}>{words(status)}</Badge>
}
