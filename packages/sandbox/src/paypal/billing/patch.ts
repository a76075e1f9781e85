import { isRecord } from '../../kernel/http.ts'
import { type JsonObject, malformed, unprocessable } from '../errors.ts'
import { asMoney, asText, newFindings, settle } from '../parse.ts'
import type { Answer, Call } from '../state.ts'
import { schedule } from './cycle.ts'
import { tellSubscription } from './events.ts'
import { type Patch, patches } from './lists.ts'
import { readPrice } from './plans.ts'
import type { Subscription } from './rows.ts'
import { subscriptionOf } from './subscriptions.ts'

const PRICE = /^\/plan\/billing_cycles\/@sequence==(\d{1,2})\/pricing_scheme(\/fixed_price)?$/

/** `PATCH /v1/billing/subscriptions/{id}`: everything is read before anything changes. */
export function patchSubscription(call: Call): Answer {
  const row = subscriptionOf(call)
  const changes = patches(call).map((change) => changeOf(row, change))
  if (row.status !== 'ACTIVE' && row.status !== 'SUSPENDED') {
    const description =
      'Invalid subscription status for patch action; subscription status should be either active or suspended.'
    throw unprocessable('SUBSCRIPTION_STATUS_INVALID', { description })
  }
  for (const apply of changes) apply()
  row.updatedAt = call.paypal.world.clock.now()
  schedule(call.paypal, row)
  tellSubscription(call.paypal, row, 'UPDATED')
  return { status: 204 }
}

function changeOf(row: Subscription, { op, path, value }: Patch): () => void {
  const findings = newFindings()
  const price = PRICE.exec(path)
  if (price !== null)
    return priceChange(row, Number(price[1]), price[2] === undefined ? value : { fixed_price: value })
  if (path === '/custom_id') {
    const custom = op === 'remove' ? undefined : asText(value, path, findings, { max: 127, required: true })
    settle(findings)
    return () => {
      row.customId = custom ?? null
    }
  }
  if (path === '/billing_info/outstanding_balance') {
    const amount = asMoney(value, path, findings, { zero: true, required: true })
    settle(findings)
    return () => {
      row.outstanding = amount ?? row.outstanding
    }
  }
  if (path === '/billing_info/next_billing_time') {
    const at = Date.parse(String(value))
    if (Number.isNaN(at)) throw malformed('INVALID_PARAMETER_SYNTAX', { field: path, location: 'body' })
    return () => {
      row.nextBilling = at
      row.anchor = at
    }
  }
  return otherChange(row, path, value)
}

function priceChange(row: Subscription, sequence: number, scheme: unknown): () => void {
  const findings = newFindings()
  const read = readPrice(scheme, `/plan/billing_cycles/@sequence==${sequence}/pricing_scheme`, findings)
  settle(findings)
  const cycle = row.terms.cycles.find((known) => known.sequence === sequence)
  if (cycle === undefined || read === null) {
    const description = 'The provided billing cycle sequence is not available.'
    throw unprocessable('INVALID_BILLING_CYCLE_SEQUENCE', { description })
  }
  return () => {
    cycle.price = read
    cycle.version += 1
  }
}

function otherChange(row: Subscription, path: string, value: unknown): () => void {
  if (path === '/plan/payment_preferences/auto_bill_outstanding' && typeof value === 'boolean') {
    return () => {
      row.terms.preferences.autoBill = value
    }
  }
  if (path === '/plan/payment_preferences/payment_failure_threshold' && Number.isInteger(value)) {
    return () => {
      row.terms.preferences.threshold = Number(value)
    }
  }
  const [, root, field] = /^\/(subscriber)\/(name|shipping_address)$/.exec(path) ?? []
  if (root !== undefined && field !== undefined && isRecord(value)) {
    const sent: JsonObject = value
    return () => {
      row.subscriber = { ...row.subscriber, [field]: sent }
    }
  }
  throw malformed('INVALID_PATCH_PATH', { field: path, location: 'body' })
}
