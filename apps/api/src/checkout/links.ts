import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { formatId, type IdKind, parseId, type Uuid } from '@onerouter/core'
import type { SubscriptionPages } from '../billing/ports.ts'
import type { CheckoutPages } from '../engine/ports.ts'

const MAC_LENGTH = 22
/** A payment's links are made within a moment: its own page, and two that its provider is told. */
const TOKENS_MAX = 1_000

/**
 * Checkout links name a payment and prove that we made them: the payment's id and a truncated HMAC, so that
 * nobody can walk through other payments' pages.
 */
export interface CheckoutLinks extends CheckoutPages {
  /** The payment a link's token names, or `null` when we did not make it. */
  read(token: string): Uuid | null
}

export function checkoutLinks(key: Buffer, publicUrl: string): CheckoutLinks {
  const tokens = signedIds(key, 'payment')
  const address = (paymentId: Uuid, page: string) => `${publicUrl}/checkout/${tokens.make(paymentId)}${page}`
  return {
    checkoutUrl: (id) => address(id, ''),
    returnUrl: (id) => address(id, '/return'),
    cancelUrl: (id) => address(id, '/cancel'),
    read: tokens.read,
  }
}

/** The same for subscriptions, under a key of their own. */
export interface SubscriptionLinks extends SubscriptionPages {
  /** The subscription a link's token names, or `null` when we did not make it. */
  read(token: string): Uuid | null
}

export function subscriptionLinks(key: Buffer, publicUrl: string): SubscriptionLinks {
  const tokens = signedIds(key, 'subscription')
  const address = (id: Uuid, page: string) => `${publicUrl}/subscribe/${tokens.make(id)}/${page}`
  return {
    returnUrl: (id) => address(id, 'return'),
    cancelUrl: (id) => address(id, 'cancel'),
    read: tokens.read,
  }
}

function signedIds(raw: Buffer, kind: IdKind) {
  // Bytes would be imported anew for every link, and a payment has three.
  const key = createSecretKey(raw)
  const mac = (body: string) =>
    createHmac('sha256', key).update(body).digest('base64url').slice(0, MAC_LENGTH)
  const made = new Map<Uuid, string>()
  return {
    make(id: Uuid): string {
      const known = made.get(id)
      if (known !== undefined) return known
      const text = formatId(kind, id)
      const body = text.slice(text.indexOf('_') + 1)
      const token = `${body}.${mac(body)}`
      if (made.size >= TOKENS_MAX) for (const oldest of made.keys()) if (made.delete(oldest)) break
      made.set(id, token)
      return token
    },
    read(token: string): Uuid | null {
      const [body, tag, ...rest] = token.split('.')
      if (body === undefined || tag === undefined || rest.length > 0) return null
      const expected = Buffer.from(mac(body))
      const given = Buffer.from(tag)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      const [prefix] = formatId(kind, NIL).split('_', 1)
      return parseId(kind, `${prefix}_${body}`) ?? null
    },
  }
}
const NIL = '00000000-0000-0000-0000-000000000000'
