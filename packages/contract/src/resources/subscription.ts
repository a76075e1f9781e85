import { SUBSCRIPTION_CHARGE_STATUSES, SUBSCRIPTION_STATUSES } from '@onerouter/core'
import {
  CREATED,
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  Metadata,
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
import { CustomerGiven, CustomerOfObject } from './customer.ts'
import { Failure, Fees } from './payment.ts'

export const Subscription = Strict({
  id: Type.String(),
  object: OneOf(['subscription']),
  subscription_id: Type.String({ description: 'The same as id' }),
  status: OneOf(SUBSCRIPTION_STATUSES),
  plan_id: Type.String(),
  pending_plan_id: NullableString('The plan it changes to once the payer, or the period, lets it'),
  quantity: Type.Integer(),
  customer_id: NullableString(),
  customer: Nullable(CustomerOfObject),
  description: NullableString(),
  metadata: Metadata,
  provider: ServiceSchema,
  provider_subscription_id: NullableString(),
  environment: EnvironmentSchema,
  approval_url: NullableString('Where the payer agrees, to the subscription or to a change of it'),
  checkout_url: NullableString('The same as approval_url'),
  trial_days: Type.Integer(),
  trial_end: NullableString(),
  start_date: NullableString(),
  total_count: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'Charges after which it is complete; null: it goes on',
  }),
  paid_count: Type.Integer({ description: 'Periods paid' }),
  failed_count: Type.Integer({ description: 'Charges in a row that failed' }),
  current_period_start: NullableString(),
  current_period_end: NullableString(),
  next_charge_at: NullableString(),
  cancel_at_period_end: Type.Boolean(),
  ended_at: NullableString(),
  currency: Type.String(),
  amount_charged: Type.String({ description: 'Everything taken so far; see amount_refunded' }),
  amount_charged_minor: Type.Integer(),
  amount_refunded: Type.String(),
  amount_refunded_minor: Type.Integer(),
  latest_charge_id: NullableString(),
  failure: Nullable(Failure),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Subscription = Static<typeof Subscription>

export const SubscriptionCharge = Strict({
  id: Type.String(),
  object: OneOf(['subscription_charge']),
  subscription_id: Type.String(),
  kind: OneOf(
    ['period', 'extra'],
    'What a period costs, or money taken besides, such as for a change of plan',
  ),
  status: OneOf(SUBSCRIPTION_CHARGE_STATUSES),
  attempts: Type.Integer({ description: 'Tries the provider has made' }),
  amount: Type.String(),
  amount_minor: Type.Integer(),
  amount_refunded: Type.String(),
  amount_refunded_minor: Type.Integer(),
  currency: Type.String(),
  fees: Nullable(Fees),
  period_start: Timestamp,
  period_end: NullableString(),
  charged_at: Timestamp,
  provider: ServiceSchema,
  provider_charge_id: Type.String(),
  provider_payment_id: NullableString(),
  failure: Nullable(Failure),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type SubscriptionCharge = Static<typeof SubscriptionCharge>

const Address = Type.String({ minLength: 1, maxLength: 2048 })
const Quantity = Type.Integer({ minimum: 1, maximum: 10_000 })

export const CreateSubscriptionBody = Strict({
  plan_id: Type.String({ minLength: 1, maxLength: 64 }),
  customer: Type.Optional(CustomerGiven),
  quantity: Type.Optional(Quantity),
  trial_days: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 730, description: 'Days before the first charge' }),
  ),
  start_date: Type.Optional(
    Type.String({ maxLength: 40, description: 'No charge before then; RFC 3339, in the future' }),
  ),
  total_count: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Charges after which it is complete' }),
  ),
  description: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  metadata: Type.Optional(Metadata),
  notes: Type.Optional(Metadata),
  return_url: Type.Optional(Address),
  cancel_url: Type.Optional(Address),
  provider: Type.Optional(ServiceSchema),
  customer_notify: Type.Optional(
    Type.Boolean({
      description: "Taken for the original's sake: the payer agrees at approval_url, and we write to nobody",
    }),
  ),
  idempotency_key: IdempotencyKeyField,
})
export type CreateSubscriptionBody = Static<typeof CreateSubscriptionBody>

/** The original took these in the query, its SDK sent them in the body: both hold, and must agree. */
const Flag = OneOf(['true', 'false'])

export const CancelSubscriptionBody = Strict({
  at_period_end: Type.Optional(Type.Boolean()),
  cancel_at_cycle_end: Type.Optional(Type.Boolean({ description: 'The same as at_period_end' })),
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  idempotency_key: IdempotencyKeyField,
})
export type CancelSubscriptionBody = Static<typeof CancelSubscriptionBody>
export const CancelSubscriptionQuery = Strict({
  at_period_end: Type.Optional(Flag),
  cancel_at_cycle_end: Type.Optional(Flag),
})
export type CancelSubscriptionQuery = Static<typeof CancelSubscriptionQuery>

export const PauseSubscriptionBody = Strict({
  pause_at: Type.Optional(OneOf(['now'], 'Pausing at the end of a period is offered by no provider')),
  idempotency_key: IdempotencyKeyField,
})
export type PauseSubscriptionBody = Static<typeof PauseSubscriptionBody>

export const ChangePlanBody = Strict({
  plan_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  new_plan_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'The same as plan_id' }),
  ),
  quantity: Type.Optional(Quantity),
  prorate: Type.Optional(
    Type.Boolean({
      description:
        'Settle the difference of the running period; where left out it is settled if the provider can',
    }),
  ),
  idempotency_key: IdempotencyKeyField,
})
export type ChangePlanBody = Static<typeof ChangePlanBody>
export const ChangePlanQuery = Strict({
  new_plan_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  prorate: Type.Optional(Flag),
})
export type ChangePlanQuery = Static<typeof ChangePlanQuery>

export const SubscriptionListQuery = Strict({
  ...PAGE,
  ...CREATED,
  status: Type.Optional(OneOf(SUBSCRIPTION_STATUSES)),
  plan_id: Type.Optional(Type.String({ maxLength: 64 })),
  customer: Type.Optional(Type.String({ maxLength: 64, description: 'The id of a customer' })),
  provider: Type.Optional(ServiceSchema),
  environment: Type.Optional(EnvironmentSchema),
})
export type SubscriptionListQuery = Static<typeof SubscriptionListQuery>
export const SubscriptionList = ListOf(Subscription)

export const SubscriptionChargeListQuery = Strict({
  ...PAGE,
  status: Type.Optional(OneOf(SUBSCRIPTION_CHARGE_STATUSES)),
})
export type SubscriptionChargeListQuery = Static<typeof SubscriptionChargeListQuery>
export const SubscriptionChargeList = ListOf(SubscriptionCharge)
