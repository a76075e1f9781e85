/**
 * The situations that must be reached for "no violation" to mean anything: a closed table. A run that did not
 * reach one of them fails, because then the simulator has stopped looking there.
 */
import { FAULTS, type FaultName } from './swarm.ts'

const SITUATIONS = {
  // Processes
  crash: 'a process dies',
  crashed_at_read: '… while it waits for a read',
  crashed_at_record: '… while its intent is being committed',
  crashed_at_settle: '… while an outcome is being committed',
  crashed_at_answer: '… while a claim is being answered or given back',
  crashed_at_queue: '… while it takes or returns work',
  crashed_at_inbox: '… while a webhook is being stored or finished',
  crashed_at_provider_call: '… while a provider works for it',
  crashed_at_sleep: '… while it waits for somebody else',
  zombie: 'a process freezes for longer than its leases last',
  zombie_came_second: '… and finds on waking that its work was done by another',
  clock_skewed: 'a process lives up to ten minutes off the true time',
  workers_out: 'no worker lives for hours',
  two_routers: 'two routers serve one payment',
  two_workers: 'two workers tend the calls of one payment',
  // The store
  lost_the_race: 'a writer finds that the row has changed since it was read',
  another_was_live: 'a second live attempt is refused by the index',
  refund_not_available: 'a refund finds the amount taken by another',
  claim_taken: 'two requests with one key, and the second finds the first',
  settled_elsewhere: 'an outcome was written by somebody else first',
  takeover: 'a call whose process died is taken over',
  fetched_by_another: 'one call is settled, and the others of its provider are asked about at once',
  // Providers
  provider_down: 'a request meets a provider that is down',
  key_replayed_by_provider: 'the provider recognises a key it has seen',
  sticky_error: 'the provider replays its own 500',
  failed_over: 'a request goes on to the next provider',
  started_anew: 'an unseen order is left behind and made again',
  abandoned_order_exists: 'an order that was left behind exists at the provider after all',
  served_with_retired_keys: 'a payment is served with keys that are no longer in force',
  served_in_left_environment: 'a payment is served in an environment its service has left',
  // Payers
  never_paid: 'the payer never comes',
  paid_late: 'the payer comes hours or days later',
  failure_taken_back: 'a payment that was said to have failed is made after all',
  paid_twice: 'two payments take money for one order',
  duplicate_compensated: '… and what came beside the first is back with the payer',
  payer_found_it_closed: 'the payer wants to pay once more',
  confirmation_declined: 'the payer agreed and is declined when we complete it',
  late_after_canceled: 'a canceled payment is paid',
  compensated: 'what was paid after the cancellation is given back',
  hold_released: 'an authorisation that came after the cancellation is released',
  refund_reversed: 'a refund that had succeeded comes back',
  // Merchants
  answered_in_progress: 'a second request is told that the first still runs',
  answered_conflict: 'a request waits for the outcome of an earlier call',
  answered_not_known_yet: 'a request is answered 202',
  answered_unavailable: 'a request is answered 503 and its key given back',
  answer_replayed: 'a stored answer is given again',
  captured: 'an authorised payment is captured',
  captured_in_part: 'an authorised payment is captured in part',
  canceled: 'a payment is canceled',
  refunded_outside: 'somebody refunds in the provider’s dashboard',
  refund_adopted: '… and we book a refund nobody asked us for',
  // Webhooks
  webhook_repeated: 'a webhook is recognised as known',
  webhook_refused: 'a forged webhook is refused',
  webhook_early: 'a webhook comes before the answer that names its object',
  webhook_unmatched: 'a webhook comes about a payment nobody knows yet',
  webhook_postponed: 'a webhook waits because the provider cannot be asked',
  // Payment links
  link_paid: 'a payment link is paid',
  link_paid_again: 'a reusable link is paid more than once',
  link_taken: 'somebody else is paying the link',
  link_resumed: 'a payer comes back to the payment they have started',
  link_started_again: 'a link whose payment came to nothing, or was withdrawn, is opened anew',
  link_lost_its_version: 'a link changes between being read and being started to pay',
  link_attempt_inherited: 'a payment that a dead process was about to make is made by another',
  link_attempt_never_made: 'what nobody has made yet is closed with its key, because its link is over',
  link_unavailable: 'a link cannot be paid at the moment',
  link_found_ended: 'a payer finds that a link has ended',
  link_expired: 'a link runs out',
  link_deactivated: 'a link is ended by its merchant',
  link_withdrawn: 'what was open on a link that is over is withdrawn',
  link_paid_after_its_end: 'a payment that was under way when its link ended pays it',
  link_surplus_returned: 'a second payment of a link goes back',
  link_surplus_bounced: '… after a refund of it had come to nothing',
  // Ends of a call
  operation_not_sent: 'a call is known never to have left',
  operation_absent: 'a call is proven never to have had an effect',
  operation_rejected: 'a call is refused by the provider',
  operation_declined: 'a call ends in a decline',
  operation_expired: 'an order runs out unpaid',
} as const

export type Mark = keyof typeof SITUATIONS | FaultName

/** Counts how often each situation was reached, over many histories. */
export type Marks = Map<Mark, number>

export type Trace = (from: string, to: string, text: string) => void

export const MARKS: Readonly<Record<Mark, string>> = {
  ...SITUATIONS,
  ...(Object.fromEntries(Object.entries(FAULTS).map(([name, { what }]) => [name, what])) as Record<
    FaultName,
    string
  >), // one line for every fault
}

export const MARK_NAMES = Object.keys(MARKS) as readonly Mark[] // an object literal has no other keys

export function count(marks: Marks, name: Mark, times = 1): void {
  marks.set(name, (marks.get(name) ?? 0) + times)
}

/** The marks that were not reached `least` times. */
export function missed(marks: Marks, least: number): Mark[] {
  return MARK_NAMES.filter((name) => (marks.get(name) ?? 0) < least)
}
