import {
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  Nullable,
  NullableInteger,
  NullableString,
  OneOf,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

export const ROUTING_STRATEGIES = ['order', 'split', 'least_cost', 'success_rate'] as const
export const ROUTING_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export const ROUTING_RULES_MAX = 200

const Words = (maxLength: number, maxItems: number, description?: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength }), {
    minItems: 1,
    maxItems,
    ...(description === undefined ? {} : { description }),
  })
const Services = Type.Array(ServiceSchema, { maxItems: 4 })

/** Whom a payment goes to, best first. */
export const RoutingUse = Strict({
  strategy: OneOf(ROUTING_STRATEGIES),
  providers: Type.Optional(
    Type.Array(ServiceSchema, {
      minItems: 1,
      maxItems: 4,
      description: 'Who takes part; without it everybody who can. For `order`: best first',
    }),
  ),
  weights: Type.Optional(
    Type.Array(Strict({ provider: ServiceSchema, weight: Type.Integer({ minimum: 1, maximum: 10_000 }) }), {
      minItems: 1,
      maxItems: 4,
      description: 'For `split`: the share of each',
    }),
  ),
  fallback: Type.Optional(Services),
  min_samples: Type.Optional(
    Type.Integer({
      minimum: 10,
      maximum: 10_000,
      description: 'Fewer observations say nothing; 50 if left out',
    }),
  ),
  explore_percent: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 50,
      description: 'Payments that try a provider of which too little is known; 5 if left out',
    }),
  ),
})
export type RoutingUse = Static<typeof RoutingUse>

/** All of them must hold. */
export const RoutingConditions = Strict({
  currencies: Type.Optional(Words(3, 200, 'ISO 4217')),
  countries: Type.Optional(Words(2, 250, 'ISO 3166-1: `customer.country` of the payment')),
  methods: Type.Optional(Words(40, 100, '`method` of the payment')),
  customers: Type.Optional(
    Words(320, 200, "The payer's e-mail address, `@` and its domain, or the id of a customer"),
  ),
  amount: Type.Optional(
    Strict({
      min: Type.Optional(Type.String({ maxLength: 32, description: 'In major units, included' })),
      max: Type.Optional(Type.String({ maxLength: 32, description: 'In major units, included' })),
    }),
  ),
  metadata: Type.Optional(
    Type.Unsafe<Readonly<Record<string, readonly string[]>>>({
      type: 'object',
      maxProperties: 10,
      propertyNames: { minLength: 1, maxLength: 40 },
      additionalProperties: {
        type: 'array',
        minItems: 1,
        maxItems: 50,
        items: { type: 'string', maxLength: 500 },
      },
      description: 'For each name the values that match',
    }),
  ),
  time: Type.Optional(
    Strict({
      days: Type.Optional(Type.Array(OneOf(ROUTING_DAYS), { minItems: 1, maxItems: 7 })),
      from: Type.Optional(
        Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM, included' }),
      ),
      to: Type.Optional(
        Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM, not included' }),
      ),
      time_zone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA name; UTC if left out' })),
      starts_at: Type.Optional(Timestamp),
      ends_at: Type.Optional(Timestamp),
    }),
  ),
})
export type RoutingConditions = Static<typeof RoutingConditions>

export const RoutingRule = Strict({
  name: Type.String({ minLength: 1, maxLength: 80 }),
  enabled: Type.Optional(Type.Boolean()),
  when: Type.Optional(RoutingConditions),
  use: RoutingUse,
})
export type RoutingRule = Static<typeof RoutingRule>

const RULES = {
  rules: Type.Array(RoutingRule, {
    maxItems: ROUTING_RULES_MAX,
    description: 'The first that matches decides',
  }),
  default: Type.Optional(RoutingUse),
}

export const RoutingTrial = Strict({
  version: Type.Integer(),
  percent: Type.Integer({ description: 'Payments that are routed by it' }),
})

/** The rules in force, and the version that is tried beside them. */
export const RoutingPolicy = Strict({
  object: OneOf(['routing']),
  environment: EnvironmentSchema,
  version: Type.Integer({ description: '0: no rules, the default order' }),
  rules: Type.Array(RoutingRule),
  default: Nullable(RoutingUse),
  trial: Nullable(RoutingTrial),
  updated_at: NullableString(),
})
export type RoutingPolicy = Static<typeof RoutingPolicy>

export const RoutingQuery = Strict({ environment: Type.Optional(EnvironmentSchema) })

export const RoutingSaveBody = Strict({
  ...RULES,
  environment: Type.Optional(EnvironmentSchema),
  comment: Type.Optional(Type.String({ maxLength: 500 })),
  trial_percent: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 99, description: 'Only try it, on so many payments in a hundred' }),
  ),
  base_version: Type.Optional(
    Type.Integer({ minimum: 0, description: '`version` as it was read: refused when somebody was faster' }),
  ),
  idempotency_key: IdempotencyKeyField,
})
export type RoutingSaveBody = Static<typeof RoutingSaveBody>

export const RoutingVersion = Strict({
  id: Type.String({ description: 'The version as text, for `starting_after`' }),
  object: OneOf(['routing_version']),
  version: Type.Integer(),
  environment: EnvironmentSchema,
  state: OneOf(['in_force', 'on_trial', 'kept']),
  rules: Type.Array(RoutingRule),
  default: Nullable(RoutingUse),
  comment: NullableString(),
  created_by: Type.String(),
  created_at: Timestamp,
})
export type RoutingVersion = Static<typeof RoutingVersion>
export const RoutingVersionQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  starting_after: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
  environment: Type.Optional(EnvironmentSchema),
})
export const RoutingVersionList = ListOf(RoutingVersion)
export const RoutingVersionParam = Strict({ version: Type.String({ pattern: '^[0-9]{1,9}$' }) })

export const RoutingActivateBody = Strict({
  environment: Type.Optional(EnvironmentSchema),
  percent: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, description: 'Below 100 it is only tried; 100 if left out' }),
  ),
  idempotency_key: IdempotencyKeyField,
})

export const RoutingSimulateBody = Strict({
  rules: Type.Optional(RULES.rules),
  default: RULES.default,
  version: Type.Optional(Type.Integer({ minimum: 0, description: 'A stored version instead of `rules`' })),
  environment: Type.Optional(EnvironmentSchema),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  idempotency_key: IdempotencyKeyField,
})
export type RoutingSimulateBody = Static<typeof RoutingSimulateBody>

const Estimate = Strict({
  rate: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'Between 0 and 1; null: too little was observed',
  }),
  payments: Type.Integer({ description: 'Payments of which the estimate speaks' }),
  smallest_sample: NullableInteger(),
})
const CostEstimate = Strict({
  currency: Type.String(),
  payments: Type.Integer({ description: 'Payments with an estimate under both rule sets' }),
  before: Type.String(),
  before_minor: Type.Integer(),
  after: Type.String(),
  after_minor: Type.Integer(),
  smallest_sample: NullableInteger(),
})

/** What other rules would have done with the payments there were. An estimate from what was observed, no more. */
export const RoutingSimulation = Strict({
  object: OneOf(['routing_simulation']),
  environment: EnvironmentSchema,
  from: Timestamp,
  to: Timestamp,
  payments: Type.Integer(),
  complete: Type.Boolean({ description: 'false: there were more, the newest were looked at' }),
  changed: Type.Integer({ description: 'Payments that would have gone elsewhere' }),
  unroutable: Type.Integer({ description: 'Payments nobody would have taken' }),
  requested: Type.Integer({ description: 'Payments that named their provider: no rule moves them' }),
  providers: Type.Array(Strict({ provider: ServiceSchema, before: Type.Integer(), after: Type.Integer() })),
  rules: Type.Array(Strict({ name: Type.String(), payments: Type.Integer() })),
  success: Strict({ before: Estimate, after: Estimate }),
  costs: Type.Array(CostEstimate),
  note: Type.String(),
})
export type RoutingSimulation = Static<typeof RoutingSimulation>

/** What routing goes by: what came of the account's own payments, and how its providers do at the moment. */
export const RoutingObservations = Strict({
  object: OneOf(['routing_observations']),
  environment: EnvironmentSchema,
  since: Timestamp,
  data: Type.Array(
    Strict({
      provider: ServiceSchema,
      method: NullableString(),
      currency: Type.String(),
      country: NullableString(),
      attempts: Type.Integer(),
      succeeded: Type.Integer(),
      priced: Type.Integer({ description: 'Payments whose fee is known' }),
      paid_minor: Type.Integer({ description: 'What those came to' }),
      fees_minor: Type.Integer({ description: 'What the provider kept of it' }),
    }),
  ),
  health: Type.Array(Strict({ provider: ServiceSchema, state: OneOf(['closed', 'open', 'half_open']) })),
})
export type RoutingObservations = Static<typeof RoutingObservations>
