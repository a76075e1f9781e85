import { ENVIRONMENTS, SERVICES } from '@onerouter/core'
import Type, { type Static, type TProperties, type TSchema } from 'typebox'

/** An object that knows all of its fields: one more is refused in requests and dropped from answers. */
export const Strict = <P extends TProperties>(properties: P, options: { description?: string } = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

/** `null` where a value is not known or does not apply. Written as a type list, which serialises fastest. */
export const NullableString = (description?: string) =>
  Type.Unsafe<string | null>({
    type: ['string', 'null'],
    ...(description === undefined ? {} : { description }),
  })
export const NullableInteger = () => Type.Unsafe<number | null>({ type: ['integer', 'null'] })
export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

/** A closed set of words. */
export const OneOf = <const W extends string>(words: readonly W[], description?: string) =>
  Type.Unsafe<W>({ type: 'string', enum: [...words], ...(description === undefined ? {} : { description }) })

export const NullableOneOf = <const W extends string>(words: readonly W[]) =>
  Type.Unsafe<W | null>({ type: ['string', 'null'], enum: [...words, null] })

export const Timestamp = Type.String({ description: 'RFC 3339, UTC' })
export const EnvironmentSchema = OneOf(ENVIRONMENTS)
export const ServiceSchema = OneOf(SERVICES)
export const CurrencySchema = Type.String({ pattern: '^[A-Za-z]{3}$', description: 'ISO 4217, either case' })

/** Anything JSON, for members whose shape is the provider's. */
export const Anything = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
})

/** Up to 50 pairs; what is stored with an object and comes back with it. */
export const Metadata = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  maxProperties: 50,
  propertyNames: { minLength: 1, maxLength: 40 },
  additionalProperties: { type: 'string', maxLength: 500 },
})

/**
 * An amount in major units. JSON numbers are accepted too; the parser hands their source text on, so that
 * `500.00` never passes through a float.
 */
export const MajorAmount = Type.Unsafe<string>({
  type: ['string', 'number'],
  maxLength: 32,
  description: 'Major units, exact: "500.00" or 500.00',
  examples: ['500.00'],
})
export const MinorAmount = Type.Integer({
  minimum: -999_999_999_999_999,
  maximum: 999_999_999_999_999,
  description: 'Minor units: 50000 is 500.00 USD',
})

export const Limit = Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Objects per page' })

/** Query parameters every list takes. */
export const PAGE = {
  limit: Type.Optional(Limit),
  starting_after: Type.Optional(
    Type.String({ maxLength: 64, description: 'next_cursor of the page before' }),
  ),
}
const Instant = Type.String({ maxLength: 40, description: 'RFC 3339 or Unix seconds' })
/** Query parameters of lists that filter by time of creation. */
export const CREATED = {
  'created[gt]': Type.Optional(Instant),
  'created[gte]': Type.Optional(Instant),
  'created[lt]': Type.Optional(Instant),
  'created[lte]': Type.Optional(Instant),
}

export const ListOf = <S extends TSchema>(item: S) =>
  Strict({ data: Type.Array(item), has_more: Type.Boolean(), next_cursor: NullableString() })

export const IdParam = Strict({ id: Type.String() })
export const IdempotencyKeyField = Type.Optional(
  Type.String({ maxLength: 255, description: 'Same as the Idempotency-Key header' }),
)

export type { Static, TSchema }
export { Type }
