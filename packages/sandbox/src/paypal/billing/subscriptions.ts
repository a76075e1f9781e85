import { type JsonObject, malformed, notFound, unprocessable } from '../errors.ts'
import { fromMinor, type Money, toMinor } from '../money.ts'
import { bodyObject } from '../orders.ts'
import {
  asChoice,
  asMoney,
  asObject,
  asText,
  asUrl,
  type Findings,
  missing,
  newFindings,
  settle,
} from '../parse.ts'
import type { Answer, Call } from '../state.ts'
import { link } from '../views.ts'
import { activate, attempt, cycleAmount, end, reactivate, schedule, suspend } from './cycle.ts'
import { tellSubscription } from './events.ts'
import { paged, selfLink } from './lists.ts'
import { asCount, readPrice, zeroOf } from './plans.ts'
import type { Cycle, Plan, Subscription, Terms } from './rows.ts'
import { approvalPage, subscriptionLinks, subscriptionView, transactionView } from './views.ts'

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'
const newToken = (call: Call): string => `BA-${call.paypal.world.random.text(LETTERS, 17)}`

export function subscriptionOf(call: Call, id = call.params[0] ?? ''): Subscription {
  const row = call.paypal.subscriptions.get(id)
  if (row?.accountId !== call.account.id) throw notFound()
  return row
}

export function createSubscription(call: Call): Answer {
  const { paypal, account } = call
  const body = bodyObject(call)
  const now = paypal.world.clock.now()
  const findings = newFindings()
  const planId = asText(body.plan_id, '/plan_id', findings, { min: 3, max: 50, required: true })
  const customId = asText(body.custom_id, '/custom_id', findings, { max: 127 })
  const quantity = readQuantity(body.quantity, findings)
  const subscriber = asObject(body.subscriber, '/subscriber', findings) ?? {}
  const context = asObject(body.application_context, '/application_context', findings) ?? {}
  const at = '/application_context'
  const returnUrl = asUrl(context.return_url, `${at}/return_url`, findings) ?? null
  const cancelUrl = asUrl(context.cancel_url, `${at}/cancel_url`, findings) ?? null
  const action = asChoice(context.user_action ?? 'SUBSCRIBE_NOW', `${at}/user_action`, findings, [
    'CONTINUE',
    'SUBSCRIBE_NOW',
  ])
  const startTime = readStart(body.start_time, now, findings)
  const override = asObject(body.plan, '/plan', findings)
  const overrides = readOverrides(override?.billing_cycles, findings)
  settle(findings)
  const plan = usablePlan(call, planId ?? '')
  checkQuantity(plan, quantity)
  const row: Subscription = {
    id: `I-${paypal.world.random.text(LETTERS, 12)}`,
    accountId: account.id,
    status: 'APPROVAL_PENDING',
    statusNote: null,
    statusAt: now,
    terms: termsOf(plan, quantity, overrides),
    overridden: override !== undefined,
    revision: null,
    prices: [],
    customId: customId ?? null,
    subscriber,
    returnUrl,
    cancelUrl,
    brand: typeof context.brand_name === 'string' ? context.brand_name : 'Test merchant',
    activates: action !== 'CONTINUE',
    token: newToken(call),
    startTime: startTime ?? now,
    payerId: null,
    funding: 'works',
    phase: 0,
    begun: [],
    anchor: now,
    nextBilling: null,
    retryAt: null,
    retries: 0,
    outstanding: zeroOf(plan.cycles),
    failures: 0,
    lastPayment: null,
    lastFailure: null,
    createdAt: now,
    updatedAt: now,
    dueAt: null,
  }
  paypal.subscriptions.set(row.id, row)
  tellSubscription(paypal, row, 'CREATED')
  return { status: 201, body: subscriptionView(paypal, row), resourceId: row.id }
}

function readQuantity(value: unknown, findings: Findings): string {
  const text = asText(value, '/quantity', findings, { max: 32 }) ?? '1'
  if (/^[1-9]\d*$/.test(text)) return text
  findings.schema.push({
    issue: 'INVALID_PARAMETER_SYNTAX',
    field: '/quantity',
    value: text,
    location: 'body',
  })
  return '1'
}

function readStart(value: unknown, now: number, findings: Findings): number | undefined {
  const text = asText(value, '/start_time', findings, { min: 20, max: 64 })
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (at > now) return at
  const description = 'Start time must be a valid future date and time.'
  const issue = 'INVALID_PARAMETER_VALUE'
  findings.schema.push({ issue, field: '/start_time', value: text, location: 'body', description })
  return undefined
}

interface Override {
  readonly price: Money | null
  readonly total: number | null
}

/** New prices and numbers of cycles, by sequence: the rest of a plan stays (Subscriptions API v1, Plan override). */
function readOverrides(value: unknown, findings: Findings): ReadonlyMap<unknown, Override> {
  if (!Array.isArray(value)) return new Map()
  return new Map(
    value.map((entry: unknown, index) => {
      const at = `/plan/billing_cycles/${index}`
      const cycle = asObject(entry, at, findings) ?? {}
      const price = readPrice(cycle.pricing_scheme, `${at}/pricing_scheme`, findings)
      const range = { least: 0, most: 999 }
      const total =
        cycle.total_cycles === undefined
          ? null
          : asCount(cycle.total_cycles, `${at}/total_cycles`, findings, range)
      return [cycle.sequence, { price, total }] as const
    }),
  )
}

function usablePlan(call: Call, id: string): Plan {
  const plan = call.paypal.plans.get(id)
  if (plan?.accountId !== call.account.id) throw notFound()
  if (plan.status === 'ACTIVE') return plan
  const description = 'Invalid plan status for subscription creation; plan status should be active.'
  throw unprocessable('PLAN_STATUS_INVALID', { description })
}

function checkQuantity(plan: Plan, quantity: string): void {
  if (quantity === '1' || plan.quantitySupported) return
  const description = "Subscription can't have quantity as the plan does not support quantity."
  throw unprocessable('SUBSCRIPTION_CANNOT_HAVE_QUANTITY', { field: '/quantity', description })
}

function termsOf(plan: Plan, quantity: string, overrides: ReadonlyMap<unknown, Override>): Terms {
  const { cycles, preferences, taxes } = structuredClone({
    cycles: plan.cycles,
    preferences: plan.preferences,
    taxes: plan.taxes,
  })
  for (const cycle of cycles) {
    const override = overrides.get(cycle.sequence)
    cycle.price = override?.price ?? cycle.price
    cycle.total = override?.total ?? cycle.total
  }
  return { planId: plan.id, quantity, cycles, preferences, taxes }
}

export function getSubscription(call: Call): Answer {
  const fields = (call.query.get('fields') ?? '').split(',')
  const body = subscriptionView(call.paypal, subscriptionOf(call), fields.includes('plan'))
  return { status: 200, body }
}

export const replaySubscription = (call: Call, id: string): Answer => ({
  status: 200,
  body: subscriptionView(call.paypal, subscriptionOf(call, id)),
})

export function listSubscriptions(call: Call): Answer {
  const plans = call.query.get('plan_ids')?.split(',')
  const states = call.query.get('statuses')?.split(',')
  const rows = [...call.paypal.subscriptions.values()].filter(
    (row) =>
      row.accountId === call.account.id &&
      (plans === undefined || plans.includes(row.terms.planId)) &&
      (states === undefined || states.includes(row.status)),
  )
  return paged(call, 'subscriptions', rows.reverse(), (row) => subscriptionView(call.paypal, row))
}

function reasonOf(call: Call, required: boolean): string | null {
  const body: JsonObject = call.body === undefined && !required ? {} : bodyObject(call)
  const findings = newFindings()
  const tooLong = 'INVALID_STRING_MAX_LENGTH'
  const reason = asText(body.reason, '/reason', findings, { max: 128, required, tooLong })
  settle(findings)
  return reason ?? null
}

const wrongState = (action: string, wanted: string) =>
  unprocessable('SUBSCRIPTION_STATUS_INVALID', {
    description: `Invalid subscription status for ${action} action; subscription status should be ${wanted}.`,
  })

export function suspendRoute(call: Call): Answer {
  const row = subscriptionOf(call)
  const reason = reasonOf(call, true)
  if (row.status !== 'ACTIVE') throw wrongState('suspend', 'active')
  suspend(call.paypal, row, reason)
  return { status: 204 }
}

/** Also what a merchant who asked for `CONTINUE` calls once the payer has approved. */
export function activateRoute(call: Call): Answer {
  const row = subscriptionOf(call)
  const reason = reasonOf(call, false)
  if (row.status === 'APPROVED') activate(call.paypal, row, reason)
  else if (row.status === 'SUSPENDED') reactivate(call.paypal, row, reason)
  else throw wrongState('activate', 'suspended')
  return { status: 204 }
}

export function cancelRoute(call: Call): Answer {
  const row = subscriptionOf(call)
  const reason = reasonOf(call, true)
  if (row.status !== 'ACTIVE' && row.status !== 'SUSPENDED') throw wrongState('cancel', 'active or suspended')
  end(call.paypal, row, 'CANCELLED', reason)
  return { status: 204 }
}

/** `POST …/capture`: takes what is outstanding, or part of it. */
export function captureRoute(call: Call): Answer {
  const row = subscriptionOf(call)
  const body = bodyObject(call)
  const findings = newFindings()
  asText(body.note, '/note', findings, { max: 128, required: true })
  if (body.capture_type === undefined) missing('/capture_type', findings)
  asChoice(body.capture_type, '/capture_type', findings, ['OUTSTANDING_BALANCE'])
  const amount = asMoney(body.amount, '/amount', findings, { required: true })
  settle(findings)
  if (amount === undefined) throw malformed('MISSING_REQUIRED_PARAMETER', { field: '/amount' })
  if (row.status !== 'ACTIVE' && row.status !== 'SUSPENDED' && row.status !== 'EXPIRED') {
    throw wrongState('capture', 'active or suspended or expired')
  }
  checkOutstanding(row, amount)
  if (attempt(call.paypal, row, amount)) {
    row.outstanding = fromMinor(amount.currency_code, toMinor(row.outstanding) - toMinor(amount))
    if (toMinor(row.outstanding) === 0n) row.retryAt = null
    schedule(call.paypal, row)
  }
  const sale = [...call.paypal.sales.values()].findLast(({ subscriptionId }) => subscriptionId === row.id)
  const shown = sale === undefined ? undefined : transactionView(sale)
  return { status: 202, body: shown, ...(sale === undefined ? {} : { resourceId: sale.id }) }
}

function checkOutstanding(row: Subscription, amount: Money): void {
  if (amount.currency_code !== row.outstanding.currency_code) {
    const description = "The currency code is different from the subscription's currency code."
    throw unprocessable('CURRENCY_MISMATCH', { description })
  }
  if (toMinor(row.outstanding) === 0n) {
    const description = 'Current outstanding balance should be greater than zero.'
    throw unprocessable('ZERO_OUTSTANDING_BALANCE', { description })
  }
  if (toMinor(amount) > toMinor(row.outstanding)) {
    const description = 'The capture amount can not be greater than the current outstanding balance.'
    throw unprocessable('AMOUNT_GREATER_THAN_OUTSTANDING_BALANCE', { description })
  }
}

export function replayCaptured(call: Call, id: string): Answer {
  const sale = call.paypal.sales.get(id)
  return { status: 202, body: sale === undefined ? undefined : transactionView(sale) }
}

export function listTransactions(call: Call): Answer {
  const row = subscriptionOf(call)
  const [from, to] = ['start_time', 'end_time'].map((name) => {
    const text = call.query.get(name)
    if (text === null) throw malformed('MISSING_REQUIRED_PARAMETER', { field: name, location: 'query' })
    const at = Date.parse(text)
    if (Number.isNaN(at))
      throw malformed('INVALID_PARAMETER_SYNTAX', { field: name, value: text, location: 'query' })
    return at
  })
  const sales = [...call.paypal.sales.values()].filter(
    (sale) => sale.subscriptionId === row.id && sale.createdAt >= (from ?? 0) && sale.createdAt <= (to ?? 0),
  )
  return { status: 200, body: { transactions: sales.map(transactionView), links: [selfLink(call)] } }
}

/**
 * `POST …/revise`: another plan, quantity or price from the next billing on. What costs the subscriber more
 * waits for their consent at the `approve` link.
 */
export function reviseRoute(call: Call): Answer {
  const { paypal } = call
  const row = subscriptionOf(call)
  const body = bodyObject(call)
  const findings = newFindings()
  const planId = asText(body.plan_id, '/plan_id', findings, { min: 3, max: 50 }) ?? row.terms.planId
  const quantity = body.quantity === undefined ? row.terms.quantity : readQuantity(body.quantity, findings)
  const override = asObject(body.plan, '/plan', findings)
  const overrides = readOverrides(override?.billing_cycles, findings)
  settle(findings)
  if (row.status !== 'ACTIVE' && row.status !== 'SUSPENDED') throw wrongState('revise', 'active or suspended')
  const plan = usablePlan(call, planId)
  const before = paypal.plans.get(row.terms.planId)
  if (before !== undefined && before.productId !== plan.productId) {
    const description = 'The old and the new plans should be for the same product.'
    throw unprocessable('PLAN_PRODUCT_NOT_COMPATIBLE', { description })
  }
  checkQuantity(plan, quantity)
  const terms = termsOf(plan, quantity, overrides)
  const dearer = regularAmount({ ...row, terms }) > regularAmount(row)
  const token = newToken(call)
  if (dearer) row.revision = { token, terms }
  else applyTerms(call, row, terms)
  const links = dearer ? [link(approvalPage(paypal, token), 'approve')] : []
  const shown = {
    plan_id: planId,
    quantity,
    plan_overridden: override !== undefined,
    links: [...links, ...subscriptionLinks(paypal, row)],
  }
  return { status: 200, body: shown }
}

function regularAmount(row: Subscription): bigint {
  const regular = row.terms.cycles.find(({ tenure }) => tenure === 'REGULAR')
  return regular === undefined ? 0n : cycleAmount(row, regular)
}

/** A subscription past its trials goes on with the new plan's regular cycle; its next date stays. */
export function applyTerms(call: Pick<Call, 'paypal'>, row: Subscription, terms: Terms): void {
  const running = row.terms.cycles[row.phase]
  const place = terms.cycles.findIndex(({ tenure }: Cycle) => tenure === (running?.tenure ?? 'REGULAR'))
  const begun = row.begun[row.phase] ?? 0
  row.terms = terms
  row.phase = place < 0 ? terms.cycles.length - 1 : place
  row.begun.splice(0, row.begun.length, ...terms.cycles.map((_, at) => (at === row.phase ? begun : 0)))
  row.anchor = row.nextBilling ?? row.anchor
  row.revision = null
  row.updatedAt = call.paypal.world.clock.now()
  tellSubscription(call.paypal, row, 'UPDATED')
}
