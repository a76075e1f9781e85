import {
  EnvironmentSchema,
  IdempotencyKeyField,
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
import { SCOPE_PATTERNS, SCOPES } from '../scopes.ts'

const KEY = {
  id: Type.String(),
  object: OneOf(['api_key']),
  name: Type.String(),
  environment: EnvironmentSchema,
  hint: Type.String({ description: 'What may be shown for ever: prefix and last four characters' }),
  scopes: Type.Array(OneOf(SCOPES)),
  services: Nullable(Type.Array(ServiceSchema)),
  rate_limit_per_minute: Type.Integer(),
  rate_limit_per_day: Type.Integer(),
  ip_allowlist: Nullable(Type.Array(Type.String())),
  expires_at: NullableString(),
  revoked_at: NullableString(),
  last_used_at: NullableString('Exact to a minute'),
  created_at: Timestamp,
}
export const ApiKey = Strict(KEY)
export type ApiKey = Static<typeof ApiKey>

export const CreatedApiKey = Strict({ ...KEY, api_key: Type.String({ description: 'Shown this once' }) })
export type CreatedApiKey = Static<typeof CreatedApiKey>

const SETTINGS = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  scopes: Type.Array(OneOf(SCOPE_PATTERNS), { minItems: 1, maxItems: 64 }),
  services: Nullable(Type.Array(ServiceSchema, { minItems: 1, maxItems: 8 })),
  rate_limit_per_minute: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  rate_limit_per_day: Type.Integer({ minimum: 1, maximum: 100_000_000 }),
  expires_at: Nullable(Type.String({ maxLength: 40, description: 'RFC 3339' })),
  ip_allowlist: Nullable(
    Type.Array(Type.String({ maxLength: 64, description: 'Address or CIDR range' }), {
      minItems: 1,
      maxItems: 50,
    }),
  ),
}
export const CreateApiKeyBody = Strict({
  name: SETTINGS.name,
  environment: Type.Optional(EnvironmentSchema),
  scopes: Type.Optional(SETTINGS.scopes),
  services: Type.Optional(SETTINGS.services),
  rate_limit_per_minute: Type.Optional(SETTINGS.rate_limit_per_minute),
  rate_limit_per_day: Type.Optional(SETTINGS.rate_limit_per_day),
  expires_at: Type.Optional(SETTINGS.expires_at),
  ip_allowlist: Type.Optional(SETTINGS.ip_allowlist),
  idempotency_key: IdempotencyKeyField,
})
export type CreateApiKeyBody = Static<typeof CreateApiKeyBody>

export const UpdateApiKeyBody = Type.Partial(Strict(SETTINGS))
export type UpdateApiKeyBody = Static<typeof UpdateApiKeyBody>

export const RotateApiKeyBody = Strict({
  overlap_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 604_800,
      description: 'How long the old key still works; 86400 by default',
    }),
  ),
  idempotency_key: IdempotencyKeyField,
})
export type RotateApiKeyBody = Static<typeof RotateApiKeyBody>

export const ApiKeyListQuery = Strict({ ...PAGE, environment: Type.Optional(EnvironmentSchema) })
export const ApiKeyList = ListOf(ApiKey)
