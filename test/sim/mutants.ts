/** The seeded bugs: every one of them must be found. One line of the engine each, changed while it is loaded. */

import { LINK_MUTANTS } from './mutants-links.ts'
import { STORE_MUTANTS } from './mutants-store.ts'
import { TWICE_MUTANTS } from './mutants-twice.ts'
import type { Edit, Mutant } from './mutate.ts'

const engine = (file: string) => `apps/api/src/engine/${file}.ts`
const CLASSIFY = 'packages/providers/src/classify.ts'

/** The second wall behind the classifier: the engine itself believes no later send that says "not sent". */
const BELIEVED_LATER: Edit = {
  file: 'packages/core/src/outcome.ts',
  find: "return outcome.kind === 'not_sent' ? unknown(`not sent again: ${outcome.reason}`) : outcome",
  replace: 'return outcome as LaterOutcome<T>',
}

/** What a signal of the network means. */
const SIGNALS: readonly Mutant[] = [
  {
    name: 'timeout-is-not-sent',
    hazard: 'no answer counts as proof that nothing was sent',
    file: CLASSIFY,
    find: 'if (!result.ok) return unknown(`no answer: ${result.reason}`)',
    replace: "if (!result.ok) return { kind: 'not_sent', reason: 'timeout' }",
  },
  {
    name: 'refused-later-is-not-sent',
    hazard: 'a refused connection of the second send counts for the first as well',
    file: CLASSIFY,
    find: "return anySend(result, verdicts) ?? unknown('refused now, which says nothing of the send before')",
    replace:
      "return !result.ok && !result.sent ? { kind: 'not_sent', reason: 'connect' } : (anySend(result, verdicts) ?? unknown(''))",
    also: [BELIEVED_LATER],
  },
  {
    name: 'server-error-is-not-sent',
    hazard: 'a 500 counts as proof that nothing was done',
    file: CLASSIFY,
    find: 'if (status >= 500 || status === 408 || status === 425 || status === 429) return unknown(`status ${status}`)',
    replace: "if (status >= 500) return { kind: 'not_sent', reason: 'server_error' }",
  },
  {
    name: 'rate-limit-later-is-not-sent',
    hazard: 'a 429 of the second send counts for the first as well',
    file: CLASSIFY,
    find: "return anySend(result, verdicts) ?? unknown('refused now, which says nothing of the send before')",
    replace:
      "return result.ok && result.response.status === 429 ? { kind: 'not_sent', reason: 'rate_limited' } : (anySend(result, verdicts) ?? unknown(''))",
    also: [BELIEVED_LATER],
  },
  {
    name: 'unreadable-is-not-sent',
    hazard: 'an answer that was cut off counts as proof that nothing was done',
    file: CLASSIFY,
    find: 'return value === undefined ? unknown(`unreadable answer with status ${status}`) : ok(value)',
    replace: "return value === undefined ? { kind: 'not_sent', reason: 'unreadable' } : ok(value)",
  },
]

/** Finding out what became of a call. */
const RESOLVING: readonly Mutant[] = [
  {
    name: 'absent-at-once',
    hazard: 'a look-up that finds nothing is believed at once',
    file: engine('resolve-operation'),
    find: 'return operation.age_ms > windowMs * REPLAY_MARGIN + IN_FLIGHT_MS + lookupLagMs',
    replace: 'return operation.age_ms > 0 * windowMs * lookupLagMs * IN_FLIGHT_MS',
  },
  {
    name: 'absent-before-late-requests',
    hazard: 'a request that is still on its way is declared absent',
    file: engine('resolve-operation'),
    find: '+ IN_FLIGHT_MS + lookupLagMs',
    replace: '- 30 * IN_FLIGHT_MS + lookupLagMs',
  },
  {
    name: 'replay-for-ever',
    hazard: 'a call is sent again after the provider has forgotten its key',
    file: engine('resolve-operation'),
    find: 'return operation.age_ms < windowMs * REPLAY_MARGIN',
    replace: 'return windowMs * REPLAY_MARGIN > 0',
  },
  {
    name: 'any-refund-is-ours',
    hazard: 'the first refund in the provider’s list is taken for ours',
    file: engine('resolve-operation'),
    find: 'const found = listed.value.find((one) => one.reference === reference)',
    replace: 'const found = listed.value.find((one) => reference !== one.refundRef)',
  },
  {
    name: 'person-asked-at-once',
    hazard: 'the resolver gives up after a minute',
    file: engine('resolve-operation'),
    find: 'if (operation.age_ms > REVIEW_AFTER_MS) {',
    replace: 'if (operation.age_ms > REVIEW_AFTER_MS / 20_160) {',
  },
  {
    name: 'unknown-refund-is-failed',
    hazard: 'a refund whose outcome is not known is failed by the next look',
    file: engine('resolve-operation'),
    find: ": unknown('not found yet')\n}\n\n/** Settled as never",
    replace: ': ABSENT\n}\n\n/** Settled as never',
  },
  {
    name: 'keys-of-today',
    hazard: 'an open payment is asked about with the keys in force today',
    file: engine('call-provider'),
    find: 'engine.credentials.version(\n    made.account_id,\n    made.environment,\n    made.provider,\n    made.credential_version,\n  )',
    replace: 'engine.credentials.current(made.account_id, made.environment, made.provider)',
  },
  {
    name: 'first-keys-for-ever',
    hazard: 'a payment remembers other keys than it was made with',
    file: engine('create-payment'),
    find: 'credential_version: route.credential.version',
    replace: 'credential_version: 1',
  },
  {
    name: 'create-never-taken-over',
    hazard: 'a payment whose process died while it was sent is left for ever',
    file: engine('create-payment'),
    find: 'engine.newId),\n    takeoverMs: TAKEOVER_MS,',
    replace: 'engine.newId),\n    takeoverMs: TAKEOVER_MS * 1e6,',
  },
  {
    name: 'refund-never-taken-over',
    hazard: 'a refund whose process died while it was sent is left for ever',
    file: engine('create-refund'),
    find: 'takeoverMs: TAKEOVER_MS,',
    replace: 'takeoverMs: TAKEOVER_MS * 1e6,',
  },
  {
    name: 'completion-never-taken-over',
    hazard: 'a capture whose process died while it was sent is left for ever',
    file: engine('complete-payment'),
    find: 'takeoverMs: TAKEOVER_MS,',
    replace: 'takeoverMs: TAKEOVER_MS * 1e6,',
  },
]

/** Sending. */
const SENDING: readonly Mutant[] = [
  {
    name: 'refund-with-fresh-key',
    hazard: 'every send of a refund has a key of its own',
    file: engine('send'),
    find: 'return refunds.create(ctx, handleOf(payment), request, operation.reference)',
    replace:
      'return refunds.create(ctx, handleOf(payment), request, operation.reference + String(engine.newId()))',
  },
  {
    name: 'refund-reference-of-payment',
    hazard: 'all refunds of a payment have the same reference',
    file: engine('send'),
    find: "formatId('refund', refund.id)",
    replace: "formatId('refund', refund.payment_id)",
  },
  {
    name: 'charge-reference-of-another',
    hazard: 'the order at the provider has a reference nobody wrote down',
    file: engine('send'),
    find: 'reference: operation.reference,\n    amount',
    replace: 'reference: `${operation.reference}x`,\n    amount',
  },
  {
    name: 'capture-in-full',
    hazard: 'a capture in part takes everything',
    file: engine('send'),
    find: 'return payments.capture(ctx, handle, amountOf(operation), key)',
    replace: 'return payments.capture(ctx, handle, handle.amount, key)',
  },
]

/** Writing down what a call brought. */
const SETTLING: readonly Mutant[] = [
  {
    name: 'unknown-refund-not-kept',
    hazard: 'a refund in the dark gives its reservation back',
    file: engine('settle-operation'),
    find: "return { ...untouched, change: to('unknown', failureOf(outcome), unknownDelayMs(operation.tries)) }",
    replace:
      "return { ...refundChange(current, { status: 'failed', failure: null, provider_refund_id: null }, at), change: to('unknown', failureOf(outcome), unknownDelayMs(operation.tries)) }",
  },
  {
    name: 'open-answer-frozen',
    hazard: '"not known yet" is stored as the answer for ever',
    file: engine('answers'),
    find: "return { answer: { status: 202, body }, keep: 'open' }",
    replace: "return { answer: { status: 202, body }, keep: 'freeze' }",
  },
  {
    name: 'open-answer-releases-key',
    hazard: 'the key is given back while the outcome is not known',
    file: engine('answers'),
    find: "return { answer: { status: 202, body }, keep: 'open' }",
    replace: "return { answer: { status: 202, body }, keep: 'release' }",
  },
  {
    name: 'unavailable-frozen',
    hazard: 'a 503 is stored as the answer for ever',
    file: engine('answers'),
    find: "return refuse('provider_unavailable', 'release')",
    replace: "return refuse('provider_unavailable', 'freeze')",
  },
  {
    name: 'late-answer-of-its-own',
    hazard: 'a process that comes late gives another answer than the one that was stored',
    file: engine('settle-operation'),
    find: 'if (kept) return answered',
    replace: 'if (answered !== null) return answered',
  },
  {
    name: 'stored-answer-not-used',
    hazard: 'a repeated request is answered from the state of today',
    file: engine('replay'),
    find: 'if (row.status !== null) return stored(row)',
    replace: '',
  },
  {
    name: 'stale-evidence-applied',
    hazard: 'old evidence moves a payment backwards',
    file: engine('decide'),
    find: "if (step.kind === 'stale') return { kind: 'stale' }\n  if (step.kind === 'impossible') {\n    return { kind: 'quarantine', why: `${step.from}",
    replace:
      "if (step.kind === 'stale' || step.kind === 'impossible') {\n    return { kind: 'quarantine', why: `${row.status}",
  },
  {
    name: 'captures-add-up',
    hazard: 'the same capture counts every time it is seen',
    file: engine('decide'),
    find: 'snapshot.captured > row.captured ? snapshot.captured : row.captured',
    replace: 'row.captured + snapshot.captured',
  },
  {
    name: 'captured-is-the-amount',
    hazard: 'a capture in part is booked in full',
    file: engine('decide'),
    find: 'captured: within(snapshot.captured > row.captured ? snapshot.captured : row.captured, row.amount)',
    replace: "captured: status === 'succeeded' ? row.amount : row.captured",
  },
  {
    name: 'reservation-kept',
    hazard: 'a finished refund still holds its reservation',
    file: engine('decide'),
    find: "pendingDelta: share(patch.status, 'pending') - share(row.status, 'pending')",
    replace: 'pendingDelta: 0n',
  },
  {
    name: 'refund-not-counted',
    hazard: 'a finished refund is not in the total',
    file: engine('decide'),
    find: "refundedDelta: share(patch.status, 'succeeded') - share(row.status, 'succeeded')",
    replace: 'refundedDelta: 0n',
  },
  {
    name: 'transition-not-told',
    hazard: 'a change of status has no event',
    file: engine('decide'),
    find: 'if (after.status !== before.status) events.push(`payment.${after.status}`)',
    replace: '',
  },
  {
    name: 'transition-told-twice',
    hazard: 'a change of status has two events',
    file: engine('decide'),
    find: 'if (after.status !== before.status) events.push(`payment.${after.status}`)',
    replace:
      'if (after.status !== before.status) events.push(`payment.${after.status}`, `payment.${after.status}`)',
  },
  {
    name: 'bounced-refund-ignored',
    hazard: 'a refund that came back stays done',
    file: engine('decide'),
    find: "if (snapshot.status === 'unrecognised') return { kind: 'quarantine', why: 'unrecognised refund status' }",
    replace:
      "if (snapshot.status === 'unrecognised' || snapshot.status === 'failed') return { kind: 'nothing' }",
  },
]

/** Following what happens at the provider. */
const FOLLOWING: readonly Mutant[] = [
  {
    name: 'approval-not-completed',
    hazard: 'what the payer agreed to is never completed',
    file: engine('sync-payment'),
    find: "if (snapshot.status === 'approved') return confirmPayment(engine, access, payment, trigger)",
    replace: '',
  },
  {
    name: 'hold-not-released',
    hazard: 'an authorisation on a canceled payment keeps the payer’s money',
    file: engine('sync-payment'),
    find: 'if (earlier.length >= RELEASES_MAX) return null',
    replace: 'if (earlier.length < RELEASES_MAX) return null',
  },
  {
    name: 'refunds-not-followed',
    hazard: 'refunds that hang or are made elsewhere are never seen',
    file: engine('sync-payment'),
    find: 'if (agreed && payment.refund_pending === 0n) return false',
    replace: 'if (agreed || !agreed) return false',
  },
  {
    name: 'late-payment-kept',
    hazard: 'money that comes after the cancellation is kept',
    file: engine('compensate'),
    find: 'if (canceled === undefined) return false',
    replace: 'if (canceled !== undefined) return false',
  },
  {
    name: 'compensated-once',
    hazard: 'a compensation that came to nothing is not made again',
    file: engine('compensate'),
    find: '_${made + 1}`',
    replace: '`',
  },
  {
    name: 'own-refund-adopted',
    hazard: 'our own refund is booked a second time as somebody else’s',
    file: engine('apply-evidence'),
    find: 'if (byProvider !== null || snapshot.reference === null) return byProvider',
    replace: 'if (snapshot !== null) return byProvider',
  },
  {
    name: 'foreign-refund-ignored',
    hazard: 'a refund made in the dashboard is not booked',
    file: engine('apply-evidence'),
    find: "if (snapshot.status === 'unrecognised' || snapshot.amount.currency !== payment.currency) return false",
    replace: 'if (snapshot.reference === null) return false',
  },
  {
    name: 'open-payment-not-watched',
    hazard: 'a payment whose webhook was lost is never looked at',
    file: engine('follow-up'),
    find: 'return watched ? exposedDelayMs(tries) : null',
    replace: 'return watched && tries < 0 ? exposedDelayMs(tries) : null',
  },
  {
    name: 'pending-refund-not-watched',
    hazard: 'a paid payment is not looked at while a refund hangs',
    file: engine('follow-up'),
    find: 'if (payment.refund_pending > 0n) return exposedDelayMs(tries)',
    replace: '',
    also: [
      {
        file: engine('settle-operation'),
        find: "const change = to('succeeded', null, status === 'pending' ? exposedDelayMs(0) : null)",
        replace: "const change = to('succeeded', null, status === 'pending' ? null : null)",
      },
    ],
  },
  {
    name: 'closed-order-not-watched',
    hazard: 'a late payment of a canceled order is never seen',
    file: engine('follow-up'),
    find: 'return payment.provider_order_id === null ? null : lateDelayMs(tries)',
    replace: 'return lateDelayMs(tries) === -1 ? 0 : null',
  },
]

/** Who may ask, and what stands in the way of what. */
const ASKING: readonly Mutant[] = [
  {
    name: 'signature-not-checked',
    hazard: 'a forged webhook is believed',
    file: engine('receive-webhook'),
    find: 'if (verdict.ok) matches.push({ address, dedupeKeys: verdict.dedupeKeys })',
    replace: "if (verdict.ok || verdict.reason !== 'no_secret') matches.push({ address, dedupeKeys: [] })",
  },
  {
    name: 'test-key-reaches-live',
    hazard: 'a test key uses the environment of the service',
    file: engine('route-payment'),
    find: "if (caller.environment === 'test') return 'test'",
    replace: '',
  },
]

export const MUTANTS: readonly Mutant[] = [
  ...[SIGNALS, RESOLVING, SENDING, SETTLING, FOLLOWING, TWICE_MUTANTS, ASKING, STORE_MUTANTS].flat(),
  ...LINK_MUTANTS,
]
