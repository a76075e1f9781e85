import type { Simulation, SimulationResult } from '../kernel/types.ts'
import { decideDispute, openDispute } from './disputes.ts'
import { cancel, settleBankDebit, unusable } from './intent-machine.ts'
import { AUTHENTICATED_CARD, DECLINED_CARD, PLAIN_CARD, SLOW_BANK_ACCOUNT } from './magic.ts'
import { finishAuthentication, payOnSession, tryWith } from './payer.ts'
import { expireSession, followIntent, intentOfSession, unusableOn } from './session-flow.ts'
import type { Context, IntentRow, SessionRow } from './state.ts'

/** The payer's side of one payment: a session, with the intent it may have made, or an intent on its own. */
interface Target {
  readonly context: Context
  readonly session: SessionRow | undefined
  intent(): IntentRow | undefined
  pay(number: string): void
}

const PAYABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action']

/** Drives the payer, the bank or the passing of time. `orderRef` is a session or intent id. */
export function simulateOn(context: Context, orderRef: string, action: Simulation): SimulationResult {
  const target = targetOf(context, orderRef)
  if (target === undefined) return { ok: false, reason: `no such session or payment intent: ${orderRef}` }
  const refusal = ACTIONS[action](target)
  return refusal === null ? { ok: true, status: statusOf(target) } : { ok: false, reason: refusal }
}

function targetOf(context: Context, orderRef: string): Target | undefined {
  const { sessions, intents } = context.store
  const session = sessions.get(orderRef) ?? sessions.get(intents.get(orderRef)?.sessionId ?? '')
  if (session !== undefined) {
    return {
      context,
      session,
      intent: () => intentOfSession(context, session),
      pay: (number) => void payOnSession(context, session, number),
    }
  }
  const intent = intents.get(orderRef)
  if (intent === undefined) return undefined
  return {
    context,
    session: undefined,
    intent: () => intent,
    pay: (number) => void tryWith(context, intent, number),
  }
}

function statusOf(target: Target): string {
  return target.intent()?.object.status ?? target.session?.object.status ?? 'unknown'
}

/** Why the payer cannot pay now, null when they can. */
function unpayable(target: Target): string | null {
  const session = target.session?.object
  if (session !== undefined && session.status !== 'open') return `the session is ${session.status}`
  const status = target.intent()?.object.status
  return status === undefined || PAYABLE.includes(status) ? null : `the payment is ${status}`
}

function settle(target: Target, verdict: 'succeeds' | 'fails'): boolean {
  const intent = target.intent()
  if (intent?.object.status !== 'processing') return false
  settleBankDebit(target.context, intent, verdict)
  followIntent(target.context, intent, 'processing')
  return true
}

function payWith(target: Target, number: string): string | null {
  const method = target.intent()?.object.capture_method ?? 'automatic_async'
  const unfit = target.session === undefined ? unusable(method, number) : unusableOn(target.session, number)
  const refusal = unpayable(target) ?? unfit
  if (refusal === null) target.pay(number)
  return refusal
}

const ACTIONS = {
  succeed: (target) => {
    if (settle(target, 'succeeds')) return null
    const intent = target.intent()
    if (intent?.object.status === 'requires_action' && unpayable(target) === null) {
      finishAuthentication(target.context, intent, true)
      return null
    }
    return payWith(target, PLAIN_CARD)
  },
  fail: (target) => (settle(target, 'fails') ? null : payWith(target, DECLINED_CARD)),
  authenticate: (target) => {
    if (target.intent()?.object.status !== 'requires_action') {
      const refusal = payWith(target, AUTHENTICATED_CARD)
      if (refusal !== null) return refusal
    }
    const intent = target.intent()
    if (intent === undefined || unpayable(target) !== null) return 'nothing waits for authentication'
    finishAuthentication(target.context, intent, true)
    return null
  },
  // The payer gets as far as the bank's page and closes the browser.
  abandon: (target) => payWith(target, AUTHENTICATED_CARD),
  expire: (target) => {
    const intent = target.intent()
    if (target.session?.object.status === 'open') {
      expireSession(target.context, target.session)
      return null
    }
    if (intent?.object.status !== 'requires_capture')
      return 'only open sessions and authorised payments expire'
    cancel(target.context, intent, 'automatic')
    return null
  },
  // A bank debit: processing now, succeeded when the clock reaches the bank's answer.
  late_succeed: (target) => (settle(target, 'succeeds') ? null : payWith(target, SLOW_BANK_ACCOUNT)),
  dispute: (target) => {
    const intent = target.intent()?.object
    const charge = target.context.store.charges.get(intent?.latest_charge ?? '')
    if (intent?.status !== 'succeeded' || charge === undefined)
      return 'only a succeeded payment can be disputed'
    if (charge.object.disputed) return 'the payment is already disputed'
    openDispute(target.context, charge, 'fraudulent')
    return null
  },
  dispute_won: (target) => decide(target, true),
  dispute_lost: (target) => decide(target, false),
} satisfies Record<Simulation, (target: Target) => string | null>

function decide(target: Target, won: boolean): string | null {
  const charge = target.context.store.charges.get(target.intent()?.object.latest_charge ?? '')
  if (charge !== undefined && decideDispute(target.context, charge, won)) return null
  return 'there is no open dispute to decide'
}

/** The mode an order belongs to, so that a simulation acts in the right books. */
export function contextFor(base: Omit<Context, 'livemode'>, orderRef: string): Context | undefined {
  for (const livemode of [false, true]) {
    const context = { ...base, livemode }
    const { sessions, intents } = context.store
    const row = sessions.get(orderRef) ?? intents.get(orderRef)
    if (row !== undefined && row.accountId === context.accountId && row.livemode === livemode) return context
  }
  return undefined
}
