import { malformed, notFound, unprocessable } from '../errors.ts'
import { fromMinor, type Money } from '../money.ts'
import { bodyObject } from '../orders.ts'
import { asChoice, asMoney, asObject, asText, type Findings, missing, newFindings, settle } from '../parse.ts'
import type { Answer, Call, Paypal } from '../state.ts'
import { tellPlan } from './events.ts'
import { paged, patches } from './lists.ts'
import { type Cycle, type Plan, type Preferences, type Taxes, UNITS, type Unit } from './rows.ts'
import { planView } from './views.ts'

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'
export function createPlan(call: Call): Answer {
  const { paypal, account } = call
  const body = bodyObject(call)
  const findings = newFindings()
  const productId = asText(body.product_id, '/product_id', findings, { min: 6, max: 50, required: true })
  const name = asText(body.name, '/name', findings, { max: 127, required: true })
  const description = asText(body.description, '/description', findings, { max: 127 })
  const status = asChoice(body.status ?? 'ACTIVE', '/status', findings, ['CREATED', 'ACTIVE', 'INACTIVE'])
  const cycles = readCycles(body.billing_cycles, findings)
  if (body.payment_preferences === undefined) missing('/payment_preferences', findings)
  const preferences = readPreferences(body.payment_preferences, findings)
  const taxes = readTaxes(body.taxes, findings)
  settle(findings)
  checkCycles(cycles, preferences)
  if (paypal.products.get(`${account.id} ${productId}`) === undefined) throw notFound()
  const now = paypal.world.clock.now()
  const plan: Plan = {
    id: `P-${paypal.world.random.text(LETTERS, 24)}`,
    accountId: account.id,
    productId: productId ?? '',
    name: name ?? '',
    description: description ?? null,
    status: status ?? 'ACTIVE',
    cycles,
    preferences,
    taxes,
    quantitySupported: body.quantity_supported === true,
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
  paypal.plans.set(plan.id, plan)
  tellPlan(paypal, plan, 'CREATED')
  return { status: 201, body: planView(paypal, plan), resourceId: plan.id }
}

/** Days, weeks, months and years one cycle may take at most. */
const LONGEST: Readonly<Record<Unit, number>> = { DAY: 365, WEEK: 52, MONTH: 12, YEAR: 1 }

function readCycles(value: unknown, findings: Findings): Cycle[] {
  if (!Array.isArray(value) || value.length === 0) {
    missing('/billing_cycles', findings)
    return []
  }
  return value.flatMap((entry: unknown, index) => {
    const at = `/billing_cycles/${index}`
    const cycle = asObject(entry, at, findings) ?? {}
    const frequency = asObject(cycle.frequency, `${at}/frequency`, findings)
    if (frequency === undefined) missing(`${at}/frequency`, findings)
    const units = Object.keys(UNITS) as Unit[] // the table's own keys
    const unit = asChoice(frequency?.interval_unit, `${at}/frequency/interval_unit`, findings, units)
    const tenure = asChoice(cycle.tenure_type, `${at}/tenure_type`, findings, ['TRIAL', 'REGULAR'])
    const sequence = asCount(cycle.sequence, `${at}/sequence`, findings, { least: 1, most: 99 })
    if (cycle.tenure_type === undefined) missing(`${at}/tenure_type`, findings)
    if (cycle.sequence === undefined) missing(`${at}/sequence`, findings)
    const most = LONGEST[unit ?? 'DAY']
    const count = asCount(frequency?.interval_count ?? 1, `${at}/frequency/interval_count`, findings, {
      least: 1,
      most,
    })
    const total = asCount(cycle.total_cycles ?? 1, `${at}/total_cycles`, findings, { least: 0, most: 999 })
    const price = readPrice(cycle.pricing_scheme, `${at}/pricing_scheme`, findings)
    if (unit === undefined || tenure === undefined) return []
    return [{ unit, count, tenure, sequence, total, price, version: 1 }]
  })
}

export function readPrice(value: unknown, at: string, findings: Findings): Money | null {
  const scheme = asObject(value, at, findings)
  if (scheme === undefined) return null
  return asMoney(scheme.fixed_price, `${at}/fixed_price`, findings, { zero: true, required: true }) ?? null
}

export function asCount(
  value: unknown,
  field: string,
  findings: Findings,
  range: { readonly least: number; readonly most: number },
): number {
  if (value === undefined) return range.least
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (value >= range.least && value <= range.most) return value
    const issue = value < range.least ? 'INVALID_INTEGER_MIN_VALUE' : 'INVALID_INTEGER_MAX_VALUE'
    findings.schema.push({ issue, field, value: String(value), location: 'body' })
    return range.least
  }
  findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field, location: 'body' })
  return range.least
}

function readPreferences(value: unknown, findings: Findings): Preferences {
  const at = '/payment_preferences'
  const sent = asObject(value, at, findings) ?? {}
  const action = asChoice(
    sent.setup_fee_failure_action ?? 'CANCEL',
    `${at}/setup_fee_failure_action`,
    findings,
    ['CONTINUE', 'CANCEL'],
  )
  return {
    autoBill: sent.auto_bill_outstanding !== false,
    setupFee: asMoney(sent.setup_fee, `${at}/setup_fee`, findings, { zero: true }) ?? null,
    setupFeeFailure: action ?? 'CANCEL',
    threshold: asCount(sent.payment_failure_threshold ?? 0, `${at}/payment_failure_threshold`, findings, {
      least: 0,
      most: 999,
    }),
  }
}

function readTaxes(value: unknown, findings: Findings): Taxes | null {
  const sent = asObject(value, '/taxes', findings)
  if (sent === undefined) return null
  const percentage = asText(sent.percentage, '/taxes/percentage', findings, { max: 10, required: true })
  if (percentage !== undefined && !/^\d+(\.\d+)?$/.test(percentage)) {
    findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field: '/taxes/percentage', location: 'body' })
  }
  return { percentage: percentage ?? '0', inclusive: sent.inclusive !== false }
}

/** Subscriptions v1 reference, error messages of "Create plan". */
function checkCycles(cycles: Cycle[], preferences: Preferences): void {
  cycles.sort((a, b) => a.sequence - b.sequence)
  const regular = cycles.filter(({ tenure }) => tenure === 'REGULAR')
  const trials = cycles.length - regular.length
  const refuse = (issue: string, description: string) =>
    unprocessable(issue, { description, field: '/billing_cycles' })
  if (regular.length === 0) {
    throw refuse('MISSING_REGULAR_BILLING_CYCLE', 'Plan should have at least one regular billing cycle.')
  }
  if (regular.length > 1) {
    throw refuse(
      'MULTIPLE_REGULAR_BILLING_CYCLES_NOT_SUPPORTED',
      'Only one regular billing cycle is allowed.',
    )
  }
  if (trials > 2) {
    throw refuse(
      'MORE_THAN_TWO_TRIAL_BILLING_CYCLE_NOT_SUPPORTED',
      'Only two trial billing cycles are allowed.',
    )
  }
  if (cycles.at(-1)?.tenure !== 'REGULAR') {
    throw refuse(
      'INVALID_BILLING_CYCLE_SEQUENCE',
      'Trial Billing cycle should precede regular billing cycle.',
    )
  }
  const price = regular[0]?.price
  if (price === null || price === undefined) {
    throw malformed('MISSING_REQUIRED_PARAMETER', {
      field: '/billing_cycles/pricing_scheme',
      location: 'body',
    })
  }
  const fees = preferences.setupFee === null ? [] : [preferences.setupFee]
  const odd = [...cycles.flatMap((cycle) => cycle.price ?? []), ...fees].find(
    ({ currency_code }) => currency_code !== price.currency_code,
  )
  if (odd !== undefined) {
    throw refuse('CURRENCY_MISMATCH', 'All currency codes in the request should be of similar value.')
  }
}

export function planOf(call: Call, id = call.params[0] ?? ''): Plan {
  const plan = call.paypal.plans.get(id)
  if (plan?.accountId !== call.account.id) throw notFound()
  return plan
}

export const getPlan = (call: Call): Answer => ({ status: 200, body: planView(call.paypal, planOf(call)) })

export const replayPlan = (call: Call, id: string): Answer => ({
  status: 200,
  body: planView(call.paypal, planOf(call, id)),
})

export function listPlans(call: Call): Answer {
  const product = call.query.get('product_id')
  const rows = [...call.paypal.plans.values()].filter(
    (plan) => plan.accountId === call.account.id && (product === null || plan.productId === product),
  )
  return paged(call, 'plans', rows.reverse(), (plan) => planView(call.paypal, plan))
}

function changeStatus(call: Call, status: 'ACTIVE' | 'INACTIVE'): Answer {
  const plan = planOf(call)
  const allowed = status === 'ACTIVE' ? plan.status !== 'ACTIVE' : plan.status === 'ACTIVE'
  if (allowed) {
    plan.status = status
    plan.updatedAt = call.paypal.world.clock.now()
    tellPlan(call.paypal, plan, status === 'ACTIVE' ? 'ACTIVATED' : 'DEACTIVATED')
    return { status: 204 }
  }
  const [action, wanted] =
    status === 'ACTIVE' ? ['activate', 'either created or inactive'] : ['deactivate', 'active']
  const description = `Invalid plan status for ${action} action; plan status should be ${wanted}.`
  throw unprocessable('PLAN_STATUS_INVALID', { description })
}

export const activatePlan = (call: Call): Answer => changeStatus(call, 'ACTIVE')
export const deactivatePlan = (call: Call): Answer => changeStatus(call, 'INACTIVE')

export function patchPlan(call: Call): Answer {
  const plan = planOf(call)
  const findings = newFindings()
  for (const { path, value } of patches(call)) {
    if (path === '/name') plan.name = asText(value, path, findings, { max: 127, required: true }) ?? plan.name
    else if (path === '/description') plan.description = asText(value, path, findings, { max: 127 }) ?? null
    else if (path === '/payment_preferences/auto_bill_outstanding') plan.preferences.autoBill = value === true
    else if (path === '/payment_preferences/payment_failure_threshold') {
      plan.preferences.threshold = asCount(value, path, findings, { least: 0, most: 999 })
    } else throw malformed('INVALID_PATCH_PATH', { field: path })
  }
  settle(findings)
  plan.updatedAt = call.paypal.world.clock.now()
  tellPlan(call.paypal, plan, 'UPDATED')
  return { status: 204 }
}

/** A price does not change for cycles that start within ten days (PayPal docs, Pricing plans: update). */
const PRICE_NOTICE_MS = 10 * 86_400_000

export function updatePricing(call: Call): Answer {
  const plan = planOf(call)
  const { pricing_schemes: schemes } = bodyObject(call)
  const findings = newFindings()
  if (!Array.isArray(schemes)) missing('/pricing_schemes', findings)
  const read = (Array.isArray(schemes) ? schemes : []).map((entry: unknown, index) => {
    const sent = asObject(entry, `/pricing_schemes/${index}`, findings) ?? {}
    const at = `/pricing_schemes/${index}/pricing_scheme`
    return { sequence: sent.billing_cycle_sequence, price: readPrice(sent.pricing_scheme, at, findings) }
  })
  settle(findings)
  const changes = read.map(({ sequence, price }) => {
    const cycle = plan.cycles.find((known) => known.sequence === sequence)
    if (cycle === undefined || price === null) {
      const description = 'The provided billing cycle sequence is not available.'
      throw unprocessable('INVALID_BILLING_CYCLE_SEQUENCE', { description })
    }
    if (cycle.price !== null && cycle.price.currency_code !== price.currency_code) {
      throw unprocessable('CURRENCY_MISMATCH', {
        description: "The currency code is different from the plan's currency code.",
      })
    }
    return { cycle, price }
  })
  for (const { cycle, price } of changes) {
    Object.assign(cycle, { price, version: cycle.version + 1 })
    reachSubscriptions(call.paypal, plan, cycle, price)
  }
  plan.version += 1
  plan.updatedAt = call.paypal.world.clock.now()
  tellPlan(call.paypal, plan, 'PRICING-CHANGE.ACTIVATED')
  return { status: 204 }
}

function reachSubscriptions(paypal: Paypal, plan: Plan, cycle: Cycle, price: Money): void {
  const from = paypal.world.clock.now() + PRICE_NOTICE_MS
  for (const row of paypal.subscriptions.values()) {
    if (row.terms.planId !== plan.id || row.overridden) continue
    row.prices.push({ sequence: cycle.sequence, price, version: cycle.version, from })
  }
}

/** Nothing of this plan's currency. */
export const zeroOf = (cycles: readonly Cycle[]): Money =>
  fromMinor(cycles.flatMap(({ price }) => price ?? [])[0]?.currency_code ?? 'USD', 0n)
