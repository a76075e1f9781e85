import { DISPUTE_REASONS, DISPUTE_STAGES, DISPUTE_STATUSES } from '@onerouter/core'
import {
  CREATED,
  EnvironmentSchema,
  ListOf,
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

const DisputeMoney = Strict({
  amount: Type.String(),
  amount_minor: Type.Integer(),
  currency: Type.String({ description: 'The one the provider settles in, which need not be the payer’s' }),
})

export const Dispute = Strict({
  id: Type.String(),
  object: OneOf(['dispute']),
  payment_id: Type.String(),
  status: OneOf(DISPUTE_STATUSES),
  stage: OneOf(DISPUTE_STAGES),
  reason: OneOf(DISPUTE_REASONS),
  amount: Type.String({ description: 'What the payer disputes' }),
  amount_minor: Type.Integer(),
  currency: Type.String(),
  deducted: Nullable(DisputeMoney),
  fee: Nullable(DisputeMoney),
  provider: ServiceSchema,
  provider_dispute_id: Type.String(),
  provider_status: Type.String({ description: "The provider's own word" }),
  provider_reason: NullableString(),
  environment: EnvironmentSchema,
  evidence_due_at: Nullable(Timestamp),
  evidence_url: Type.String({ description: "The page of the provider's dashboard where evidence is given" }),
  opened_at: Timestamp,
  closed_at: Nullable(Timestamp),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Dispute = Static<typeof Dispute>

export const DisputeListQuery = Strict({
  ...PAGE,
  ...CREATED,
  payment_id: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(OneOf(DISPUTE_STATUSES)),
  reason: Type.Optional(OneOf(DISPUTE_REASONS)),
  provider: Type.Optional(ServiceSchema),
  environment: Type.Optional(EnvironmentSchema),
})
export type DisputeListQuery = Static<typeof DisputeListQuery>
export const DisputeList = ListOf(Dispute)
