import {
  EnvironmentSchema,
  IdempotencyKeyField,
  OneOf,
  ServiceSchema,
  type Static,
  Strict,
  Type,
} from '../schema.ts'

export const ProviderRequestBody = Strict({
  method: OneOf(['GET', 'POST']),
  path: Type.String({
    minLength: 1,
    maxLength: 512,
    description: "Path of the provider's API: /v1/balance. No host, no query, no escapes",
  }),
  query: Type.Optional(
    Type.Unsafe<Readonly<Record<string, string>>>({
      type: 'object',
      maxProperties: 30,
      additionalProperties: { type: 'string', maxLength: 500 },
    }),
  ),
  body: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true }),
  ),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
export const ProviderResponse = Strict({
  object: OneOf(['provider_response']),
  provider: ServiceSchema,
  environment: EnvironmentSchema,
  status: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: "The provider's HTTP status; null with 202: nobody saw its answer, and it may have acted",
  }),
  body: Type.Unsafe<unknown>({
    description: 'Parsed where it is JSON, else text; null where it was too long',
  }),
  truncated: Type.Boolean({ description: 'The answer was longer than 256 KiB and is left out' }),
})
export type ProviderResponse = Static<typeof ProviderResponse>
export const ProviderParam = Strict({ provider: Type.String() })
