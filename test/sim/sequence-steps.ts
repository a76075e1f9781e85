/** One random domain transaction, about rows that exist or do not, mostly sensible, sometimes not at all. */
import {
  nextStates,
  nextStatuses,
  OPERATION_STATES,
  PAYMENT_STATUSES,
  REFUND_STATUSES,
} from '@onerouter/core'
import type { InboundRow, OperationRow, PaymentRow, RefundRow } from '../../apps/api/src/store/rows.ts'
import type { OperationChange, StoredAnswer } from '../../apps/api/src/store/settle.ts'
import { type Draw, delay, maybeDelay, type Step, some } from './sequence-draws.ts'
import { attemptStep, linkStep, recordAttempt, recordLink, writeLink } from './sequence-links.ts'
import { claimOf, ENVIRONMENTS, newEvents, newOperation, newPayment, newRefund } from './sequence-rows.ts'
import type { Play } from './sequences.ts'

const OPEN = ['sent', 'unknown', 'needs_review'] as const

export function drawStep(play: Play): Step {
  for (let tries = 0; tries < 20; tries++) {
    const [first, ...others] = play.memory.tables.payment.size === 0 ? CREATE_ONLY : STEPS
    const step = play.choices.pick([first ?? create, ...others])(play)
    if (step !== null) return step
  }
  return create(play) ?? ['nextOperationDueMs', []]
}

const create: Draw = (play) => {
  const payment = newPayment(play)
  const operation = newOperation(play, payment, 'charge')
  const idempotency = claimOf(play, payment, operation)
  const events = newEvents(play, payment, 'payment', 1)
  return ['recordCreate', [{ idempotency, payment, operation, events, takeoverMs: delay(play) }]]
}

const failover: Draw = (play) => {
  const left = some(play, play.memory.tables.operation.values())
  const row = left === null ? undefined : play.memory.tables.payment.get(left.payment_id)
  if (left === null || row === undefined) return null
  const payment: PaymentRow = {
    ...row,
    version: row.version + (play.choices.chance(0.2) ? 2 : 1),
    provider: play.choices.pick(['stripe', 'razorpay'] as const),
    reference: `ref_${play.newId()}`,
    attempts: row.attempts + 1,
    updated_at: play.at(),
  }
  const operation = newOperation(play, payment, 'charge')
  const claim = play.choices.chance(0.3) ? null : some(play, play.memory.tables.idempotency.values())
  const state = play.choices.pick(['not_sent', 'abandoned', 'rejected'] as const)
  const failure = state === 'rejected' ? FAILURE : null
  return [
    'recordFailover',
    [{ left: { id: left.id, state, failure }, payment, operation, claim, takeoverMs: delay(play) }],
  ]
}

const FAILURE = { code: 'provider_rejected', decline_reason: null, message: 'No.', provider_code: 'x' }

/** The row, or one in a version that is gone. */
function read(play: Play): PaymentRow | null {
  const row = some(play, play.memory.tables.payment.values())
  return row === null || !play.choices.chance(0.2) ? row : { ...row, version: row.version - 1 }
}

const completion: Draw = (play) => {
  const payment = read(play)
  if (payment === null) return null
  const operation = newOperation(play, payment, play.choices.pick(['capture', 'void'] as const))
  const idempotency = claimOf(play, payment, operation)
  return ['recordCompletion', [{ idempotency, payment, operation, takeoverMs: delay(play) }]]
}

const confirm: Draw = (play) => {
  const payment = read(play)
  return payment === null
    ? null
    : ['recordConfirm', [newOperation(play, payment, 'confirm'), payment, delay(play)]]
}

const refund: Draw = (play) => {
  const payment = some(play, play.memory.tables.payment.values())
  if (payment === null) return null
  const made = newRefund(play, payment)
  const operation = { ...newOperation(play, payment, 'refund'), refund_id: made.id }
  const idempotency = claimOf(play, payment, operation)
  const events = newEvents(play, made, 'refund', 1)
  return ['recordRefund', [{ idempotency, refund: made, operation, events, takeoverMs: delay(play) }]]
}

function changeOf(play: Play, operation: OperationRow | null): OperationChange | null {
  if (operation === null || play.choices.chance(0.3)) return null
  const from = play.choices.chance(0.8) ? OPEN : [play.choices.pick(OPERATION_STATES)]
  const failure = play.choices.chance(0.3) ? FAILURE : null
  const { choices } = play
  const legal = nextStates(operation.state)
  const to = choices.chance(0.7)
    ? (legal[choices.int(legal.length)] ?? operation.state)
    : choices.pick(OPERATION_STATES)
  const fence = choices.chance(0.5) ? null : operation.tries + choices.pick([0, 0, 0, 1])
  return { id: operation.id, from, to, failure, dueMs: maybeDelay(play), fence }
}

function storedOf(play: Play): StoredAnswer | null {
  const claim = some(play, play.memory.tables.idempotency.values())
  if (claim === null || play.choices.chance(0.4)) return null
  return { claim, answer: play.choices.chance(0.3) ? null : { status: 201, body: '{"b": 1}' } }
}

const settlePayment: Draw = (play) => {
  const row = read(play)
  if (row === null) return null
  const { choices } = play
  const legal = nextStatuses(row.status)[choices.int(nextStatuses(row.status).length)] ?? row.status
  const status = choices.chance(0.85) ? legal : choices.pick(PAYMENT_STATUSES)
  const paid = status === 'succeeded' || choices.chance(0.1)
  const n = choices.int(3)
  const own = [...play.memory.tables.operation.values()].filter((one) => one.payment_id === row.id)
  const payment: PaymentRow = {
    ...row,
    version: row.version + 1,
    sequence: row.sequence + n,
    status,
    captured: paid ? BigInt(choices.pick([1_000, 700, 1_200])) : row.captured,
    provider_order_id: choices.pick([`order_${row.id}`, 'order_x']),
    provider_payment_id: choices.pick([null, `pay_${row.id}`, 'pay_x']),
    provider_refs: { zz: '1', b: '2' },
    checkout_options: { order_id: 'x', amount: 5, on: true },
    failure: choices.chance(0.3) ? FAILURE : null,
    fee_amount: choices.pick([null, 30n]),
    updated_at: play.at(),
  }
  const to = choices.pick(OPERATION_STATES)
  const from = OPERATION_STATES.filter(() => choices.chance(0.5))
  return [
    'settlePayment',
    [
      {
        payment,
        events: newEvents(play, payment, 'payment', n),
        operation: changeOf(play, some(play, own)),
        charge: { from, to, dueMs: maybeDelay(play) },
        stored: storedOf(play),
      },
    ],
  ]
}

const settleRefund: Draw = (play) => {
  const row = some(play, play.memory.tables.refund.values())
  if (row === null) return null
  const { choices } = play
  const status = choices.pick(REFUND_STATUSES)
  const share = (of: RefundRow['status'], is: RefundRow['status']) => (is === of ? row.amount : 0n)
  const n = choices.int(2)
  const next: RefundRow = {
    ...row,
    version: row.version + (choices.chance(0.15) ? 2 : 1),
    sequence: row.sequence + n,
    status,
    provider_refund_id: choices.pick([row.provider_refund_id, `re_${row.id}`, 're_x']),
    failure: choices.chance(0.2) ? FAILURE : null,
    updated_at: play.at(),
  }
  const own = [...play.memory.tables.operation.values()].filter((one) => one.refund_id === row.id)
  return [
    'settleRefund',
    [
      {
        refund: next,
        pendingDelta: share('pending', status) - share('pending', row.status),
        refundedDelta: share('succeeded', status) - share('succeeded', row.status),
        events: newEvents(play, next, 'refund', n),
        operation: changeOf(play, some(play, own)),
        stored: storedOf(play),
      },
    ],
  ]
}

const adopt: Draw = (play) => {
  const payment = some(play, play.memory.tables.payment.values())
  if (payment === null) return null
  const status = play.choices.pick(['succeeded', 'pending'] as const)
  const provider_refund_id = play.choices.pick(['re_x', `re_${play.newId()}`])
  const made: RefundRow = { ...newRefund(play, payment), status, provider_refund_id }
  return ['adoptRefund', [made, newEvents(play, made, 'refund', 1)]]
}

/** Money that came beside the payment's own: under a new attempt, or under one that was left behind. */
const lateSuccess: Draw = (play) => {
  const payment = read(play)
  if (payment === null) return null
  const own = [...play.memory.tables.operation.values()].filter((one) => one.payment_id === payment.id)
  const left = play.choices.chance(0.4) ? some(play, own) : null
  const made = left ?? { ...newOperation(play, payment, 'charge'), reference: `ref_${play.newId()}` }
  const payment_ref = play.choices.pick(['pay_y', 'pay_z', `pay_${play.newId()}`])
  const request = { ...made.request, duplicate: { order_ref: 'order_x', payment_ref, refs: {} } }
  return [
    'recordLateSuccess',
    [{ ...made, state: 'late_succeeded', amount: 400n, request }, payment, delay(play)],
  ]
}

const operationStep: Draw = (play) => {
  const row = some(play, play.memory.tables.operation.values())
  if (row === null) return null
  const old = play.choices.chance(0.2) ? { ...row, tries: row.tries + 1 } : row
  const state = play.choices.pick([row.state, 'unknown', 'needs_review'] as const)
  return play.choices.pick<Step>([
    ['claimOperation', [old, delay(play)]],
    ['postponeOperation', [row, state, maybeDelay(play)]],
    ['getOperation', [row]],
    ['listOperations', [{ ...row, id: row.payment_id }]],
  ])
}

const claimStep: Draw = (play) => {
  const row = some(play, play.memory.tables.idempotency.values())
  if (row === null) return null
  return play.choices.pick<Step>([
    ['getIdempotency', [row]],
    ['freezeAnswer', [row, { status: 200, body: '{}' }]],
    ['releaseClaim', [row]],
    ['reapIdempotency', [30]],
  ])
}

const queueStep: Draw = (play) => {
  const settled = some(play, play.memory.tables.operation.values())
  const bounds = { beyondMs: delay(play), withinMs: 1, limit: 1 + play.choices.int(3) }
  return play.choices.pick<Step>([
    ['claimDueOperations', [50, delay(play)]],
    ['claimDueInbound', [50, delay(play)]],
    ['nextOperationDueMs', []],
    ['nextInboundDueMs', []],
    ['sendScouts', [delay(play)]],
    ...(settled === null ? [] : [['fetchWaiting', [settled, bounds]] as const]),
  ])
}

const inbound: Draw = (play) => {
  const row: InboundRow = {
    account_id: play.accountId,
    environment: play.choices.pick(ENVIRONMENTS),
    id: play.newId(),
    provider: 'stripe',
    ...{ event_id: 'evt', event_type: 'charge', state: 'received', reason: null, payment_id: null },
    body: Buffer.from([0, 1, 255]),
    ...{ tries: 0, due_at: play.at(), received_at: play.at(), applied_at: null },
  }
  const keys = [`k${play.choices.int(5)}`, `k${play.choices.int(5)}`]
  return ['storeInbound', [row, keys]]
}

const finish: Draw = (play) => {
  const row = some(play, play.memory.tables.inbound.values())
  if (row === null) return null
  const state = play.choices.pick(['received', 'applied', 'ignored', 'quarantined'] as const)
  const payment = some(play, play.memory.tables.payment.values())
  const outcome = { state, reason: 'because', paymentId: payment?.id ?? null, dueMs: maybeDelay(play) }
  return ['finishInbound', [row, outcome]]
}

const reading: Draw = (play) => {
  const row = some(play, play.memory.tables.payment.values())
  if (row === null) return null
  const ids = {
    reference: play.choices.pick([null, row.reference, 'nobody']),
    orderRef: play.choices.pick([null, row.provider_order_id, 'order_x']),
    paymentRef: play.choices.pick([null, row.provider_payment_id, 'pay_x']),
  }
  const one = some(play, play.memory.tables.refund.values())
  const of = one ?? { ...row, provider_refund_id: 're_x' }
  return play.choices.pick<Step>([
    ['findPaymentByProviderIds', [row, ids]],
    ['getPayment', [{ ...row, environment: play.choices.pick(ENVIRONMENTS) }]],
    ['getPaymentById', [row.id]],
    ['getPaymentOfAccount', [play.accountId, ['test'], row.id]],
    ['getRefund', [of]],
    ['getRefundOfAccount', [play.accountId, ['live', 'test'], of.id]],
    ['findRefundByProviderId', [of, of.provider_refund_id ?? 're_x']],
  ])
}

const CREATE_ONLY: readonly Draw[] = [create]
const STEPS: readonly Draw[] = [
  create,
  ...[failover, completion, confirm, refund, refund, settlePayment, settlePayment, settlePayment],
  ...[
    settleRefund,
    settleRefund,
    adopt,
    lateSuccess,
    operationStep,
    operationStep,
    claimStep,
    queueStep,
    inbound,
  ],
  ...[finish, reading, reading],
  ...[
    recordLink,
    recordLink,
    recordAttempt,
    recordAttempt,
    writeLink,
    writeLink,
    attemptStep,
    linkStep,
    linkStep,
  ],
]
