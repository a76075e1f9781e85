import {
  Anything,
  CREATED,
  EnvironmentSchema,
  ListOf,
  Nullable,
  NullableString,
  OneOf,
  PAGE,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

const Action = OneOf(['created', 'updated', 'deleted'])

export const AuditEntry = Strict({
  id: Type.String(),
  object: OneOf(['audit_entry']),
  sequence: Type.Integer({ description: 'Gapless from 1 within the account' }),
  environment: Nullable(EnvironmentSchema),
  actor: Strict({
    type: OneOf(
      ['key', 'person', 'system'],
      'system: what OneRouter does by itself, and commands on the server',
    ),
    id: NullableString(),
    name: NullableString('A key’s hint or a person’s address'),
  }),
  action: Action,
  subject: Strict({ type: Type.String(), id: Type.String() }),
  before: Nullable(Anything),
  after: Nullable(Anything),
  request_id: NullableString('The request that made the change'),
  hash: Type.String({ description: 'Over this entry and the hash of the one before it' }),
  created_at: Timestamp,
})
export type AuditEntry = Static<typeof AuditEntry>

export const AuditListQuery = Strict({
  ...PAGE,
  ...CREATED,
  environment: Type.Optional(EnvironmentSchema),
  subject_type: Type.Optional(Type.String({ maxLength: 64, description: 'api_key, credential, service, …' })),
  subject_id: Type.Optional(Type.String({ maxLength: 200 })),
  actor_id: Type.Optional(Type.String({ maxLength: 64, description: 'A key’s or a person’s id' })),
  action: Type.Optional(Action),
})
export const AuditList = ListOf(AuditEntry)
