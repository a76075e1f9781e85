import { badParameter, missingParameter } from './errors.ts'
import { emit } from './events.ts'
import { DATED_LIST, page } from './list.ts'
import { checkCurrency } from './money.ts'
import {
  boolean,
  clearable,
  ignored,
  integer,
  list,
  metadata,
  object,
  oneOf,
  required,
  text,
  url,
  type Values,
  withMetadata,
} from './params.ts'
import { route } from './router.ts'
import { type Context, find, newId, nowSeconds, ownRows, type Row } from './state.ts'
import { render } from './templates.ts'
import type { Metadata, Price, Product, Recurring } from './wire.ts'

const PRODUCT = {
  active: boolean,
  description: clearable(text(40_000)),
  images: list(text(), 8),
  marketing_features: ignored,
  metadata,
  package_dimensions: ignored,
  shippable: boolean,
  statement_descriptor: text(22),
  tax_code: clearable(text()),
  tax_details: ignored,
  unit_label: clearable(text(12)),
  url: clearable(url),
}
const CREATE_PRODUCT = {
  ...PRODUCT,
  name: required(text()),
  id: text(),
  default_price_data: ignored,
  type: oneOf('good', 'service'),
}
const UPDATE_PRODUCT = { ...PRODUCT, name: text(), default_price: text() }

export const RECURRING = object({
  interval: required(oneOf('day', 'week', 'month', 'year')),
  interval_count: integer(1),
  meter: text(),
  trial_period_days: integer(1),
  usage_type: oneOf('licensed', 'metered'),
})
const PRODUCT_DATA = object({
  name: required(text()),
  active: boolean,
  id: text(),
  metadata,
  statement_descriptor: text(22),
  tax_code: text(),
  tax_details: ignored,
  unit_label: text(12),
})
const CREATE_PRICE = {
  currency: required(text()),
  active: boolean,
  billing_scheme: oneOf('per_unit'),
  currency_options: ignored,
  custom_unit_amount: ignored,
  lookup_key: text(200),
  metadata,
  nickname: text(),
  product: text(),
  product_data: PRODUCT_DATA,
  recurring: RECURRING,
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  transfer_lookup_key: boolean,
  unit_amount: integer(0),
  unit_amount_decimal: text(),
}
const UPDATE_PRICE = {
  active: boolean,
  currency_options: ignored,
  lookup_key: text(200),
  metadata,
  nickname: clearable(text()),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  transfer_lookup_key: boolean,
}

export function findProduct(context: Context, id: string, param = 'id'): Row<Product> {
  return find(context, context.store.products, 'product', id, param)
}

export interface NewProduct {
  readonly name: string
  readonly id?: string | undefined
  readonly description?: string | null | undefined
  readonly images?: readonly string[] | undefined
  readonly metadata?: Metadata | undefined
}

export function createProduct(context: Context, by: NewProduct): Product {
  const { world, accountId, livemode } = context
  const now = nowSeconds(world)
  const object: Product = {
    id: by.id ?? newId(world, 'prod', 14),
    object: 'product',
    active: true,
    created: now,
    description: by.description ?? null,
    images: [...(by.images ?? [])],
    livemode,
    metadata: by.metadata ?? {},
    name: by.name,
    unit_label: null,
    updated: now,
    url: null,
  }
  context.store.products.set(object.id, { accountId, livemode, object })
  return object
}

export interface NewPrice {
  readonly currency: string
  readonly unitAmount: number
  readonly product: string
  readonly recurring: Values<{ r: typeof RECURRING }>['r']
  readonly active?: boolean
  readonly lookupKey?: string | undefined
  readonly nickname?: string | undefined
  readonly metadata?: Metadata | undefined
}

export function createPrice(context: Context, by: NewPrice): Price {
  const { world, accountId, livemode } = context
  const object: Price = {
    id: newId(world, 'price'),
    object: 'price',
    active: by.active ?? true,
    created: nowSeconds(world),
    currency: by.currency,
    livemode,
    lookup_key: by.lookupKey ?? null,
    metadata: by.metadata ?? {},
    nickname: by.nickname ?? null,
    product: by.product,
    recurring: by.recurring === undefined ? null : recurringOf(by.recurring),
    tax_behavior: 'unspecified',
    type: by.recurring === undefined ? 'one_time' : 'recurring',
    unit_amount: by.unitAmount,
    unit_amount_decimal: String(by.unitAmount),
  }
  context.store.prices.set(object.id, { accountId, livemode, object })
  return object
}

function recurringOf(by: NonNullable<NewPrice['recurring']>): Recurring {
  return {
    interval: by.interval,
    interval_count: by.interval_count ?? 1,
    meter: by.meter ?? null,
    trial_period_days: by.trial_period_days ?? null,
    usage_type: by.usage_type ?? 'licensed',
  }
}

function createPriceRoute(context: Context, values: Values<typeof CREATE_PRICE>) {
  const currency = checkCurrency(values.currency, 'currency')
  const unitAmount = unitAmountOf(values)
  if (values.product !== undefined) findProduct(context, values.product, 'product')
  const product = values.product ?? productOf(context, values.product_data)
  const price = createPrice(context, {
    currency,
    unitAmount,
    product,
    recurring: values.recurring,
    active: values.active ?? true,
    lookupKey: values.lookup_key,
    nickname: values.nickname,
    metadata: withMetadata({}, values.metadata),
  })
  emit(context, 'price.created', price)
  return render(price)
}

function productOf(context: Context, data: Values<{ d: typeof PRODUCT_DATA }>['d']): string {
  if (data === undefined) {
    const message = 'You must specify either `product` or `product_data` when creating a price.'
    throw badParameter(message, 'product', 'parameter_missing')
  }
  const { name, id } = data
  const product = createProduct(context, { name, id, metadata: withMetadata({}, data.metadata) })
  emit(context, 'product.created', product)
  return product.id
}

function unitAmountOf(values: {
  unit_amount?: number | undefined
  unit_amount_decimal?: string | undefined
}) {
  if (values.unit_amount !== undefined) return values.unit_amount
  if (values.unit_amount_decimal === undefined) throw missingParameter('unit_amount')
  return integer(0).read(values.unit_amount_decimal, 'unit_amount_decimal')
}

export const productRoutes = [
  route('POST', '/v1/products', CREATE_PRODUCT, (context, values) => {
    if (values.id !== undefined && context.store.products.has(values.id)) {
      throw badParameter('Product already exists.', 'id', 'resource_already_exists')
    }
    const { name, id, description, images } = values
    const product = createProduct(context, {
      name,
      id,
      description,
      images,
      metadata: withMetadata({}, values.metadata),
    })
    emit(context, 'product.created', product)
    return render(product)
  }),
  route(
    'GET',
    '/v1/products',
    { ...DATED_LIST, active: boolean, ids: list(text()), shippable: boolean, url: text() },
    (context, values) => {
      const all = context.store.products
      const rows = ownRows(context, all).filter(
        ({ object: product }) =>
          product.deleted !== true &&
          (values.active === undefined || product.active === values.active) &&
          (values.ids === undefined || values.ids.includes(product.id)),
      )
      return { ...page(context, { url: '/v1/products', noun: 'product', rows, all }, values) }
    },
  ),
  route('GET', '/v1/products/:id', {}, (context, _values, id) => render(findProduct(context, id).object)),
  route('POST', '/v1/products/:id', UPDATE_PRODUCT, (context, values, id) => {
    const { object: product } = findProduct(context, id)
    const { name, active, description, unit_label } = values
    const sent = { name, active, description, unit_label, url: values.url, images: values.images }
    const metadataNow = withMetadata(product.metadata, values.metadata)
    Object.assign(
      product,
      Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)),
    )
    product.metadata = metadataNow
    product.updated = nowSeconds(context.world)
    emit(context, 'product.updated', product)
    return render(product)
  }),
]

export const priceRoutes = [
  route('POST', '/v1/prices', CREATE_PRICE, createPriceRoute),
  route(
    'GET',
    '/v1/prices',
    {
      ...DATED_LIST,
      active: boolean,
      currency: text(),
      lookup_keys: list(text(), 10),
      product: text(),
      recurring: ignored,
      type: oneOf('one_time', 'recurring'),
    },
    (context, values) => {
      const all = context.store.prices
      const rows = ownRows(context, all).filter(
        ({ object: price }) =>
          (values.active === undefined || price.active === values.active) &&
          (values.currency === undefined || price.currency === values.currency) &&
          (values.product === undefined || price.product === values.product) &&
          (values.type === undefined || price.type === values.type) &&
          (values.lookup_keys === undefined || values.lookup_keys.includes(price.lookup_key ?? '')),
      )
      return { ...page(context, { url: '/v1/prices', noun: 'price', rows, all }, values) }
    },
  ),
  route('GET', '/v1/prices/:id', {}, (context, _values, id) => render(findPrice(context, id).object)),
  route('POST', '/v1/prices/:id', UPDATE_PRICE, (context, values, id) => {
    const { object: price } = findPrice(context, id)
    price.metadata = withMetadata(price.metadata, values.metadata)
    price.active = values.active ?? price.active
    price.lookup_key = values.lookup_key ?? price.lookup_key
    if (values.nickname !== undefined) price.nickname = values.nickname
    emit(context, 'price.updated', price)
    return render(price)
  }),
]

export function findPrice(context: Context, id: string, param = 'price'): Row<Price> {
  return find(context, context.store.prices, 'price', id, param)
}
