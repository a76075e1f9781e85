import { describe, expect, test } from 'vitest'
import type { PaymentHandle } from '../spec.ts'
import { hosted } from './hosted.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import { CREDENTIALS, handle, inr, KEY_ID, KEY_SECRET, LINK_ID, REFERENCE } from './scripted.fixture.ts'

const real = { baseUrl: 'https://api.razorpay.com', environment: 'live' } as const
const elsewhere = { baseUrl: 'http://127.0.0.1:8012', environment: 'test' } as const

/** Razorpay's published example and values of our own, checked with the official SDK. */
const ORDER_SIGNATURE = 'a3b85cfe3866ea53a890c49bb4aecee8f092cfac15fede4265faf64c799c2a95'
const LINK_SIGNATURE = '3efdd44e3e6a4f5ef8e2619861f88bc1056686ff34e7ea769c40954da82334a7'
const PUBLISHED = {
  secret: 'EnLs21M47BllR3X8PSFtjtbd',
  order: 'order_IEIaMR65cu6nz3',
  payment: 'pay_IH4NVgf4Dreq1l',
  signature: '0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f',
}

function verify(
  payment: PaymentHandle,
  params: Readonly<Record<string, string>>,
  secret: string = KEY_SECRET,
): { readonly paymentRef: string } | null {
  return hosted.verifyReturn({ credentials: { ...CREDENTIALS, key_secret: secret } }, payment, params)
}

const order = handle({ orderRef: 'order_LocAlEmul0001A' })
const returned = {
  razorpay_payment_id: 'pay_LocAlEmul0001A',
  razorpay_order_id: 'order_LocAlEmul0001A',
  razorpay_signature: ORDER_SIGNATURE,
}

describe('what the checkout page loads', () => {
  test('Razorpay’s script and origins', () => {
    expect(hosted.scriptUrl(real)).toBe('https://checkout.razorpay.com/v1/checkout.js')
    expect(hosted.origins(real)).toContain('https://api.razorpay.com')
  })

  test('or those of the address that replaces Razorpay’s', () => {
    expect(hosted.scriptUrl(elsewhere)).toBe('http://127.0.0.1:8012/v1/checkout.js')
    expect(hosted.origins(elsewhere)).toEqual(['http://127.0.0.1:8012'])
  })
})

describe('what the checkout is opened with', () => {
  test('public values only', () => {
    const options = hosted.options(
      { credentials: { ...CREDENTIALS, brand_name: 'Tea & Co' } },
      handle({ refs: { method: 'upi' } }),
      {
        description: 'Order 42',
        customer: { name: 'Asha Rao', email: 'asha@example.com', phone: '+91 (90000) 90000' },
      },
    )
    expect(options).toEqual({
      key: KEY_ID,
      order_id: 'order_LocAlEmul0001A',
      amount: 50_000,
      currency: 'INR',
      name: 'Tea & Co',
      description: 'Order 42',
      prefill: { name: 'Asha Rao', email: 'asha@example.com', contact: '+919000090000', method: 'upi' },
      notes: { onerouter_ref: REFERENCE },
    })
    expect(JSON.stringify(options)).not.toContain(KEY_SECRET)
  })

  test('nothing that is not known', () => {
    const shown = { description: null, customer: null }
    expect(hosted.options({ credentials: CREDENTIALS }, handle({ amount: inr(100n) }), shown)).toEqual({
      key: KEY_ID,
      order_id: 'order_LocAlEmul0001A',
      amount: 100,
      currency: 'INR',
      notes: { onerouter_ref: REFERENCE },
    })
  })
})

describe('the payer’s return', () => {
  test('names the payment when the signature holds', () => {
    expect(verify(order, returned)).toEqual({ paymentRef: 'pay_LocAlEmul0001A' })
    const published = handle({ orderRef: PUBLISHED.order })
    const params = { razorpay_payment_id: PUBLISHED.payment, razorpay_signature: PUBLISHED.signature }
    expect(verify(published, params, PUBLISHED.secret)).toEqual({ paymentRef: PUBLISHED.payment })
  })

  test.each([
    ['another payment', { razorpay_payment_id: 'pay_LocAlEmul0002A' }],
    ['upper case', { razorpay_signature: ORDER_SIGNATURE.toUpperCase() }],
    ['a shorter signature', { razorpay_signature: ORDER_SIGNATURE.slice(2) }],
    ['no signature', { razorpay_signature: '' }],
    ['no payment', { razorpay_payment_id: '' }],
    ['a path for a payment', { razorpay_payment_id: 'pay_../../x' }],
  ])('is refused with %s', (_what, over) => {
    expect(verify(order, { ...returned, ...over })).toBeNull()
  })

  test('is refused for another order, whatever order the browser names', () => {
    expect(verify(handle({ orderRef: 'order_LocAlEmul0002A' }), returned)).toBeNull()
    expect(verify(handle({ orderRef: null }), returned)).toBeNull()
  })

  test('is refused under another secret', () => {
    expect(verify(order, returned, 'LocalSecret000000000000B')).toBeNull()
  })

  test('from a payment link covers link, reference and status', () => {
    const link = handle({ orderRef: LINK_ID, reference: 'TS1989' })
    const params = {
      razorpay_payment_id: 'pay_LocAlEmul0001A',
      razorpay_payment_link_id: LINK_ID,
      razorpay_payment_link_reference_id: 'TS1989',
      razorpay_payment_link_status: 'paid',
      razorpay_signature: LINK_SIGNATURE,
    }
    expect(verify(link, params)).toEqual({ paymentRef: 'pay_LocAlEmul0001A' })
    expect(verify(link, { ...params, razorpay_payment_link_status: 'created' })).toBeNull()
    expect(verify({ ...link, reference: 'TS1990' }, params)).toBeNull()
    expect(verify({ ...link, reference: '' }, params)).toBeNull()
  })
})

interface Vectors {
  readonly razorpay: {
    readonly callbacks: {
      readonly key_secret: string
      readonly vectors: readonly Readonly<Record<string, string>>[]
    }
    readonly sdk_repo_vectors: { readonly vectors: readonly Readonly<Record<string, string>>[] }
  }
}

describe('recorded callback signatures', () => {
  const vectors = referencePresent
    ? readReference<Vectors>('recorded/signature-vectors.json').razorpay
    : undefined

  test.skipIf(!referencePresent)('all that belong to payments hold, those of subscriptions do not', () => {
    const { key_secret: secret, vectors: list } = vectors?.callbacks ?? { key_secret: '', vectors: [] }
    expect(list).toHaveLength(4)
    for (const params of list) {
      const { razorpay_order_id: orderId, razorpay_payment_link_id: linkId } = params
      const orderRef = orderId ?? linkId ?? params.razorpay_subscription_id ?? null
      const reference = params.razorpay_payment_link_reference_id ?? REFERENCE
      const holds = verify(handle({ orderRef, reference }), params, secret)
      const isPayment = params.razorpay_subscription_id === undefined
      expect(holds).toEqual(isPayment ? { paymentRef: params.razorpay_payment_id } : null)
    }
  })

  test.skipIf(!referencePresent)('those of the official SDK’s own tests hold', () => {
    for (const { kind, message = '', secret = '', signature = '' } of vectors?.sdk_repo_vectors.vectors ??
      []) {
      const [first = '', second = '', status = '', last = ''] = message.split('|')
      const params = { razorpay_signature: signature, razorpay_payment_link_status: status }
      if (kind === 'order') {
        expect(
          verify(handle({ orderRef: first }), { ...params, razorpay_payment_id: second }, secret),
        ).not.toBeNull()
      }
      if (kind === 'payment_link') {
        const link = handle({ orderRef: first, reference: second })
        expect(verify(link, { ...params, razorpay_payment_id: last }, secret)).not.toBeNull()
      }
    }
  })
})
