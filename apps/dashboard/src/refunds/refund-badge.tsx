import type { RefundStatus } from 'onerouter'
import { Badge, type Tone, words } from '../ui/badge.tsx'

const TONES = {
  pending: 'wait',
  succeeded: 'good',
  failed: 'bad',
  canceled: 'calm',
} as const satisfies Record<RefundStatus, Tone>

export function RefundBadge({ status }: { readonly status: RefundStatus }) {
  return <Badge tone={TONES[status]}>{words(status)}</Badge>
}
