/** Random transactions of payment links, about rows that exist or do not, mostly sensible. */
import { LINK_ATTEMPT_STATES, nextPaymentLinkStatuses, PAYMENT_LINK_STATUSES } from '@onerouter/core'
import type { AttemptRow, LinkRow } from '../../apps/api/src/links/row.ts'
import type { EventRow, IdempotencyRow } from '../../apps/api/src/store/rows.ts'
import { type Draw, delay, maybeDelay, type Step, some } from './sequence-draws.ts'
import { ENVIRONMENTS } from './sequence-rows.ts'
import type { Play } from './sequences.ts'

const VISITORS = ['browser a', 'browser b', 'browser c'] as const

function newLink(play: Play): LinkRow {
  const { choices } = play
  const at = play.at()
  return {
    account_id: play.accountId,
    environment: choices.pick(ENVIRONMENTS),
    id: play.newId(),
    ...{ version: 1, sequence: 1, status: 'active' },
    // Addresses are of all accounts together.
    code: `${play.seed.toString(36).padStart(6, '0')}${play.newId().slice(-6)}`,
    amount: 1_000n,
    currency: 'USD',
    ...{ description: 'Zürich', customer: { name: 'A' }, metadata: { long: 'x', a: 'y' } },
    ...{ callback_url: null, provider: choices.pick([null, 'stripe'] as const), method: null },
    services: choices.pick([null, ['stripe'] as const]),
    reusable: choices.chance(0.4),
    expires_at: choices.pick([null, at]),
    ...{ clicks: 0, payments_count: 0, amount_paid: 0n, payment_id: null, paid_at: null, notice: null },
    ...{ api_key_id: null, tries: 0, due_at: null, created_at: at, updated_at: at },
  }
}

const eventsOf = (play: Play, link: LinkRow, n: number): EventRow[] =>
  Array.from({ length: n }, (_, i) => ({
    account_id: play.accountId,
    environment: link.environment,
    id: play.newId(),
    type: 'payment_link.changed',
    subject_kind: 'payment_link',
    subject_id: link.id,
    sequence: link.sequence - n + 1 + i,
    payload: '{"object": "event"}',
    created_at: play.at(),
  }))

const claimFor = (play: Play, link: LinkRow, answered: boolean): IdempotencyRow => ({
  account_id: play.accountId,
  environment: link.environment,
  key: `key-${play.choices.int(12)}`,
  fingerprint: Buffer.from('f'.repeat(32)),
  request_id: 'req_1',
  object_environment: link.environment,
  ...{ payment_id: link.id, operation_id: link.id, refund_id: null },
  status: answered ? 201 : null,
  body: answered ? '{"b": 1}' : null,
  created_at: play.at(),
})

const linksOf = (play: Play): LinkRow[] => [...play.memory.tables.payment_link.values()]
const attemptsOf = (play: Play, link: LinkRow): AttemptRow[] =>
  [...play.memory.tables.payment_link_attempt.values()].filter((one) => one.link_id === link.id)

/** The row, or one in a version that is gone. */
function read(play: Play): LinkRow | null {
  const row = some(play, linksOf(play))
  return row === null || !play.choices.chance(0.2) ? row : { ...row, version: row.version - 1 }
}

export const recordLink: Draw = (play) => {
  const link = newLink(play)
  const claim = claimFor(play, link, play.choices.chance(0.7))
  return ['recordLink', [{ link, claim, dueMs: maybeDelay(play), events: eventsOf(play, link, 1) }]]
}

/** Mostly for a payment that exists, so that its success is seen. */
export const recordAttempt: Draw = (play) => {
  const link = read(play)
  if (link === null) return null
  const { choices } = play
  const payment = choices.chance(0.8) ? some(play, play.memory.tables.payment.values()) : null
  const attempt: AttemptRow = {
    account_id: play.accountId,
    environment: payment?.environment ?? link.environment,
    link_id: link.id,
    payment_id: payment?.id ?? play.newId(),
    visitor: choices.pick(VISITORS),
    ...{ state: 'open', single_use: !link.reusable, held_until: play.at(), created_at: play.at() },
  }
  return attempt.environment === link.environment ? ['recordAttempt', [link, attempt]] : null
}

export const writeLink: Draw = (play) => {
  const row = read(play)
  if (row === null) return null
  const { choices } = play
  const legal = nextPaymentLinkStatuses(row.status)
  const status = choices.chance(0.85)
    ? (legal[choices.int(legal.length)] ?? row.status)
    : choices.pick(PAYMENT_LINK_STATUSES)
  const n = choices.int(3)
  const more = choices.pick([0, 0, 1, -1])
  const payments_count = Math.max(0, row.payments_count + more)
  const link: LinkRow = {
    ...row,
    version: row.version + 1,
    sequence: row.sequence + n,
    status: choices.chance(0.5) ? row.status : status,
    clicks: row.clicks + choices.int(2),
    payments_count,
    amount_paid: row.amount * BigInt(choices.chance(0.1) ? payments_count + 1 : payments_count),
    payment_id: choices.pick([null, play.newId()]),
    paid_at: choices.pick([null, play.at()]),
    notice: choices.pick([null, { status: 'failed', sms_id: null, error: { code: 'x', message: 'y' } }]),
    updated_at: play.at(),
  }
  const attempts = attemptsOf(play, row)
    .filter(() => choices.chance(0.5))
    .map(({ payment_id }) => ({ payment_id, state: choices.pick(LINK_ATTEMPT_STATES) }))
  const claim = choices.chance(0.3) ? claimFor(play, link, true) : null
  return ['writeLink', [{ link, attempts, events: eventsOf(play, link, n), claim }]]
}

export const attemptStep: Draw = (play) => {
  const link = read(play)
  const attempt = link === null ? null : some(play, attemptsOf(play, link))
  if (link === null || attempt === null) return null
  const { choices } = play
  const seen = choices.chance(0.2) ? { ...attempt, state: choices.pick(LINK_ATTEMPT_STATES) } : attempt
  const visitor = choices.pick(VISITORS)
  const before = choices.chance(0.2) ? { ...attempt, visitor } : attempt
  return choices.pick<Step>([
    ['moveAttempt', [seen, choices.pick(LINK_ATTEMPT_STATES)]],
    ['holdAttempt', [before, visitor, play.at()]],
    ['getAttempt', [link, attempt.payment_id]],
    ['closeUnmade', [attempt, claimFor(play, link, true)]],
  ])
}

export const linkStep: Draw = (play) => {
  const link = read(play)
  if (link === null) return null
  const { choices } = play
  return choices.pick<Step>([
    ['getLink', [{ ...link, environment: choices.pick(ENVIRONMENTS) }]],
    ['scheduleLink', [link, maybeDelay(play), choices.int(3)]],
    ['claimDueLinks', [50, delay(play)]],
    ['nextLinkDueMs', []],
    ['openAttempt', [link, choices.pick(VISITORS)]],
    ['listNewlyPaid', [link, 1 + choices.int(3)]],
    ['hasUndecided', [link]],
    ['listAttempts', [link, choices.pick(LINK_ATTEMPT_STATES), 1 + choices.int(3)]],
  ])
}
