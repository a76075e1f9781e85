import Link from 'next/link'
import type { Payment } from 'onerouter'
import type { Environment } from '../session/client.ts'
import { Time } from '../ui/time.tsx'
import { Money } from './money.tsx'
import { PROVIDER_NAMES } from './provider-names.ts'
import { StatusBadge } from './status-badge.tsx'

/** Whether a column is left out on small screens. */
const HEADINGS: readonly (readonly [string, boolean])[] = [
  ['Amount', false],
  ['Status', false],
  ['Provider', false],
  ['Receipt', true],
  ['Created', true],
]
const CELL = 'px-3 py-3 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5'
const WIDE_ONLY = 'hidden sm:table-cell'

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
            {HEADINGS.map(([heading, wide]) => (
              <th key={heading} scope="col" className={`${CELL} font-medium ${wide ? WIDE_ONLY : ''}`}>
                {heading}
              </th>
            ))}
            <th scope="col" className={CELL}>
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
  return (
    <tr className="border-t border-line hover:bg-raised">
      <td className={`${CELL} font-medium`}>
        <Link href={`/payments/${payment.id}`} className="hover:underline">
          <Money amount={payment.amount} currency={payment.currency} />
        </Link>
      </td>
      <td className={CELL}>
        <StatusBadge status={payment.status} />
      </td>
      <td className={CELL}>{PROVIDER_NAMES[payment.provider]}</td>
      <td className={`${CELL} ${WIDE_ONLY} max-w-28 truncate text-muted`}>{payment.receipt ?? '–'}</td>
      <td className={`${CELL} ${WIDE_ONLY} text-muted`}>
        <Time at={payment.createdAt} />
      </td>
      <td className={`${CELL} text-right`}>
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
