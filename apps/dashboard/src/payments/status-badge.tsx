import type { PaymentStatus } from 'onerouter'

const STYLES = {
  created: ['Created', 'bg-calm-fill text-calm'],
  requires_action: ['Waiting for payer', 'bg-wait-fill text-wait'],
  processing: ['Processing', 'bg-wait-fill text-wait'],
  authorized: ['Authorized', 'bg-wait-fill text-wait'],
  succeeded: ['Succeeded', 'bg-good-fill text-good'],
  failed: ['Failed', 'bg-bad-fill text-bad'],
  canceled: ['Canceled', 'bg-calm-fill text-calm'],
  expired: ['Expired', 'bg-calm-fill text-calm'],
} as const satisfies Record<PaymentStatus, readonly [string, string]>

export function StatusBadge({ status }: { readonly status: PaymentStatus }) {
  const [label, style] = STYLES[status]
  return (
    <span
      className={`inline-block whitespace-nowrap rounded-full px-2.5 py-0.5 text-xs font-medium ${style}`}
    >
      {label}
    </span>
  )
}
