import Link from 'next/link'
import type { Payment } from 'onerouter'
import type { Environment } from '../session/client.ts'
import { Time } from '../ui/time.tsx'
import { Money } from './money.tsx'
import { StatusBadge } from './status-badge.tsx'

const HEADINGS = ['Amount', 'Status', 'Provider', 'Receipt', 'Created'] as const

/** @param props.payments `null` while they are being loaded */
export function PaymentsTable({
  payments,
  environment,
}: {
  readonly payments: readonly Payment[] | null
  readonly environment: Environment
}) {
  if (payments === null) {
    return (
      <p role="status" className="px-5 py-10 text-center text-sm text-muted">
        Loading…
      </p>
    )
  }
  if (payments.length === 0) {
    return (
      <p className="px-5 py-10 text-center text-sm text-muted">
        {environment === 'test'
          ? 'No payments yet. Create one here, or with the curl line that npm start prints.'
          : 'No live payments yet.'}
      </p>
    )
  }
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left text-sm">
        <thead className="text-xs text-muted">
          <tr>
            {HEADINGS.map((heading) => (
              <th key={heading} scope="col" className="px-4 py-2.5 font-medium sm:px-5">
                {heading}
              </th>
            ))}
            <th scope="col" className="px-4 py-2.5 sm:px-5">
              <span className="sr-only">Checkout</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {payments.map((payment) => (
            <Row key={payment.id} payment={payment} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ payment }: { readonly payment: Payment }) {
  const cell = 'px-4 py-3 sm:px-5'
  return (
    <tr className="border-t border-line hover:bg-raised">
      <td className={`${cell} font-medium`}>
        <Link href={`/payments/${payment.id}`} className="hover:underline">
          <Money amount={payment.amount} currency={payment.currency} />
        </Link>
      </td>
      <td className={cell}>
        <StatusBadge status={payment.status} />
      </td>
      <td className={`${cell} capitalize`}>{payment.provider}</td>
      <td className={`${cell} max-w-40 truncate text-muted`}>{payment.receipt ?? '–'}</td>
      <td className={`${cell} text-muted`}>
        <Time at={payment.createdAt} />
      </td>
      <td className={`${cell} text-right`}>
        {payment.checkoutUrl !== null && payment.status === 'requires_action' && (
          <a
            href={payment.checkoutUrl}
            target="_blank"
            rel="noreferrer"
            className="whitespace-nowrap font-medium text-accent hover:underline"
          >
            Checkout<span className="sr-only"> (opens in a new tab)</span> ↗
          </a>
        )}
      </td>
    </tr>
  )
}
