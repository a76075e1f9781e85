import {
  CREATED,
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  Metadata,
  NullableString,
  OneOf,
  PAGE,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

const NAME = { minLength: 1, maxLength: 200 }
const EMAIL = { minLength: 3, maxLength: 320, pattern: '^[^@\\s]+@[^@\\s]+$' }
const PHONE = { minLength: 3, maxLength: 32 }
const COUNTRY = {
  pattern: '^[A-Za-z]{2}$',
  description: 'ISO 3166-1; routing rules and analytics can go by it',
}
const DESCRIPTION = { minLength: 1, maxLength: 1000 }

/** What is known of a payer. */
export const CustomerDetails = Strict({
  name: Type.Optional(Type.String({ maxLength: 200 })),
  email: Type.Optional(Type.String({ maxLength: 320 })),
  phone: Type.Optional(Type.String({ maxLength: 32 })),
  country: Type.Optional(Type.String(COUNTRY)),
})
export type CustomerDetails = Static<typeof CustomerDetails>

/**
 * A payer as other requests name one: by an id of `/v1/customers`, or by what is known of them. Written as a type
 * list, so that what is wrong with a member is said of the member.
 */
export const CustomerGiven = Type.Unsafe<string | CustomerDetails>({
  type: ['string', 'object'],
  description: 'The id of a customer (cus_…), or their details',
  maxLength: 64,
  additionalProperties: false,
  properties: CustomerDetails.properties,
})

/** A payer as they were when the object was made; `id` where they were named by it. */
export const CustomerOfObject = Strict({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
})

export const CustomerObject = Strict({
  id: Type.String(),
  object: OneOf(['customer']),
  name: NullableString(),
  email: NullableString(),
  phone: NullableString(),
  country: NullableString('ISO 3166-1'),
  description: NullableString(),
  metadata: Metadata,
  environment: EnvironmentSchema,
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type CustomerObject = Static<typeof CustomerObject>

export const CreateCustomerBody = Strict({
  name: Type.Optional(Type.String(NAME)),
  email: Type.Optional(Type.String(EMAIL)),
  phone: Type.Optional(Type.String(PHONE)),
  country: Type.Optional(Type.String(COUNTRY)),
  description: Type.Optional(Type.String(DESCRIPTION)),
  metadata: Type.Optional(Metadata),
  notes: Type.Optional(Metadata),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
export type CreateCustomerBody = Static<typeof CreateCustomerBody>

const Cleared = (limits: object) => Type.Unsafe<string | null>({ type: ['string', 'null'], ...limits })

/** What is left out stays; null takes it away. */
export const UpdateCustomerBody = Strict({
  name: Type.Optional(Cleared(NAME)),
  email: Type.Optional(Cleared(EMAIL)),
  phone: Type.Optional(Cleared(PHONE)),
  country: Type.Optional(Cleared(COUNTRY)),
  description: Type.Optional(Cleared(DESCRIPTION)),
  metadata: Type.Optional(Metadata),
})
export type UpdateCustomerBody = Static<typeof UpdateCustomerBody>

export const DeletedCustomer = Strict({
  id: Type.String(),
  object: OneOf(['customer']),
  deleted: Type.Boolean(),
})

export const CustomerListQuery = Strict({
  ...PAGE,
  ...CREATED,
  email: Type.Optional(Type.String({ maxLength: 320 })),
  environment: Type.Optional(EnvironmentSchema),
})
export type CustomerListQuery = Static<typeof CustomerListQuery>
export const CustomerList = ListOf(CustomerObject)
