/** The verdicts about payment links: what each was paid, kept and said, against its payments and its events. */
import { formatId, type Uuid } from '@onerouter/core'
import type { AttemptRow, LinkRow } from '../../apps/api/src/links/row.ts'
import type { EventRow, PaymentRow } from '../../apps/api/src/store/rows.ts'
import type { Report } from './check.ts'
import type { World } from './world.ts'

/** An attempt with the payment that was made of it, and whether that was canceled: then its money is not the link's. */
interface Held {
  readonly attempt: AttemptRow
  readonly payment: PaymentRow | null
  readonly canceled: boolean
}

export function checkLinks(world: World, told: ReadonlyMap<Uuid, readonly EventRow[]>, report: Report): void {
  const { tables } = world.memory
  for (const link of tables.payment_link.values()) {
    const held = heldBy(world, link)
    checkAttempts(link, held, report)
    checkPaid(link, held, report)
    checkEnd(world, link, held, report)
    checkTold(link, told.get(link.id) ?? [], report)
    const receipt = formatId('payment_link', link.id)
    for (const payment of tables.payment.values()) {
      if (payment.receipt !== receipt || tables.payment_link_attempt.has(payment.id)) continue
      report('a payment is unknown to its link', payment.id)
    }
  }
  for (const { ended, ref } of world.links) {
    const link = ref === null ? undefined : tables.payment_link.get(ref.id)
    if (ended && link?.status === 'active') report('a link that had ended can be paid', link.id)
  }
}

function heldBy({ memory }: World, link: LinkRow): Held[] {
  const { payment, payment_link_attempt, operation } = memory.tables
  const canceled = new Set<Uuid>()
  for (const one of operation.values()) {
    if (one.kind === 'void' && one.state === 'succeeded') canceled.add(one.payment_id)
  }
  return [...payment_link_attempt.values()]
    .filter((attempt) => attempt.link_id === link.id)
    .map((attempt) => ({
      attempt,
      payment: payment.get(attempt.payment_id) ?? null,
      canceled: canceled.has(attempt.payment_id),
    }))
}

const PAYABLE: ReadonlySet<string> = new Set(['created', 'requires_action'])

const shown = (link: LinkRow, { attempt, payment }: Held): string =>
  `link ${link.status}, ${link.payments_count} payments; attempt ${attempt.state}; payment ${payment?.status}, ` +
  `captured ${payment?.captured}, refunded ${payment?.refunded}+${payment?.refund_pending}`

function checkAttempts(link: LinkRow, held: readonly Held[], report: Report): void {
  for (const one of held) {
    const { attempt, payment, canceled } = one
    const say = (kind: string) => report(kind, shown(link, one))
    const isPaid = payment?.status === 'succeeded' && !canceled
    switch (attempt.state) {
      case 'paid':
        if (!isPaid) say('a link counts what it was not paid')
        break
      case 'open':
      case 'closed':
        if (isPaid) say('a link does not know that it was paid')
        if (attempt.state === 'closed' && payment !== null && PAYABLE.has(payment.status)) {
          say('what was closed can still be paid')
        }
        break
      case 'returned':
        // Money that came to a link that was paid already is not the merchant's.
        if (payment?.captured !== payment?.refunded) say('a link was paid twice and kept it')
        break
      case 'surplus':
        say('a second payment of a link was never given back')
        break
      case 'needs_review':
        say('a second payment of a link needs a person')
    }
  }
}

function checkPaid(link: LinkRow, held: readonly Held[], report: Report): void {
  const paying = held.filter(({ attempt }) => attempt.state === 'paid')
  const captured = paying.reduce((sum, { payment }) => sum + (payment?.captured ?? 0n), 0n)
  const say = (kind: string) =>
    report(kind, `${link.status}: ${link.payments_count} payments, ${link.amount_paid}; taken ${captured}`)
  if (paying.length !== link.payments_count || captured !== link.amount_paid) say('a link counts wrongly')
  if (!link.reusable && paying.length > 1) say('a link was paid twice')
  if (!link.reusable && (link.status === 'paid') !== (paying.length === 1))
    say('a link does not say that it is paid')
  if (link.reusable && link.status === 'paid') say('a reusable link was closed by its payer')
  if (paying.length > 0 && !paying.some(({ attempt }) => attempt.payment_id === link.payment_id)) {
    say('a link names a payment that did not pay it')
  }
}

function checkEnd(world: World, link: LinkRow, held: readonly Held[], report: Report): void {
  const isOver = link.status === 'deactivated' || link.status === 'paid'
  const open = held.find(({ attempt }) => attempt.state === 'open')
  if (isOver && open !== undefined) report('a link that is over can be paid', shown(link, open))
  const hasRunOut = link.expires_at !== null && link.expires_at.getTime() < world.loop.now()
  if (hasRunOut && link.status === 'active') report('a link never ran out', link.id)
}

function checkTold(link: LinkRow, told: readonly EventRow[], report: Report): void {
  const types = told.map((one) => one.type.slice('payment_link.'.length))
  const gapless = told.every((one, i) => one.sequence === i + 1) && told.length === link.sequence
  if (!gapless) report('events have gaps', `${told.map((one) => one.sequence)} of ${link.sequence}`)
  const times = (type: string) => types.filter((one) => one === type).length
  if (types[0] !== 'created' || times('created') > 1) report('a link was not told of once', types.join(' '))
  if (times('paid') !== link.payments_count) report('a link was paid and did not tell', types.join(' '))
  if (times('expired') + times('deactivated') > 1) report('a link ended twice', types.join(' '))
  const last = types.findLast((type) => type !== 'clicked' && !(link.reusable && type === 'paid'))
  if ((last === 'created' ? 'active' : last) !== link.status) {
    report('last event tells another status', `${types.join(' ')}; ${link.status}`)
  }
}
