import { PLAN_INTERVALS } from '@onerouter/core'
import {
  CREATED,
  CurrencySchema,
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

const ProviderPlan = Strict({
  provider: ServiceSchema,
  status: OneOf(['pending', 'ready', 'refused']),
  provider_plan_id: NullableString("The provider's own id; Stripe's is that of a price"),
})

export const Plan = Strict({
  id: Type.String(),
  object: OneOf(['plan']),
  name: Type.String(),
  description: NullableString(),
  amount: Type.String({ description: 'Price of one unit and one period' }),
  amount_minor: Type.Integer(),
  currency: Type.String(),
  interval: OneOf(PLAN_INTERVALS),
  interval_count: Type.Integer(),
  provider: Nullable(ServiceSchema),
  provider_plans: Type.Array(ProviderPlan, {
    description: 'Where the plan has been made: at a provider once it is first used there',
  }),
  metadata: Metadata,
  environment: EnvironmentSchema,
  created_at: Timestamp,
})
export type Plan = Static<typeof Plan>

export const CreatePlanBody = Strict({
  name: Type.String({ minLength: 1, maxLength: 120 }),
  description: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  amount: Type.Optional(MajorAmount),
  amount_minor: Type.Optional(MinorAmount),
  currency: CurrencySchema,
  interval: OneOf(PLAN_INTERVALS),
  interval_count: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 365, default: 1, description: 'Three months: month and 3' }),
  ),
  provider: Type.Optional(ServiceSchema),
  metadata: Type.Optional(Metadata),
  notes: Type.Optional(Metadata),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
export type CreatePlanBody = Static<typeof CreatePlanBody>

export const PlanListQuery = Strict({
  ...PAGE,
  ...CREATED,
  currency: Type.Optional(CurrencySchema),
  environment: Type.Optional(EnvironmentSchema),
})
export type PlanListQuery = Static<typeof PlanListQuery>
export const PlanList = ListOf(Plan)
