/** The verdicts: the providers' books against ours, after everything healed and came to rest. */
import { formatId, type Uuid } from '@onerouter/core'
import type { EventRow, OperationRow, PaymentRow, RefundRow } from '../../apps/api/src/store/rows.ts'
import { checkLinks } from './check-links.ts'
import type { Asked } from './client.ts'
import { merchantOf } from './credentials.ts'
import { claimKey, type LedgerEntry } from './memory-tables.ts'
import { givenBack, type Order, refundedOf } from './providers/book.ts'
import { seenFrom } from './providers/twice.ts'
import type { World } from './world.ts'

export interface Violation {
  readonly kind: string
  readonly detail: string
}

interface Held {
  readonly merchant: string
  readonly order: Order
}

export function checkHistory(world: World): Violation[] {
  const found: Violation[] = []
  const report: Report = (kind, detail) => void found.push({ kind, detail })
  const { tables } = world.memory
  const orders = ordersByReference(world)
  const known = new Set([...tables.operation.values()].map((one) => one.reference))
  const told = eventsBySubject(tables.event)
  for (const [reference, held] of orders) {
    if (!known.has(reference)) report('orphan at the provider', held.map(({ order }) => order.id).join(' '))
  }
  for (const payment of tables.payment.values()) {
    const operations = [...tables.operation.values()].filter((one) => one.payment_id === payment.id)
    const refunds = [...tables.refund.values()].filter((one) => one.payment_id === payment.id)
    const held = operations
      .flatMap((one) => (one.kind === 'charge' ? (orders.get(one.reference) ?? []) : []))
      .map(({ merchant, order }) => ({ merchant, order: seenFrom(order, payment.provider_payment_id) }))
    checkMoney(payment, held, report)
    checkAgreement(payment, operations, held, report)
    checkRefunds(payment, refunds, held, report)
    checkOperations(world, payment, operations, orders, report)
    checkCompensation(payment, operations, report)
    checkTwice(payment, operations, held, tables.ledger, report)
    checkCaptures(payment, operations, report)
    checkNumbers(tables.ledger, told, [payment, refunds], report)
  }
  checkLinks(world, told, report)
  for (const row of tables.idempotency.values()) {
    // Only what is definitive is stored to be given again (money-safety, 2.2).
    if (row.status === 202 || row.status === 503)
      report('an open answer was stored', `${row.status} ${row.key}`)
  }
  for (const row of tables.inbound.values()) {
    if (row.state === 'received') report('webhook not worked off', row.reason ?? '')
    if (row.state === 'quarantined') report('webhook quarantined', row.reason ?? '')
  }
  for (const { wishes } of [...world.payments, ...world.links]) {
    for (const wish of wishes) {
      checkAnswers(world, wish, report)
      checkOwner(world, wish, report)
    }
  }
  return found
}

export type Report = (kind: string, detail: string) => void

function ordersByReference(world: World): Map<string, Held[]> {
  const all = new Map<string, Held[]>()
  for (const [merchant, book] of world.books) {
    for (const order of book.orders.values()) {
      const same = all.get(order.reference)
      if (same === undefined) all.set(order.reference, [{ merchant, order }])
      else same.push({ merchant, order })
    }
  }
  return all
}

const shown = (payment: PaymentRow, held: readonly Held[]): string =>
  `${payment.provider} payment ${payment.status}, captured ${payment.captured}, refunded ${payment.refunded}+${
    payment.refund_pending
  }; orders ${held.map(({ order }) => `${order.id} ${order.status} ${order.captured}-${refundedOf(order)}`).join(', ')}`

const shownRefunds = (refunds: readonly RefundRow[], held: readonly Held[]): string => {
  const ours = refunds.map((one) => `${one.provider_refund_id} ${one.status} ${one.amount} (${one.reason})`)
  const theirs = held.flatMap(({ order }) =>
    order.refunds.map((one) => `${one.id} ${one.status} ${one.amount}`),
  )
  return `refunds here: ${ours.join(', ')}; there: ${theirs.join(', ')}`
}

/**
 * What the payer agreed to is completed by whoever sees it first. Not after a decline: then the order may say
 * "approved" of the instrument that failed, and only the payer can ask for another try.
 */
function checkAgreement(
  payment: PaymentRow,
  operations: readonly OperationRow[],
  held: readonly Held[],
  report: Report,
): void {
  const isOpen = payment.status === 'requires_action' || payment.status === 'created'
  const isAgreed = held.some(({ order }) => order.status === 'approved')
  const wasDeclined = operations.some((one) => one.kind === 'confirm' && one.state === 'declined')
  if (isOpen && isAgreed && !wasDeclined) {
    report('the payer agreed and it was never completed', shown(payment, held))
  }
}

const CLOSED: ReadonlySet<string> = new Set(['failed', 'canceled', 'expired'])

function checkMoney(payment: PaymentRow, held: readonly Held[], report: Report): void {
  const captured = held.reduce((sum, { order }) => sum + order.captured, 0n)
  const say = (kind: string) => report(kind, shown(payment, held))
  if (captured > payment.amount) say('charged twice')
  if (captured > payment.captured) say('captured money is missing here')
  if (captured < payment.captured) say('captured money exists only here')
  if (captured > 0n && payment.status !== 'succeeded') say('paid but not succeeded')
  if (payment.status === 'succeeded' && captured === 0n) say('succeeded but not paid')
  const isHeld = held.some(({ order }) => order.status === 'authorized')
  if (isHeld && CLOSED.has(payment.status)) say('authorized but closed here')
  if (isHeld && payment.status !== 'authorized' && !CLOSED.has(payment.status))
    say('authorized but not shown')
  if (payment.status === 'authorized' && !isHeld) say('authorized only here')
}

function checkRefunds(
  payment: PaymentRow,
  refunds: readonly RefundRow[],
  held: readonly Held[],
  report: Report,
): void {
  const made = held.flatMap(({ order }) => order.refunds)
  const sum = (status: string) =>
    made.reduce((total, one) => total + (one.status === status ? one.amount : 0n), 0n)
  const say = (kind: string) => report(kind, `${shown(payment, held)}; ${shownRefunds(refunds, held)}`)
  const captured = held.reduce((total, { order }) => total + order.captured, 0n)
  if (sum('succeeded') + sum('pending') > captured) say('refunded more than captured')
  if (sum('succeeded') !== payment.refunded) say('refunded total differs')
  if (sum('pending') !== payment.refund_pending) say('pending refunds differ')
  for (const refund of refunds) {
    const reference = formatId('refund', refund.id)
    const ours = made.filter((one) => one.reference === reference || one.id === refund.provider_refund_id)
    const alive = ours.filter((one) => one.status !== 'failed')
    if (alive.length > 1) say('one refund, made twice')
    const done = alive.length > 0
    if (done && refund.status === 'failed') say('refund done but failed here')
    if (!done && refund.status === 'succeeded') say('refund succeeded only here')
    if (!done && refund.status === 'pending') say('refund pending only here')
  }
}

function checkOperations(
  world: World,
  payment: PaymentRow,
  operations: readonly OperationRow[],
  orders: ReadonlyMap<string, readonly Held[]>,
  report: Report,
): void {
  for (const one of operations) {
    if (one.state === 'sent' || one.state === 'unknown') report('never settled', `${one.kind} ${one.state}`)
    if (one.state === 'needs_review') report('needs a person', `${one.kind}: ${one.failure?.message}`)
    if (one.state === 'late_succeeded' || one.state === 'compensating')
      report('never given back', one.reference)
    if (one.kind !== 'charge') continue
    const { account_id, environment, provider, credential_version } = one
    const merchant = merchantOf(account_id, environment, provider, credential_version)
    for (const held of orders.get(one.reference) ?? []) {
      if (held.merchant !== merchant)
        report('asked with other credentials', `${held.merchant} for ${merchant}`)
      if (one.state !== 'abandoned') continue
      world.mark('abandoned_order_exists')
      if (world.exposed.has(held.order.id)) report('an abandoned order was shown', held.order.id)
    }
  }
  const live = operations.filter((one) => one.kind === 'charge' && one.state === 'exposed')
  if (live.length > 1) report('two live attempts', payment.id)
}

function checkCompensation(payment: PaymentRow, operations: readonly OperationRow[], report: Report): void {
  const canceled = operations.some((one) => one.kind === 'void' && one.state === 'succeeded')
  if (!canceled || payment.status !== 'succeeded') return
  if (payment.refunded + payment.refund_pending !== payment.captured) {
    report(
      'paid after its cancellation and kept',
      `${payment.captured} of which ${payment.refunded} refunded`,
    )
  }
}

/** What came beside the payment's own money is back with the payer, all of it and no more, and both are booked. */
function checkTwice(
  payment: PaymentRow,
  operations: readonly OperationRow[],
  held: readonly Held[],
  ledger: readonly LedgerEntry[],
  report: Report,
): void {
  for (const { order } of held) {
    for (const twin of order.twins) {
      const back = refundedOf(twin)
      const detail = `${twin.paymentRef}: ${twin.captured} taken, ${givenBack(twin)} given back, ${back} arrived`
      if (back < twin.captured) report('paid twice and kept', detail)
      if (givenBack(twin) > twin.captured) report('given back more than came twice', detail)
      const made = operations.filter((one) => one.request.duplicate?.payment_ref === twin.paymentRef)
      if (made.length > 1) report('one duplicate, two attempts', detail)
    }
  }
  const sum = (kind: LedgerEntry['kind']) =>
    ledger.reduce(
      (all, one) => all + (one.payment_id === payment.id && one.kind === kind ? one.amount : 0n),
      0n,
    )
  if (sum('duplicate_captured') !== sum('duplicate_returned')) {
    report('the ledger keeps what came twice', payment.id)
  }
}

/** What was asked for is what was taken (money-safety, H23). */
function checkCaptures(payment: PaymentRow, operations: readonly OperationRow[], report: Report): void {
  for (const one of operations) {
    if (one.kind !== 'capture' || one.state !== 'succeeded' || payment.captured === 0n) continue
    if (one.amount !== payment.captured)
      report('captured another amount', `${one.amount}, ${payment.captured}`)
  }
}

/** Each object's events in the order of their numbers. */
function eventsBySubject(all: readonly EventRow[]): ReadonlyMap<Uuid, readonly EventRow[]> {
  const told = new Map<Uuid, EventRow[]>()
  for (const one of all) {
    const same = told.get(one.subject_id)
    if (same === undefined) told.set(one.subject_id, [one])
    else same.push(one)
  }
  for (const events of told.values()) events.sort((a, b) => a.sequence - b.sequence)
  return told
}

/** Events that tell of something beside the status. */
const TELLS_STATUS = /\.(?!captured|duplicate_compensated)/

function checkNumbers(
  ledger: readonly LedgerEntry[],
  told: ReadonlyMap<Uuid, readonly EventRow[]>,
  [payment, refunds]: readonly [PaymentRow, readonly RefundRow[]],
  report: Report,
): void {
  for (const row of [payment, ...refunds]) {
    const events = told.get(row.id) ?? []
    const gapless = events.every((one, i) => one.sequence === i + 1) && events.length === row.sequence
    if (!gapless) report('events have gaps', `${events.map((one) => one.sequence)} of ${row.sequence}`)
    const last = events.findLast((one) => TELLS_STATUS.test(one.type))?.type.split('.')[1]
    if (last !== row.status && last !== 'created')
      report('last event tells another status', `${last}, ${row.status}`)
    // Absence is believed only when no request can be on its way any more (money-safety, H11).
    const failed = events.findIndex((one) => one.type === 'refund.failed')
    if (failed >= 0 && events.slice(failed).some((one) => one.type === 'refund.succeeded')) {
      report('a refund was failed that was made', `${events.map((one) => one.type)}`)
    }
    for (const [i, one] of events.entries()) {
      const again = one.type === events[i - 1]?.type && one.type !== 'payment.duplicate_compensated'
      if (again) report('an event was told twice', one.type)
      const { status } = (JSON.parse(one.payload) as { data: { object: { status: string } } }).data.object
      if (typeof status !== 'string') report('an event without its object', one.type)
    }
  }
  const entries = ledger.filter((one) => one.payment_id === payment.id)
  const sum = (kind: string) =>
    entries.reduce((total, one) => total + (one.kind === kind ? one.amount : 0n), 0n)
  const booked = sum('captured') === payment.captured
  if (!booked || sum('refunded') - sum('refund_reversed') !== payment.refunded) {
    report('ledger does not sum to the totals', payment.id)
  }
}

/** What was answered definitively is what is stored, and what a merchant was promised exists. */
function checkAnswers(world: World, wish: Asked, report: Report): void {
  const [answer] = wish.answers
  if (answer === undefined) return
  const { tables } = world.memory
  const { accountId, environment } = wish.caller
  const row = tables.idempotency.get(claimKey({ account_id: accountId, environment, key: wish.claim.key }))
  if (row === undefined) return report('answered but not claimed', answer)
  if (wish.lastCode === 'idempotency_request_in_progress') report('never answered again', wish.claim.key)
  if (`${row.status} ${row.body}` !== answer)
    report('stored answer differs', `${row.status} ${row.body}\n${answer}`)
}

/**
 * One key, one object: two of them alive are two payments where one was wished for (money-safety, H4). And what a
 * caller is shown is of its own account, and of test where its key is (H6, H28).
 */
function checkOwner({ memory }: World, wish: Asked, report: Report): void {
  const { payment, refund, payment_link } = memory.tables
  const rows = [...wish.objects].flatMap(
    (id) => payment.get(id) ?? refund.get(id) ?? payment_link.get(id) ?? [],
  )
  const alive = rows.filter((row) => row.status !== 'failed')
  if (alive.length > 1) report('two objects for one key', [...wish.objects].join(' '))
  for (const row of rows) {
    if (row.account_id !== wish.caller.accountId) report('another account was shown', row.id)
    if (wish.caller.environment === 'test' && row.environment !== 'test') {
      report('a test key reached live', row.id)
    }
  }
}
