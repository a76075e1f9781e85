'use client'

import Link from 'next/link'
import type { PaymentLink } from 'onerouter'
import { Money } from '../payments/money.tsx'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Time } from '../ui/time.tsx'

/** The code is drawn by the API; the path reaches it through our own origin. */
const qrPath = (link: PaymentLink): string => new URL(link.qrUrl).pathname

export function LinkDetail({ link, onDone }: { readonly link: PaymentLink; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const deactivate = async () => {
    const sure = await ask({
      title: 'Deactivate this link?',
      text: 'Whoever opens it from now on is told that it is no longer valid. It cannot be made active again.',
      confirm: 'Deactivate',
      danger: true,
    })
    if (sure && (await run(() => client.paymentLinks.deactivate(link.id), 'Deactivated.'))) onDone()
  }
  return (
    <div className="grid gap-5">
      <Copyable text={link.shortUrl} label="link" />
      {/* biome-ignore lint/performance/noImgElement: a drawing of the API, which nothing could make smaller */}
      <img
        src={qrPath(link)}
        alt={`QR code of ${link.shortUrl}`}
        className="size-48 rounded-lg border border-line bg-white p-2"
      />
      <Facts
        facts={[
          ['Id', <Code key="id">{link.id}</Code>],
          ['For', link.description],
          ['Customer', link.customer?.email ?? link.customer?.phone ?? link.customer?.name],
          ['Clicks', link.clicks],
          ['Payments', link.paymentsCount],
          ['Paid', <Money key="paid" amount={link.amountPaid} currency={link.currency} />],
          [
            'Payment',
            link.paymentId && (
              <Link key="payment" href={`/payments/${link.paymentId}`} className="text-accent underline">
                <Code>{link.paymentId}</Code>
              </Link>
            ),
          ],
          ['Reusable', link.reusable ? 'yes' : 'no'],
          ['SMS', link.notify && (link.notify.sms.error?.message ?? link.notify.sms.status)],
          ['Expires', link.expiresAt && <Time key="expires" at={link.expiresAt} />],
          ['Created', <Time key="created" at={link.createdAt} seconds />],
        ]}
      />
      {link.active && (
        <button type="button" disabled={busy} onClick={deactivate} className={buttonStyle('danger')}>
          Deactivate
        </button>
      )}
    </div>
  )
}
