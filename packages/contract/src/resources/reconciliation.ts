import {
  Anything,
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
import { Payment, TimelineEntry } from './payment.ts'

const RunState = OneOf(['running', 'done', 'failed'])
const Bucket = OneOf(
  ['missing_here', 'missing_there', 'differs'],
  'missing_here: the provider has it and we do not; missing_there: the reverse; differs: both, with other facts',
)
const ItemState = OneOf(
  ['open', 'repaired', 'resolved'],
  'repaired: the books agree again; resolved: a person has dealt with it',
)

export const ReconciliationRun = Strict({
  id: Type.String(),
  object: OneOf(['reconciliation_run']),
  environment: EnvironmentSchema,
  provider: ServiceSchema,
  kind: OneOf(['hourly', 'daily', 'manual']),
  state: RunState,
  from: Timestamp,
  to: Timestamp,
  phase: Type.String({
    description: 'What is being looked at: events, refunds, disputes, payments, ours, close',
  }),
  counts: Type.Unsafe<Readonly<Record<string, number>>>({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description:
      'Once it is done: how many were matched, explained, in flight, repaired, missing or different',
  }),
  reason: NullableString('Why it is waiting or has failed'),
  created_at: Timestamp,
  finished_at: NullableString(),
})
export type ReconciliationRun = Static<typeof ReconciliationRun>

export const ReconciliationItem = Strict({
  id: Type.String(),
  object: OneOf(['reconciliation_item']),
  environment: EnvironmentSchema,
  provider: ServiceSchema,
  run_id: Type.String({ description: 'The run that saw it last' }),
  bucket: Bucket,
  state: ItemState,
  reference: Type.String({ description: 'Our reference at the provider' }),
  payment_id: NullableString(),
  reasons: Type.Array(Type.String()),
  ours: Nullable(Anything),
  theirs: Nullable(Anything),
  note: NullableString(),
  resolved_by: NullableString(),
  created_at: Timestamp,
  seen_at: Timestamp,
  closed_at: NullableString(),
})
export type ReconciliationItem = Static<typeof ReconciliationItem>

const WHERE = {
  environment: Type.Optional(EnvironmentSchema),
  provider: Type.Optional(ServiceSchema),
}
export const RunListQuery = Strict({ ...PAGE, ...WHERE, state: Type.Optional(RunState) })
export const RunList = ListOf(ReconciliationRun)
export const ItemListQuery = Strict({
  ...PAGE,
  ...WHERE,
  bucket: Type.Optional(Bucket),
  state: Type.Optional(ItemState),
})
export const ItemList = ListOf(ReconciliationItem)

const Instant = Type.String({ maxLength: 40, description: 'RFC 3339 or Unix seconds' })
export const StartRunBody = Strict({
  provider: ServiceSchema,
  environment: EnvironmentSchema,
  from: Instant,
  to: Instant,
})
const Note = Type.String({ minLength: 3, maxLength: 1000, description: 'Why, for whoever reads it later' })
export const ResolveItemBody = Strict({ note: Note })

export const ReviewEntry = Strict({
  id: Type.String({ description: 'op_… of a call, whi_… of a message' }),
  object: OneOf(['review']),
  kind: OneOf(['operation', 'webhook']),
  environment: EnvironmentSchema,
  provider: ServiceSchema,
  why: NullableString(),
  created_at: Timestamp,
  subject: Anything,
  payment: Nullable(Payment),
  timeline: Type.Array(TimelineEntry, { description: 'The newest entries of the payment' }),
  provider_calls: Type.Array(TimelineEntry, { description: 'The newest calls made for the payment' }),
  decisions: Type.Array(
    Strict({
      outcome: Type.String(),
      note: Type.String(),
      decided_by: Type.String(),
      evidence: Anything,
      created_at: Timestamp,
    }),
  ),
})
export type ReviewEntry = Static<typeof ReviewEntry>

/** Entries carry their evidence, hence fewer to a page. */
export const ReviewListQuery = Strict({
  ...PAGE,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 10 })),
  ...WHERE,
})
export const ReviewList = ListOf(ReviewEntry)

export const ResolveReviewBody = Strict({
  outcome: OneOf(['happened', 'did_not_happen']),
  note: Note,
})
export const ReviewResolved = Strict({
  operation_id: Type.String(),
  state: Type.String(),
  payment: Payment,
})
