import { badParameter, refused } from './errors.ts'
import { renderItem } from './expand.ts'
import type { ListAnswer } from './list.ts'
import { checkCurrency } from './money.ts'
import {
  boolean,
  ignored,
  integer,
  list,
  metadata,
  object,
  required,
  text,
  url,
  type Values,
  withMetadata,
} from './params.ts'
import { createPrice, createProduct, findPrice, RECURRING } from './products.ts'
import { type Context, newId } from './state.ts'
import type { LineItem, Price } from './wire.ts'

const PRODUCT_DATA = object({
  name: required(text()),
  description: text(),
  images: list(url, 8),
  metadata,
  tax_code: text(),
  tax_details: ignored,
  unit_label: text(),
})
const PRICE_DATA = object({
  currency: required(text()),
  product: text(),
  product_data: PRODUCT_DATA,
  recurring: RECURRING,
  tax_behavior: text(),
  unit_amount: integer(0),
  unit_amount_decimal: text(),
})
const ITEM = object({
  adjustable_quantity: object({ enabled: required(boolean), maximum: integer(1), minimum: integer(0) }),
  dynamic_tax_rates: ignored,
  metadata,
  price: text(),
  price_data: PRICE_DATA,
  quantity: integer(1),
  tax_rates: list(text()),
})
/** `line_items[n]` of sessions and links, by price id or with the price spelled out. */
export const LINE_ITEMS = list(ITEM, 100)
type ItemValues = NonNullable<Values<{ item: typeof ITEM }>['item']>

/** One payment has one currency; totals that leave the safe range are refused by the amount check. */
export function createLineItems(context: Context, items: readonly ItemValues[]): LineItem[] {
  const made = items.map((item, place) => createItem(context, item, `line_items[${place}]`))
  const odd = made.find((item) => item.currency !== made[0]?.currency)
  if (odd !== undefined) {
    const message = `The line items must all have the same currency, but ${odd.currency} differs.`
    throw badParameter(message, 'line_items')
  }
  return made
}

function createItem(context: Context, item: ItemValues, path: string): LineItem {
  const { price, name } = priceOf(context, item, path)
  if (price.type === 'recurring') {
    throw refused(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode ' +
        'or use only one-time prices.',
    )
  }
  const quantity = item.quantity ?? 1
  const total = price.unit_amount * quantity
  if (!Number.isSafeInteger(total)) throw badParameter('The amount is too large.', path, 'amount_too_large')
  return {
    id: newId(context.world, 'li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: total,
    amount_tax: 0,
    amount_total: total,
    currency: price.currency,
    description: name,
    metadata: withMetadata({}, item.metadata),
    price: structuredClone(price),
    quantity,
  }
}

function priceOf(context: Context, item: ItemValues, path: string): { price: Price; name: string } {
  if (item.price !== undefined) {
    const price = findPrice(context, item.price, `${path}[price]`).object
    return { price, name: context.store.products.get(price.product)?.object.name ?? price.id }
  }
  const data = item.price_data
  if (data === undefined) {
    throw badParameter(
      'You must specify either `price` or `price_data`.',
      `${path}[price]`,
      'parameter_missing',
    )
  }
  const at = `${path}[price_data]`
  const currency = checkCurrency(data.currency, `${at}[currency]`)
  const unitAmount = data.unit_amount ?? decimalAmount(data.unit_amount_decimal, at)
  const product = data.product === undefined ? inlineProduct(context, data.product_data, at) : data.product
  const known = context.store.products.get(product)?.object
  if (known === undefined)
    throw badParameter(`No such product: '${product}'`, `${at}[product]`, 'resource_missing')
  const price = createPrice(context, {
    currency,
    unitAmount,
    product,
    recurring: data.recurring,
    active: false,
  })
  return { price, name: known.name }
}

function decimalAmount(decimal: string | undefined, at: string): number {
  if (decimal !== undefined) return integer(0).read(decimal, `${at}[unit_amount_decimal]`)
  throw badParameter(`Missing required param: ${at}[unit_amount].`, `${at}[unit_amount]`, 'parameter_missing')
}

function inlineProduct(context: Context, data: Values<{ d: typeof PRODUCT_DATA }>['d'], at: string): string {
  if (data === undefined) {
    throw badParameter(
      `Missing required param: ${at}[product_data].`,
      `${at}[product_data]`,
      'parameter_missing',
    )
  }
  const { name, description, images } = data
  return createProduct(context, { name, description, images, metadata: withMetadata({}, data.metadata) }).id
}

/** The items of a session or link as a list of their own; there are at most a hundred. */
export function itemsAnswer(items: readonly LineItem[], path: string, limit: number): ListAnswer {
  const data = items.slice(0, limit).map(renderItem)
  return { object: 'list', url: path, has_more: items.length > limit, data }
}
