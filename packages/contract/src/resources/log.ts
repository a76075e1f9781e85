import {
  CREATED,
  EnvironmentSchema,
  ListOf,
  NullableInteger,
  NullableString,
  OneOf,
  PAGE,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

const LogKind = OneOf(
  ['request', 'provider_call'],
  'request: what came to the API; provider_call: what went to a provider',
)

export const LogEntry = Strict({
  id: Type.String({ description: 'The Request-Id of a request' }),
  object: OneOf(['log_entry']),
  kind: LogKind,
  environment: EnvironmentSchema,
  method: Type.String(),
  path: Type.String({ description: 'Without what could be secret' }),
  query: NullableString(),
  route: NullableString('The pattern of the path, of requests'),
  status: NullableInteger(),
  code: NullableString('The error code of a request, what came of a provider call'),
  duration_ms: Type.Number(),
  provider_ms: Type.Number({ description: 'Of it, spent waiting for providers' }),
  key_id: NullableString(),
  person_id: NullableString(),
  provider: NullableString(),
  verb: NullableString('What the provider was asked to do'),
  payment_id: NullableString(),
  provider_request_id: NullableString(),
  request_body: NullableString('Redacted; of provider calls only'),
  response_body: NullableString('Redacted; of provider calls only'),
  created_at: Timestamp,
})
export type LogEntry = Static<typeof LogEntry>

const FILTERS = {
  kind: Type.Optional(LogKind),
  environment: Type.Optional(EnvironmentSchema),
  id: Type.Optional(Type.String({ maxLength: 64 })),
  key_id: Type.Optional(Type.String({ maxLength: 64 })),
  method: Type.Optional(Type.String({ maxLength: 10 })),
  status: Type.Optional(
    Type.String({ pattern: '^[1-5]([0-9]{2}|xx)$', description: 'A status, or a class of them: 404, 4xx' }),
  ),
  path: Type.Optional(Type.String({ maxLength: 300, description: 'The beginning of the path' })),
  code: Type.Optional(Type.String({ maxLength: 64 })),
  payment_id: Type.Optional(Type.String({ maxLength: 64, description: 'Of provider calls' })),
  provider: Type.Optional(ServiceSchema),
  text: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'Anywhere in an entry. A page looks through 10,000 requests, or 1,000 provider calls, that match the rest; the next page goes on behind them',
    }),
  ),
}
export const LogListQuery = Strict({ ...PAGE, ...CREATED, ...FILTERS })
export const LogExportQuery = Strict({ ...CREATED, ...FILTERS })
export const LogStreamQuery = Strict(FILTERS)
export const LogList = ListOf(LogEntry)
