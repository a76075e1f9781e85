import { isRecord } from '../kernel/http.ts'
import type { JsonObject } from './errors.ts'
import { type Money, toMinor } from './money.ts'
import { asMoney, asObject, asText, type Findings, missing } from './parse.ts'
import type { PurchaseUnit } from './state.ts'

/** Purchase units: reading one, and the sums and uniqueness rules over all of them. */

const ADDED = ['item_total', 'shipping', 'handling', 'tax_total', 'insurance'] as const
const TAKEN = ['shipping_discount', 'discount'] as const
const QUANTITY = /^[1-9]\d{0,9}$/
const MAX_UNITS = 10

export function readUnits(value: unknown, findings: Findings): PurchaseUnit[] {
  const field = '/purchase_units'
  if (value === undefined || value === null) {
    missing(field, findings)
    return []
  }
  if (!Array.isArray(value)) {
    findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field, location: 'body' })
    return []
  }
  if (value.length === 0) findings.schema.push({ issue: 'INVALID_ARRAY_MIN_ITEMS', field, location: 'body' })
  if (value.length > MAX_UNITS) {
    findings.schema.push({ issue: 'INVALID_ARRAY_MAX_ITEMS', field, location: 'body' })
    return []
  }
  const given: readonly unknown[] = value
  const units = given.map((unit, index) => readUnit(unit, index, given.length > 1, findings))
  checkUnits(units, findings)
  return units
}

export const unitField = (referenceId: string): string => `/purchase_units/@reference_id=='${referenceId}'`

function readUnit(value: unknown, index: number, several: boolean, findings: Findings): PurchaseUnit {
  const given = isRecord(value) ? value : {}
  const plain = `/purchase_units/${index}`
  if (!isRecord(value))
    findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field: plain, location: 'body' })
  const referenceId = asText(given.reference_id, `${plain}/reference_id`, findings, { max: 256 })
  if (referenceId === undefined && several) {
    findings.rules.push({ issue: 'REFERENCE_ID_REQUIRED', field: `${plain}/reference_id`, location: 'body' })
  }
  return readUnitBody(given, referenceId ?? 'default', findings)
}

/** Reads everything of a unit but its reference id; unknown fields are ignored, as PayPal ignores them. */
export function readUnitBody(given: JsonObject, referenceId: string, findings: Findings): PurchaseUnit {
  const at = unitField(referenceId)
  const text = (name: string, max: number) => asText(given[name], `${at}/${name}`, findings, { max })
  const description = text('description', 3000)
  const customId = text('custom_id', 255)
  const invoiceId = text('invoice_id', 127)
  const softDescriptor = text('soft_descriptor', 22)
  const payee = asObject(given.payee, `${at}/payee`, findings)
  const shipping = asObject(given.shipping, `${at}/shipping`, findings)
  const amount = readAmount(given.amount, `${at}/amount`, findings)
  const items = readItems(given.items, at, findings)
  checkItems(items, amount, at, findings)
  return {
    reference_id: referenceId,
    amount,
    ...(payee === undefined ? {} : { payee }),
    // Only the first 127 characters are significant; PayPal takes more and keeps those.
    ...(description === undefined ? {} : { description: description.slice(0, 127) }),
    ...(customId === undefined ? {} : { custom_id: customId }),
    ...(invoiceId === undefined ? {} : { invoice_id: invoiceId }),
    ...(softDescriptor === undefined ? {} : { soft_descriptor: softDescriptor }),
    ...(items.length === 0 ? {} : { items }),
    ...(shipping === undefined ? {} : { shipping }),
  }
}

const NO_MONEY: Money = { currency_code: 'USD', value: '0.00' }

export function readAmount(value: unknown, field: string, findings: Findings): PurchaseUnit['amount'] {
  const amount = asMoney(value, field, findings, { required: true })
  const given = isRecord(value) ? asObject(value.breakdown, `${field}/breakdown`, findings) : undefined
  // The placeholder never leaves this request: `settle` refuses it because findings hold the reason.
  if (given === undefined || amount === undefined) return amount ?? NO_MONEY
  const breakdown: Record<string, Money> = {}
  for (const name of [...ADDED, ...TAKEN]) {
    const part = asMoney(given[name], `${field}/breakdown/${name}`, findings, { zero: true })
    if (part !== undefined) breakdown[name] = part
  }
  const parts = Object.values(breakdown)
  if (parts.some((part) => part.currency_code !== amount.currency_code)) {
    findings.rules.push({ issue: 'MULTI_CURRENCY_ORDER', field, location: 'body' })
  } else if (parts.length > 0) {
    const of = (name: string) => (breakdown[name] === undefined ? 0n : toMinor(breakdown[name]))
    const total =
      ADDED.reduce((acc, name) => acc + of(name), 0n) - TAKEN.reduce((acc, name) => acc + of(name), 0n)
    if (total !== toMinor(amount)) {
      const at = { field: `${field}/value`, value: amount.value, location: 'body' } as const
      findings.rules.push({ issue: 'AMOUNT_MISMATCH', ...at })
    }
  }
  return { ...amount, breakdown }
}

interface Item extends JsonObject {
  readonly name: string
  readonly unit_amount: Money
  readonly quantity: string
  readonly tax?: Money
}

function readItems(value: unknown, at: string, findings: Findings): Item[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field: `${at}/items`, location: 'body' })
    return []
  }
  const items: Item[] = []
  for (const [index, raw] of value.slice(0, 1000).entries()) {
    const field = `${at}/items/${index}`
    const given = isRecord(raw) ? raw : {}
    const name = asText(given.name, `${field}/name`, findings, { max: 127, required: true })
    const quantity = asText(given.quantity, `${field}/quantity`, findings, { max: 10, required: true })
    const price = asMoney(given.unit_amount, `${field}/unit_amount`, findings, { zero: true, required: true })
    const tax = asMoney(given.tax, `${field}/tax`, findings, { zero: true })
    if (quantity !== undefined && !QUANTITY.test(quantity)) {
      const where = { field: `${field}/quantity`, value: quantity, location: 'body' } as const
      findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', ...where })
      continue
    }
    if (name === undefined || quantity === undefined || price === undefined) continue
    const rest: JsonObject = {}
    for (const key of ['description', 'sku', 'category']) {
      if (given[key] !== undefined) rest[key] = given[key]
    }
    items.push({ ...rest, name, quantity, unit_amount: price, ...(tax === undefined ? {} : { tax }) })
  }
  return items
}

function checkItems(items: readonly Item[], amount: PurchaseUnit['amount'], at: string, findings: Findings) {
  if (items.length === 0 || amount === NO_MONEY) return
  const currency = amount.currency_code
  const totals: [name: 'item_total' | 'tax_total', prices: (Money | undefined)[], code: string][] = [
    ['item_total', items.map((item) => item.unit_amount), 'ITEM_TOTAL'],
    ['tax_total', items.map((item) => item.tax), 'TAX_TOTAL'],
  ]
  for (const [name, prices, code] of totals) {
    const given = prices.filter((price) => price !== undefined)
    if (given.length === 0) continue
    const field = `${at}/amount/breakdown/${name}`
    const stated = amount.breakdown?.[name]
    if (stated === undefined) {
      findings.rules.push({ issue: `${code}_REQUIRED`, field, location: 'body' })
      continue
    }
    if (given.some((price) => price.currency_code !== currency)) {
      findings.rules.push({ issue: 'MULTI_CURRENCY_ORDER', field: `${at}/items`, location: 'body' })
      continue
    }
    const total = items.reduce((acc, item, index) => {
      const price = prices[index]
      return price === undefined ? acc : acc + toMinor(price) * BigInt(item.quantity)
    }, 0n)
    if (total !== toMinor(stated)) {
      findings.rules.push({
        issue: `${code}_MISMATCH`,
        field: `${field}/value`,
        value: stated.value,
        location: 'body',
      })
    }
  }
}

/** Rules over all units of one order. */
export function checkUnits(units: readonly PurchaseUnit[], findings: Findings): void {
  const seen = new Set<string>()
  for (const unit of units) {
    // Missing ids were reported as such; only repeated explicit ones are duplicates.
    if (seen.has(unit.reference_id) && unit.reference_id !== 'default') {
      const field = `${unitField(unit.reference_id)}/reference_id`
      findings.rules.push({ issue: 'DUPLICATE_REFERENCE_ID', field, location: 'body' })
    }
    seen.add(unit.reference_id)
  }
  const readable = units.filter((unit) => unit.amount !== NO_MONEY)
  if (new Set(readable.map((unit) => unit.amount.currency_code)).size > 1) {
    findings.rules.push({ issue: 'MULTI_CURRENCY_ORDER', field: '/purchase_units', location: 'body' })
  }
}
