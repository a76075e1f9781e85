import { type Outcome, ok, unknown } from '@onerouter/core'
import type { SavedMethodSnapshot, SavedMethods, SavedToken } from '../saved-methods.ts'
import type { PaymentHandle } from '../spec.ts'
import { ask, type PaypalContext } from './api.ts'
import type { PaypalCredentials } from './credentials.ts'
import { isRecord, textOf } from './wire.ts'

/**
 * Wallets kept in PayPal's vault (Orders API v2, `payment_source.paypal.attributes.vault`; Payment Method Tokens API
 * v3). The account must be enabled for it, or PayPal refuses the order with NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE.
 */
export const savedMethods: SavedMethods<PaypalCredentials> = {
  accepts({ method = 'paypal' }) {
    if (method === 'paypal') return null
    return { code: 'unsupported_method', message: `PayPal keeps no ${method.slice(0, 40)} for later.` }
  },
  find,
  remove,
}

/** The order of a paid payment names the token; where the vault is slow, it names it later. */
async function find(
  ctx: PaypalContext,
  payment: PaymentHandle,
): Promise<Outcome<SavedMethodSnapshot | null>> {
  const { orderRef } = payment
  if (orderRef === null) return unknown('no order is known')
  const { outcome } = await ask(ctx, { method: 'GET', path: `/v2/checkout/orders/${orderRef}` }, (body) =>
    isRecord(body) && body.id === orderRef ? keptIn(body) : undefined,
  )
  return outcome
}

type Json = Readonly<Record<string, unknown>>
const member = (object: Json, name: string): Json => (isRecord(object[name]) ? object[name] : {})

function keptIn(order: Json): SavedMethodSnapshot | null {
  const vault = member(member(member(member(order, 'payment_source'), 'paypal'), 'attributes'), 'vault')
  const methodRef = textOf(vault.id)
  if (methodRef === null || !TOKEN.test(methodRef)) return null
  const customerRef = textOf(member(vault, 'customer').id)
  return {
    methodRef,
    customerRef,
    kind: 'wallet',
    brand: 'paypal',
    last4: null,
    expMonth: null,
    expYear: null,
  }
}

/** Tokens go into request paths (Orders API v2, `vault_id`). */
const TOKEN = /^[0-9a-zA-Z_-]{1,255}$/

/** Delete payment token answers 204; one that is gone is gone. */
async function remove(ctx: PaypalContext, { methodRef }: SavedToken): Promise<Outcome<object>> {
  const path = `/v3/vault/payment-tokens/${encodeURIComponent(methodRef)}`
  const { outcome } = await ask(ctx, { method: 'DELETE', path }, (_body, { status }) =>
    status === 204 ? {} : undefined,
  )
  return outcome.kind === 'rejected' && outcome.reason === 'not_found' ? ok({}) : outcome
}
