import {
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  NullableString,
  OneOf,
  PAGE,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

/** The seed's three members (`verification_method`, `dns_record`, `instructions`) among what is known. */
export const Domain = Strict({
  id: Type.String(),
  object: OneOf(['domain']),
  service_name: ServiceSchema,
  environment: EnvironmentSchema,
  domain: Type.String({ description: 'Lower case, punycode, without a trailing dot' }),
  display_name: Type.String({ description: 'The same with its own letters' }),
  state: OneOf(['pending', 'verified', 'failed', 'expired']),
  verification_method: OneOf(['dns']),
  dns_record: Type.String({ description: 'The exact text of the TXT record' }),
  record_type: OneOf(['TXT']),
  record_names: Type.Array(Type.String(), { description: 'Names at which the record counts' }),
  instructions: Type.String(),
  reason: NullableString('Why the newest look found no proof, as a word'),
  reason_detail: NullableString('The same in a sentence'),
  checked_at: NullableString(),
  verified_at: NullableString(),
  expires_at: NullableString('When a pending domain is given up'),
  created_at: Timestamp,
})
export type Domain = Static<typeof Domain>

export const DomainBody = Strict({
  domain: Type.String({ minLength: 1, maxLength: 255, description: 'A host name, such as shop.example.com' }),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
/** A domain on which Apple Pay may open, as the provider has it. */
export const WalletDomain = Strict({
  object: OneOf(['wallet_domain']),
  service_name: ServiceSchema,
  environment: EnvironmentSchema,
  wallet: OneOf(['apple_pay']),
  domain: Type.String({ description: 'Lower case, punycode, without a trailing dot' }),
  state: OneOf(['registered']),
})
export type WalletDomain = Static<typeof WalletDomain>
export const WalletDomainList = Strict({ data: Type.Array(WalletDomain) })
export const WalletDomainListQuery = Strict({ environment: Type.Optional(EnvironmentSchema) })
export const DeletedWalletDomain = Strict({
  object: OneOf(['wallet_domain']),
  domain: Type.String(),
  deleted: Type.Unsafe<true>({ type: 'boolean', enum: [true] }),
})

export const DomainListQuery = Strict(PAGE)
export const DomainList = ListOf(Domain)
export const DomainParam = Strict({ service: Type.String(), domain: Type.String() })
export const DeletedDomain = Strict({
  id: Type.String(),
  object: OneOf(['domain']),
  deleted: Type.Unsafe<true>({ type: 'boolean', enum: [true] }),
})
