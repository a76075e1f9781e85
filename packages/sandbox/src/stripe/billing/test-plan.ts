import { type Merchant, openMerchant } from '../test-merchant.ts'

export const DAY_MS = 86_400_000
export const HOUR_MS = 3_600_000

export interface Shop {
  readonly merchant: Merchant
  readonly customer: string
  readonly product: string
  /** 20.00 USD a month. */
  readonly monthly: string
  price(form: string): Promise<string>
  subscribe(form?: string): Promise<string>
  // biome-ignore lint/suspicious/noExplicitAny: the shape is checked against the specification instead
  read(id: string, query?: string): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: the shape is checked against the specification instead
  invoices(id: string): Promise<any[]>
  days(count: number): Promise<void>
  paid(): bigint[]
}

/** A merchant with one customer and one plan; every answer is checked against the specification. */
export async function openShop(): Promise<Shop> {
  const merchant = openMerchant()
  const { body: customer } = await merchant.post('/v1/customers', 'email=asha%40example.com&name=Asha')
  const { body: product } = await merchant.post('/v1/products', 'name=Gold')
  const price = async (form: string) =>
    (await merchant.post('/v1/prices', `product=${product.id}&currency=usd&${form}`)).body.id
  const monthly = await price('unit_amount=2000&recurring[interval]=month')
  return {
    merchant,
    customer: customer.id,
    product: product.id,
    monthly,
    price,
    async subscribe(form = 'default_payment_method=pm_card_visa') {
      const base = `customer=${customer.id}&items[0][price]=${monthly}`
      return (await merchant.post('/v1/subscriptions', `${base}&${form}`)).body.id
    },
    read: async (id, query = '') => (await merchant.get(`/v1/subscriptions/${id}${query}`)).body,
    invoices: async (id) =>
      (await merchant.get(`/v1/invoices?subscription=${id}&limit=100`)).body.data.reverse(),
    days: (count) => merchant.sandbox.advance(count * DAY_MS),
    paid: () =>
      merchant.sandbox
        .subscriptionCharges('stripe', merchant.accountId)
        .filter(({ status }) => status === 'paid')
        .map(({ amount }) => amount),
  }
}
