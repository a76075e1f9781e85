import { badParameter, missingParameter, refused, type StripeError } from './errors.ts'
import { renderItem } from './expand.ts'
import type { ListAnswer } from './list.ts'
import { checkAmount, checkCurrency } from './money.ts'
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
import { createPrice, createProduct, findPrice, findProduct, RECURRING } from './products.ts'
import { type Context, newId } from './state.ts'
import type { CheckoutSession, LineItem, Price, Product } from './wire.ts'

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

/** A validated item: nothing is stored until `make` is called. */
interface Quote {
  readonly currency: string
  readonly recurring: boolean
  readonly total: number
  make(): LineItem
}

/** Validates all items, their one currency and their total, and only then makes them. */
export function createLineItems(
  context: Context,
  items: readonly ItemValues[],
  mode: CheckoutSession['mode'] = 'payment',
): LineItem[] {
  const quotes = items.map((item, place) => quote(context, item, `line_items[${place}]`, mode))
  const currency = quotes[0]?.currency ?? 'usd'
  const odd = quotes.find((one) => one.currency !== currency)
  if (odd !== undefined) {
    const message = `The line items must all have the same currency, but ${odd.currency} differs.`
    throw badParameter(message, 'line_items')
  }
  const total = quotes.reduce((sum, quoted) => sum + quoted.total, 0)
  if (mode === 'payment') checkAmount(total, currency, 'line_items')
  if (mode === 'subscription' && !quotes.some(({ recurring }) => recurring)) {
    throw refused('You must provide at least one recurring price in `subscription` mode when using prices.')
  }
  return quotes.map(({ make }) => make())
}

function quote(context: Context, item: ItemValues, path: string, mode: CheckoutSession['mode']): Quote {
  const { currency, unitAmount, recurring, make } = priceOf(context, item, path)
  if (recurring && mode === 'payment') throw recurringPrice()
  const quantity = item.quantity ?? 1
  const total = unitAmount * quantity
  if (!Number.isSafeInteger(total)) throw badParameter('The amount is too large.', path, 'amount_too_large')
  const itemMetadata = withMetadata({}, item.metadata)
  return {
    currency,
    total,
    recurring,
    make() {
      const { price, name } = make()
      return {
        id: newId(context.world, 'li'),
        object: 'item',
        adjustable_quantity: null,
        amount_discount: 0,
        amount_subtotal: total,
        amount_tax: 0,
        amount_total: total,
        currency,
        description: name,
        metadata: itemMetadata,
        price: structuredClone(price),
        quantity,
      }
    },
  }
}

interface PriceQuote {
  readonly currency: string
  readonly recurring: boolean
  readonly unitAmount: number
  make(): { readonly price: Price; readonly name: string }
}

function priceOf(context: Context, item: ItemValues, path: string): PriceQuote {
  if (item.price !== undefined) {
    const price = findPrice(context, item.price, `${path}[price]`).object
    const name = context.store.products.get(price.product)?.object.name ?? price.id
    return {
      currency: price.currency,
      unitAmount: price.unit_amount,
      recurring: price.type === 'recurring',
      make: () => ({ price, name }),
    }
  }
  const data = item.price_data
  if (data === undefined) {
    const message = 'You must specify either `price` or `price_data`.'
    throw badParameter(message, `${path}[price]`, 'parameter_missing')
  }
  const at = `${path}[price_data]`
  const currency = checkCurrency(data.currency, `${at}[currency]`)
  const unitAmount = data.unit_amount ?? decimalAmount(data.unit_amount_decimal, at)
  const product = productOf(context, data, at)
  return {
    currency,
    unitAmount,
    recurring: data.recurring !== undefined,
    make() {
      const { id, name } = product()
      const by = { currency, unitAmount, product: id, recurring: data.recurring, active: false }
      return { price: createPrice(context, by), name }
    },
  }
}

function recurringPrice(): StripeError {
  return refused(
    'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or ' +
      'use only one-time prices.',
  )
}

function decimalAmount(decimal: string | undefined, at: string): number {
  if (decimal !== undefined) return integer(0).read(decimal, `${at}[unit_amount_decimal]`)
  throw missingParameter(`${at}[unit_amount]`)
}

/** The product of an inline price: one that exists, or one to be made when all items are known to be good. */
function productOf(
  context: Context,
  by: NonNullable<Values<{ d: typeof PRICE_DATA }>['d']>,
  at: string,
): () => Product {
  if (by.product !== undefined) {
    const { object: known } = findProduct(context, by.product, `${at}[product]`)
    return () => known
  }
  const data = by.product_data
  if (data === undefined) throw missingParameter(`${at}[product_data]`)
  const { name, description, images } = data
  const productMetadata = withMetadata({}, data.metadata)
  return () => createProduct(context, { name, description, images, metadata: productMetadata })
}

/** The one-time items that a subscription's first invoice carries too. */
export function oneTimeItems(items: readonly LineItem[]): { id: null; price: Price; quantity: number }[] {
  const once = items.filter(({ price }) => price.type === 'one_time')
  return once.map(({ price, quantity }) => ({ id: null, price, quantity }))
}

/** The items of a session or link as a list of their own; there are at most a hundred. */
export function itemsAnswer(items: readonly LineItem[], path: string, limit: number): ListAnswer {
  const data = items.slice(0, limit).map(renderItem)
  return { object: 'list', url: path, has_more: items.length > limit, data }
}
