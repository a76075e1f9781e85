import { SMS_FAILURES, SMS_STATUSES } from '@onerouter/core'
import {
  CREATED,
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
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

const SmsCost = Strict({
  amount: Type.String({ description: 'Major units with six decimals: messages cost fractions of a cent' }),
  amount_micros: Type.Integer({ description: 'Millionths of the major unit' }),
  currency: Type.String(),
})

const SmsFailure = Strict({
  code: OneOf(SMS_FAILURES),
  message: Type.String(),
  provider_code: NullableString(),
})

export const Sms = Strict({
  id: Type.String(),
  object: OneOf(['sms']),
  status: OneOf(SMS_STATUSES),
  to: Type.String(),
  from: Type.String(),
  body: Type.String(),
  segments: NullableInteger(),
  provider: ServiceSchema,
  provider_message_id: NullableString(),
  environment: EnvironmentSchema,
  cost: Nullable(SmsCost),
  failure: Nullable(SmsFailure),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Sms = Static<typeof Sms>

export const SendSmsBody = Strict({
  to: Type.String({ minLength: 1, maxLength: 32, description: 'E.164: +14155550123' }),
  body: Type.String({ minLength: 1, maxLength: 1600 }),
  from: Type.Optional(
    Type.String({ minLength: 1, maxLength: 32, description: "The service's own number when left out" }),
  ),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
export type SendSmsBody = Static<typeof SendSmsBody>

export const SmsListQuery = Strict({
  ...PAGE,
  ...CREATED,
  status: Type.Optional(OneOf(SMS_STATUSES)),
  to: Type.Optional(Type.String({ maxLength: 32 })),
  environment: Type.Optional(EnvironmentSchema),
})
export type SmsListQuery = Static<typeof SmsListQuery>
export const SmsList = ListOf(Sms)
