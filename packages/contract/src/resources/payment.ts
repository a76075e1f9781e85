import { PAYMENT_STATUSES } from '@onerouter/core'
import {
  Anything,
  CREATED,
  CurrencySchema,
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  MajorAmount,
  Metadata,
  MinorAmount,
  Nullable,
  NullableInteger,
  NullableOneOf,
  NullableString,
  OneOf,
  PAGE,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'
import { CustomerGiven, CustomerOfObject } from './customer.ts'

export const Failure = Strict({
  code: Type.String(),
  decline_reason: NullableString(),
  message: Type.String(),
  provider_code: NullableString(),
})

export const Fees = Strict({
  amount: Type.String({ description: 'Everything the provider keeps, taxes included' }),
  amount_minor: Type.Integer(),
  tax: Type.String(),
  tax_minor: Type.Integer(),
  currency: Type.String(),
})

export const Payment = Strict({
  id: Type.String(),
  object: OneOf(['payment']),
  transaction_id: Type.String({ description: 'The same as id' }),
  status: OneOf(PAYMENT_STATUSES),
  amount: Type.String(),
  amount_minor: Type.Integer(),
  amount_captured: Type.String(),
  amount_captured_minor: Type.Integer(),
  amount_refunded: Type.String(),
  amount_refunded_minor: Type.Integer(),
  currency: Type.String(),
  provider: ServiceSchema,
  environment: EnvironmentSchema,
  method: NullableString(),
  payment_method: NullableString('The same as method'),
  method_details: Nullable(Anything),
  provider_order_id: NullableString(),
  provider_payment_id: NullableString(),
  checkout_url: NullableString('Where to send the payer'),
  checkout_options: Nullable(Anything),
  capture: OneOf(['automatic', 'manual']),
  receipt: NullableString(),
  description: NullableString(),
  customer: Nullable(CustomerOfObject),
  metadata: Metadata,
  failure: Nullable(Failure),
  fees: Nullable(Fees),
  attempts: Type.Integer(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Payment = Static<typeof Payment>

/** Exactly one of `amount` and `amount_minor`; the handler says so with `invalid_amount`. */
const AMOUNT = { amount: Type.Optional(MajorAmount), amount_minor: Type.Optional(MinorAmount) }
const Address = Type.String({ minLength: 1, maxLength: 2048 })

export const CreatePaymentBody = Strict({
  ...AMOUNT,
  currency: CurrencySchema,
  provider: Type.Optional(ServiceSchema),
  method: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  capture: Type.Optional(OneOf(['automatic', 'manual'])),
  receipt: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  description: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  customer: Type.Optional(CustomerGiven),
  metadata: Type.Optional(Metadata),
  notes: Type.Optional(Metadata),
  return_url: Type.Optional(Address),
  cancel_url: Type.Optional(Address),
  environment: Type.Optional(EnvironmentSchema),
  save_payment_method: Type.Optional(
    Type.Boolean({ description: 'The payer agreed that what they pay with is kept for the customer' }),
  ),
  payment_method: Type.Optional(
    Type.String({ maxLength: 64, description: 'A saved one, pm_…, to be charged' }),
  ),
  off_session: Type.Optional(Type.Boolean({ description: 'The payer is away; goes with payment_method' })),
  idempotency_key: IdempotencyKeyField,
})
export type CreatePaymentBody = Static<typeof CreatePaymentBody>

export const CapturePaymentBody = Strict({ ...AMOUNT, idempotency_key: IdempotencyKeyField })
export type CapturePaymentBody = Static<typeof CapturePaymentBody>
export const EmptyBody = Strict({ idempotency_key: IdempotencyKeyField })

export const PaymentListQuery = Strict({
  ...PAGE,
  ...CREATED,
  status: Type.Optional(OneOf(PAYMENT_STATUSES)),
  provider: Type.Optional(ServiceSchema),
  currency: Type.Optional(CurrencySchema),
  receipt: Type.Optional(Type.String({ maxLength: 255 })),
  customer: Type.Optional(
    Type.String({ maxLength: 320, description: "The payer's e-mail address, or the id of a customer" }),
  ),
  environment: Type.Optional(EnvironmentSchema),
})
export type PaymentListQuery = Static<typeof PaymentListQuery>
export const PaymentList = ListOf(Payment)

export const TimelineEntry = Strict({
  at: Timestamp,
  kind: OneOf(['transition', 'operation', 'provider_call', 'webhook']),
  summary: Type.String({ description: 'One line in words' }),
  data: Anything,
})
export type TimelineEntry = Static<typeof TimelineEntry>
export const Timeline = Strict({ data: Type.Array(TimelineEntry) })

/** Why a payment went where it went. */
export const Routing = Strict({
  payment_id: Type.String(),
  chosen: NullableString(),
  reason: Type.String(),
  version: NullableInteger(),
  rule: NullableString('The name of the rule that decided'),
  strategy: NullableString('order, split, least_cost or success_rate; null: the default order'),
  trial: Type.Boolean({ description: 'Routed by the version that is being tried' }),
  candidates: Type.Array(
    Strict({
      provider: Type.String(),
      accepted: Type.Boolean({ description: 'It has the payment' }),
      reason: Type.String({ description: 'Why it won or fell' }),
      score: Type.Unsafe<number | null>({
        type: ['number', 'null'],
        description: 'What it was ranked by: its draw, its observed success or its observed cost',
      }),
      health: NullableOneOf(['closed', 'open', 'half_open']),
    }),
  ),
})
export type Routing = Static<typeof Routing>
