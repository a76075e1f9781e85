import { REFUND_STATUSES } from '@onerouter/core'
import {
  CREATED,
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  MajorAmount,
  Metadata,
  MinorAmount,
  Nullable,
  NullableString,
  OneOf,
  PAGE,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'
import { Failure } from './payment.ts'

export const Refund = Strict({
  id: Type.String(),
  object: OneOf(['refund']),
  refund_id: Type.String({ description: 'The same as id' }),
  payment_id: Type.String({
    description: "For the charge of a subscription: the charge's id with the prefix of payments",
  }),
  status: OneOf(REFUND_STATUSES),
  amount: Type.String(),
  amount_minor: Type.Integer(),
  currency: Type.String(),
  provider: ServiceSchema,
  environment: EnvironmentSchema,
  provider_refund_id: NullableString(),
  reason: NullableString(),
  speed: OneOf(['normal', 'optimum']),
  metadata: Metadata,
  failure: Nullable(Failure),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Refund = Static<typeof Refund>

const DETAILS = {
  amount: Type.Optional(MajorAmount),
  amount_minor: Type.Optional(MinorAmount),
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  speed: Type.Optional(OneOf(['normal', 'optimum'])),
  metadata: Type.Optional(Metadata),
  notes: Type.Optional(Metadata),
  idempotency_key: IdempotencyKeyField,
}
/** Without an amount: everything that is left. */
export const CreateRefundBody = Strict({
  payment_id: Type.Optional(Type.String({ maxLength: 64, description: 'This or charge_id' })),
  charge_id: Type.Optional(
    Type.String({ maxLength: 64, description: 'The charge of a subscription, schg_…' }),
  ),
  ...DETAILS,
})
export type CreateRefundBody = Static<typeof CreateRefundBody>
export const RefundPaymentBody = Strict(DETAILS)
export type RefundPaymentBody = Static<typeof RefundPaymentBody>

export const RefundListQuery = Strict({
  ...PAGE,
  ...CREATED,
  payment_id: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(OneOf(REFUND_STATUSES)),
  environment: Type.Optional(EnvironmentSchema),
})
export type RefundListQuery = Static<typeof RefundListQuery>
export const RefundList = ListOf(Refund)
