import { isRecord } from '../../kernel/http.ts'
import { checkCurrency, minimumOf } from '../amounts.ts'
import { refuse } from '../errors.ts'
import { type Fields, notes, only, optionalText, required } from '../fields.ts'
import type { Razorpay } from '../state.ts'
import { planEntity } from './entities.ts'
import { type Item, PERIODS, type PlanRow } from './rows.ts'

const MAX_AMOUNT = 4_294_967_295
/** "For daily plans, the minimum value should be 7" (Razorpay docs, Create a Plan). */
const LEAST_DAYS = 7

export function createPlan(rzp: Razorpay, account: string, fields: Fields): object {
  only(fields, ['period', 'interval', 'item', 'notes'])
  required(fields, 'period')
  const period = PERIODS.find((known) => known === fields['period'])
  if (period === undefined) return refuse('Invalid argument for period passed.', { field: 'period' })
  required(fields, 'interval')
  const { interval } = fields
  if (typeof interval !== 'number' || !Number.isSafeInteger(interval)) {
    return refuse('The interval must be an integer.', { field: 'interval' })
  }
  if (interval < 1) refuse('The interval must be at least 1.', { field: 'interval' })
  if (period === 'daily' && interval < LEAST_DAYS) {
    refuse('For daily plans, the interval must be at least 7.', { field: 'interval' })
  }
  if (!isRecord(fields['item'])) {
    return refuse('The item id field is required when item is not present.', { field: 'item' })
  }
  const plan: PlanRow = {
    id: rzp.id('plan'),
    account,
    period,
    interval,
    item: itemOf(rzp, fields['item']),
    notes: notes(fields['notes']),
    createdAt: rzp.seconds(),
  }
  rzp.state.plans.set(plan.id, plan)
  return planEntity(plan)
}

/** The item of a plan or an add-on. */
export function itemOf(rzp: Razorpay, fields: Fields): Item {
  only(fields, ['name', 'amount', 'unit_amount', 'currency', 'description'])
  required(fields, 'name')
  const amount = fields['amount'] ?? fields['unit_amount']
  if (amount === undefined) {
    refuse('The amount field is required when unit amount is not present.', { field: 'amount' })
  }
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0 || amount > MAX_AMOUNT) {
    return refuse(`The amount must be valid integer between 0 and ${MAX_AMOUNT}.`, { field: 'amount' })
  }
  const currency = checkCurrency(fields['currency'] ?? 'INR')
  if (amount < minimumOf(currency)) {
    refuse(currency === 'INR' ? 'The amount must be at least INR 1.00.' : 'The amount must be at least 1.', {
      field: 'amount',
    })
  }
  return {
    id: rzp.id('item'),
    name: optionalText(fields, 'name', 500) ?? '',
    description: optionalText(fields, 'description', 2_048),
    amount,
    currency,
  }
}
