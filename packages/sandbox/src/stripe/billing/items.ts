import { badParameter, missingParameter, refused } from '../errors.ts'
import { magicNumber } from '../magic.ts'
import { checkCurrency } from '../money.ts'
import { integer, type Values } from '../params.ts'
import { createPaymentMethod } from '../payment-methods.ts'
import { createPrice, findPrice, findProduct } from '../products.ts'
import { type Context, find } from '../state.ts'
import { render } from '../templates.ts'
import type { Price } from '../wire.ts'
import type { NEW_ITEM } from './params.ts'

type Asked = NonNullable<Values<{ item: typeof NEW_ITEM }>['item']>

/** The recurring price an item names or spells out, whole; undefined when it names none. */
export function newPrice(context: Context, asked: Asked, path: string): Price | undefined {
  const id = asked.price ?? asked.plan
  const price =
    id === undefined ? inlinePrice(context, asked.price_data, path) : namedPrice(context, id, path)
  // A price is stored without the fields that never change; an item carries it whole.
  return price === undefined ? undefined : (render(price) as unknown as Price)
}

function namedPrice(context: Context, id: string, path: string): Price {
  const price = findPrice(context, id, `${path}[price]`).object
  if (price.type !== 'recurring') {
    throw badParameter(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      `${path}[price]`,
    )
  }
  if (!price.active) {
    throw badParameter(
      'The price specified is inactive. This field only accepts active prices.',
      `${path}[price]`,
    )
  }
  return price
}

function inlinePrice(context: Context, data: Asked['price_data'], path: string): Price | undefined {
  if (data === undefined) return undefined
  const at = `${path}[price_data]`
  const currency = checkCurrency(data.currency, `${at}[currency]`)
  findProduct(context, data.product, `${at}[product]`)
  const amount = data.unit_amount ?? decimal(data.unit_amount_decimal, at)
  const recurring = {
    ...data.recurring,
    meter: undefined,
    trial_period_days: undefined,
    usage_type: undefined,
  }
  return createPrice(context, {
    currency,
    unitAmount: amount,
    product: data.product,
    recurring,
    active: false,
  })
}

function decimal(text: string | undefined, at: string): number {
  if (text === undefined) throw missingParameter(`${at}[unit_amount]`)
  return integer(0).read(text, `${at}[unit_amount_decimal]`)
}

/** A payment method of this customer. A test id such as `pm_card_visa` stands for a new one. */
export function ownMethod(context: Context, id: string, customer: string): string {
  const magic = magicNumber(id)
  if (magic !== undefined) return createPaymentMethod(context, magic, customer).id
  const method = find(
    context,
    context.store.paymentMethods,
    'PaymentMethod',
    id,
    'default_payment_method',
  ).object
  if (method.customer === customer) return id
  throw refused(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the ` +
      'customer.',
    { code: 'resource_missing', param: 'default_payment_method' },
  )
}

/** A customer who can still be billed. */
export function livingCustomer(context: Context, id: string): void {
  const { object } = find(context, context.store.customers, 'customer', id, 'customer')
  if (object.deleted === true) throw badParameter(`No such customer: '${id}'`, 'customer', 'resource_missing')
}
