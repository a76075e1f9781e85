import { PAYMENT_LINK_STATUSES, SERVICES } from '@onerouter/core'
import {
  CREATED,
  CurrencySchema,
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  MajorAmount,
  Metadata,
  MinorAmount,
  Nullable,
  NullableOneOf,
  NullableString,
  OneOf,
  PAGE,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'
import { CustomerDetails } from './customer.ts'

const Notice = Strict({
  status: OneOf(
    ['pending', 'accepted', 'unknown', 'failed'],
    'unknown: whether the provider took it is being found out; the message itself tells',
  ),
  sms_id: NullableString(),
  error: Nullable(Strict({ code: Type.String(), message: Type.String() })),
})

export const PaymentLink = Strict({
  id: Type.String(),
  object: OneOf(['payment_link']),
  status: OneOf(PAYMENT_LINK_STATUSES),
  active: Type.Boolean({ description: 'It can be paid' }),
  short_url: Type.String({ description: 'Where to send the payer' }),
  checkout_url: Type.String({ description: 'The same as short_url' }),
  qr_url: Type.String({ description: 'The address as a QR code, SVG' }),
  amount: Type.String(),
  amount_minor: Type.Integer(),
  currency: Type.String(),
  description: NullableString(),
  customer: Nullable(CustomerDetails),
  metadata: Metadata,
  callback_url: NullableString(),
  provider: NullableOneOf(SERVICES),
  method: NullableString(),
  environment: EnvironmentSchema,
  reusable: Type.Boolean(),
  expires_at: NullableString('RFC 3339, UTC'),
  clicks: Type.Integer({ description: 'Browsers that opened it; previews and robots do not count' }),
  payments_count: Type.Integer(),
  amount_paid: Type.String(),
  amount_paid_minor: Type.Integer(),
  payment_id: NullableString('The payment that paid it; of a reusable link the newest'),
  paid_at: NullableString('RFC 3339, UTC'),
  notify: Nullable(Strict({ sms: Notice })),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type PaymentLink = Static<typeof PaymentLink>

const Instant = Type.Unsafe<string>({
  type: ['string', 'number'],
  maxLength: 40,
  description: 'RFC 3339 or Unix seconds',
})

export const CreatePaymentLinkBody = Strict({
  amount: Type.Optional(MajorAmount),
  amount_minor: Type.Optional(MinorAmount),
  currency: CurrencySchema,
  description: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  customer: Type.Optional(CustomerDetails),
  customer_name: Type.Optional(Type.String({ maxLength: 200 })),
  customer_email: Type.Optional(Type.String({ maxLength: 320 })),
  customer_phone: Type.Optional(Type.String({ maxLength: 32, description: 'E.164: +14155550123' })),
  metadata: Type.Optional(Metadata),
  notes: Type.Optional(Metadata),
  callback_url: Type.Optional(
    Type.String({ minLength: 1, maxLength: 2048, description: 'Where the payer lands afterwards' }),
  ),
  provider: Type.Optional(ServiceSchema),
  method: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  reusable: Type.Optional(Type.Boolean({ description: 'May be paid any number of times' })),
  expires_at: Type.Optional(Instant),
  expire_by: Type.Optional(Instant),
  notify: Type.Optional(Strict({ sms: Type.Optional(Type.Boolean()) })),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
export type CreatePaymentLinkBody = Static<typeof CreatePaymentLinkBody>

export const PaymentLinkListQuery = Strict({
  ...PAGE,
  ...CREATED,
  status: Type.Optional(OneOf(PAYMENT_LINK_STATUSES)),
  environment: Type.Optional(EnvironmentSchema),
})
export type PaymentLinkListQuery = Static<typeof PaymentLinkListQuery>
export const PaymentLinkList = ListOf(PaymentLink)
