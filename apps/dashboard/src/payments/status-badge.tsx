import type { PaymentStatus } from 'onerouter'
import { Badge, type Tone } from '../ui/badge.tsx'

const STYLES = {
  created: ['Created', 'calm'],
  requires_action: ['Waiting for payer', 'wait'],
  processing: ['Processing', 'wait'],
  authorized: ['Authorized', 'wait'],
  succeeded: ['Succeeded', 'good'],
  failed: ['Failed', 'bad'],
  canceled: ['Canceled', 'calm'],
  expired: ['Expired', 'calm'],
} as const satisfies Record<PaymentStatus, readonly [string, Tone]>

export function StatusBadge({ status }: { readonly status: PaymentStatus }) {
  const [label, tone] = STYLES[status]
  return <Badge tone={tone}>{label}</Badge>
}
