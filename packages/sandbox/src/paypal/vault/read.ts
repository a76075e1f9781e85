import type { JsonObject } from '../errors.ts'
import { resourceId } from '../ids.ts'
import { asChoice, asObject, asText, type Findings, missing } from '../parse.ts'
import type { Paypal } from '../state.ts'
import type { VaultCustomer, VaultRequest, VaultTerms } from './rows.ts'

const PATTERNS = [
  'IMMEDIATE',
  'DEFERRED',
  'RECURRING_PREPAID',
  'RECURRING_POSTPAID',
  'THRESHOLD_PREPAID',
  'THRESHOLD_POSTPAID',
  'SUBSCRIPTION_PREPAID',
  'SUBSCRIPTION_POSTPAID',
  'UNSCHEDULED_PREPAID',
  'UNSCHEDULED_POSTPAID',
  'INSTALLMENT_PREPAID',
  'INSTALLMENT_POSTPAID',
] as const

/** `usage_type` is mandatory (PayPal Orders v2 reference, `paypal_wallet_vault_instruction`). */
export function readTerms(given: JsonObject, at: string, findings: Findings): VaultTerms {
  if (given.usage_type === undefined) missing(`${at}/usage_type`, findings)
  const usage = asChoice(given.usage_type, `${at}/usage_type`, findings, ['MERCHANT', 'PLATFORM'])
  const customer = asChoice(given.customer_type, `${at}/customer_type`, findings, ['CONSUMER', 'BUSINESS'])
  const pattern = asChoice(given.usage_pattern, `${at}/usage_pattern`, findings, PATTERNS)
  const description = asText(given.description, `${at}/description`, findings, { max: 128 })
  return {
    usage_type: usage ?? 'MERCHANT',
    customer_type: customer ?? 'CONSUMER',
    permit_multiple_payment_tokens: given.permit_multiple_payment_tokens === true,
    ...(pattern === undefined ? {} : { usage_pattern: pattern }),
    ...(description === undefined ? {} : { description }),
  }
}

/** PayPal names a customer it does not know yet; the caller's own name for them is kept beside. */
export function readCustomer(paypal: Paypal, value: unknown, at: string, findings: Findings): VaultCustomer {
  const given = asObject(value, at, findings) ?? {}
  const id = asText(given.id, `${at}/id`, findings, { max: 22 })
  const own = asText(given.merchant_customer_id, `${at}/merchant_customer_id`, findings, { max: 64 })
  return {
    id: id ?? resourceId(paypal.world.random).slice(0, 10),
    ...(own === undefined ? {} : { merchant_customer_id: own }),
  }
}

/** `payment_source.paypal.attributes` of an order. */
export function readAttributes(
  paypal: Paypal,
  value: unknown,
  at: string,
  findings: Findings,
): VaultRequest | null {
  const attributes = asObject(value, at, findings)
  const vault = asObject(attributes?.vault, `${at}/vault`, findings)
  if (vault === undefined) return null
  if (vault.store_in_vault === undefined) {
    findings.rules.push({ issue: 'VAULT_INSTRUCTION_REQUIRED', field: `${at}/vault`, location: 'body' })
  }
  asChoice(vault.store_in_vault, `${at}/vault/store_in_vault`, findings, ['ON_SUCCESS'])
  return {
    terms: readTerms(vault, `${at}/vault`, findings),
    customer: readCustomer(paypal, attributes?.customer, `${at}/customer`, findings),
  }
}
