import { NullableString, OneOf, type Static, Strict, Type } from '../schema.ts'

const Check = Strict({
  status: OneOf(['ok', 'failed', 'off']),
  ms: Type.Optional(Type.Number()),
  detail: NullableString(),
})
export const Health = Strict({
  status: OneOf(['ok', 'failed', 'stopping']),
  version: Type.String(),
  environment: Type.String(),
  checks: Strict({ database: Check, migrations: Check, redis: Check }),
})
export type Health = Static<typeof Health>
export const Live = Strict({ status: OneOf(['ok']) })
