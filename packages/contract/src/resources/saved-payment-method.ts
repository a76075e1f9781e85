import {
  EnvironmentSchema,
  ListOf,
  Metadata,
  Nullable,
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

/** A payment method that a payer let the merchant keep. */
export const SavedPaymentMethod = Strict({
  id: Type.String(),
  object: OneOf(['saved_payment_method']),
  customer_id: Type.String(),
  payment_id: Type.String({ description: 'The payment whose payer agreed' }),
  provider: ServiceSchema,
  environment: EnvironmentSchema,
  type: Type.String({ description: 'card, wallet, bank_debit, …' }),
  brand: NullableString(),
  card: Nullable(
    Strict({ last4: NullableString(), exp_month: NullableInteger(), exp_year: NullableInteger() }),
  ),
  nickname: NullableString(),
  metadata: Metadata,
  consented_at: Timestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type SavedPaymentMethod = Static<typeof SavedPaymentMethod>

/** What is left out stays; null takes it away. */
export const UpdateSavedPaymentMethodBody = Strict({
  nickname: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1, maxLength: 100 }),
  ),
  metadata: Type.Optional(Metadata),
})
export type UpdateSavedPaymentMethodBody = Static<typeof UpdateSavedPaymentMethodBody>

export const DeletedSavedPaymentMethod = Strict({
  id: Type.String(),
  object: OneOf(['saved_payment_method']),
  deleted: Type.Boolean(),
})

export const SavedPaymentMethodListQuery = Strict({
  ...PAGE,
  customer: Type.Optional(Type.String({ maxLength: 64, description: 'The id of a customer' })),
  environment: Type.Optional(EnvironmentSchema),
})
export type SavedPaymentMethodListQuery = Static<typeof SavedPaymentMethodListQuery>
export const SavedPaymentMethodList = ListOf(SavedPaymentMethod)
