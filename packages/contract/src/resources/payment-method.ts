import { ENVIRONMENTS } from '@onerouter/core'
import {
  EnvironmentSchema,
  IdempotencyKeyField,
  Nullable,
  OneOf,
  ServiceSchema,
  type Static,
  Strict,
  Type,
} from '../schema.ts'

export const PAYMENT_METHOD_KINDS = [
  'card',
  'wallet',
  'upi',
  'bank_redirect',
  'bank_transfer',
  'bank_debit',
  'pay_later',
  'emi',
  'voucher',
  'crypto',
  'page',
] as const

const Codes = (description: string) =>
  Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' }, description })

const MethodProof = Strict({
  test: Type.String({ description: 'The conformance test that has seen a payment made and paid this way' }),
  since: Type.String({ description: 'The day it first did' }),
  last_run: Type.String({ description: 'The day its suite last ran for publication' }),
})

/** One way to pay at one provider, and how it stands here. */
export const PaymentMethod = Strict({
  id: Type.String({ description: 'Provider and method: razorpay.upi' }),
  object: OneOf(['payment_method']),
  provider: ServiceSchema,
  method: Type.String({ description: 'What `method` of a payment takes' }),
  label: Type.String(),
  kind: OneOf(PAYMENT_METHOD_KINDS),
  currencies: Codes('ISO 4217; null = whatever the provider takes'),
  countries: Codes('Where its payers live, ISO 3166-1; null = anywhere'),
  environment: EnvironmentSchema,
  connected: Type.Boolean({ description: 'The provider has credentials in this environment' }),
  enabled: Type.Boolean({ description: 'The account has not turned it off' }),
  available: Type.Boolean({ description: 'Connected and enabled: a payment may ask for it' }),
  proof: Nullable(MethodProof),
})
export type PaymentMethod = Static<typeof PaymentMethod>

export const PaymentMethodListQuery = Strict({
  environment: Type.Optional(OneOf(ENVIRONMENTS)),
  provider: Type.Optional(ServiceSchema),
  kind: Type.Optional(OneOf(PAYMENT_METHOD_KINDS)),
  currency: Type.Optional(Type.String({ pattern: '^[A-Za-z]{3}$' })),
  country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
})
export const PaymentMethodList = Strict({
  data: Type.Array(PaymentMethod),
  has_more: Type.Boolean(),
  next_cursor: Type.Null(),
})
export const PaymentMethodParam = Strict({ provider: Type.String(), method: Type.String() })
export const PaymentMethodUpdateBody = Strict({
  enabled: Type.Boolean(),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
