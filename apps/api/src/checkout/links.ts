import { createHmac, timingSafeEqual } from 'node:crypto'
import { formatId, parseId, type Uuid } from '@onerouter/core'
import type { CheckoutPages } from '../engine/ports.ts'

const MAC_LENGTH = 22

/**
 * Checkout links name a payment and prove that we made them: the payment's id and a truncated HMAC, so that
 * nobody can walk through other payments' pages.
 */
export interface CheckoutLinks extends CheckoutPages {
  /** The payment a link's token names, or `null` when we did not make it. */
  read(token: string): Uuid | null
}

export function checkoutLinks(key: Buffer, publicUrl: string): CheckoutLinks {
  const mac = (body: string) =>
    createHmac('sha256', key).update(body).digest('base64url').slice(0, MAC_LENGTH)
  const address = (paymentId: Uuid, page: string) => {
    const body = formatId('payment', paymentId).slice('pay_'.length)
    return `${publicUrl}/checkout/${body}.${mac(body)}${page}`
  }
  return {
    checkoutUrl: (id) => address(id, ''),
    returnUrl: (id) => address(id, '/return'),
    cancelUrl: (id) => address(id, '/cancel'),
    read(token) {
      const [body, tag, ...rest] = token.split('.')
      if (body === undefined || tag === undefined || rest.length > 0) return null
      const expected = Buffer.from(mac(body))
      const given = Buffer.from(tag)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      return parseId('payment', `pay_${body}`) ?? null
    },
  }
}
