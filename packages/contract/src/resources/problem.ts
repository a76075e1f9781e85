import { ERRORS, type ErrorCode } from '@onerouter/core'
import { Anything, OneOf, type Static, Strict, Type } from '../schema.ts'

// Object.keys widens the keys of the closed table to string.
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[]

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Address of the page that explains the code' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: OneOf(ERROR_CODES),
    request_id: Type.String(),
    retryable: Type.Boolean(),
    errors: Type.Optional(
      Type.Array(
        Strict({
          pointer: Type.String({ description: 'RFC 6901 pointer into the body, or ?name of the query' }),
          detail: Type.String(),
        }),
      ),
    ),
    provider: Type.Optional(Type.String()),
    provider_code: Type.Optional(Type.String()),
    decline_reason: Type.Optional(Type.String()),
    payment: Type.Optional(Anything),
    subscription: Type.Optional(Anything),
  },
  { description: 'RFC 9457 problem details' },
)
export type Problem = Static<typeof Problem>
