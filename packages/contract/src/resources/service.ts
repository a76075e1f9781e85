import { SERVICES } from '@onerouter/core'
import {
  EnvironmentSchema,
  IdempotencyKeyField,
  Nullable,
  NullableInteger,
  NullableString,
  OneOf,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

const CredentialState = Strict({
  configured: Type.Boolean(),
  hint: NullableString('What may be shown of the credentials'),
  sandbox: Type.Boolean(),
  version: NullableInteger(),
  provider_account: NullableString(),
  webhook_url: NullableString("Where the provider's events must be sent"),
  webhook_registered: Type.Boolean({
    description: 'OneRouter registered the address at the provider itself, and keeps it so',
  }),
  webhook_problem: NullableString('Why events do not arrive, or soon will not, and what to do'),
  webhook_gives_up_at: NullableString('When the provider begins to lose events if nothing changes'),
  webhook_instructions: NullableString('What to paste where, while OneRouter could not do it itself'),
  saved_at: NullableString(),
})

const STATUS = {
  service_name: ServiceSchema,
  environment: EnvironmentSchema,
  active: Type.Boolean({ description: 'The environment in force has credentials' }),
  configured: Type.Boolean({ description: 'At least one environment has credentials' }),
  label: Type.String(),
  can_switch: Type.Boolean({ description: 'Both environments have credentials' }),
  credentials: Strict({ test: CredentialState, live: CredentialState }),
  capabilities: Type.Array(Type.String()),
}
/** The seed's four members first, then what the dashboard shows. */
export const ServiceStatus = Strict(STATUS)
export type ServiceStatus = Static<typeof ServiceStatus>

const CredentialFieldSpec = Strict({
  name: Type.String(),
  label: Type.String(),
  secret: Type.Boolean(),
  required: Type.Boolean(),
  help: Type.String(),
})
export const ServiceListItem = Strict({
  ...STATUS,
  fields: Type.Array(CredentialFieldSpec),
  webhook_instructions: Type.String(),
})
export const ServiceList = Strict({
  data: Type.Array(ServiceListItem),
  has_more: Type.Boolean(),
  next_cursor: NullableString(),
})

export const SaveCredentialsBody = Strict({
  environment: EnvironmentSchema,
  credentials: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      maxProperties: 12,
      additionalProperties: { type: ['string', 'null'], maxLength: 4096 },
    }),
  ),
  sandbox: Type.Optional(Type.Boolean({ description: 'true asks the provider sandbox for an account' })),
})
export type SaveCredentialsBody = Static<typeof SaveCredentialsBody>

export const DeleteCredentialsQuery = Strict({ environment: Type.Optional(EnvironmentSchema) })
export const SwitchEnvironmentBody = Strict({
  environment: EnvironmentSchema,
  idempotency_key: IdempotencyKeyField,
})
export const Switched = Strict({
  status: OneOf(['switched']),
  service_name: ServiceSchema,
  environment: EnvironmentSchema,
  message: Type.String(),
  timestamp: Timestamp,
})
export const SwitchedAll = Strict({
  status: OneOf(['switched']),
  environment: EnvironmentSchema,
  message: Type.String(),
  timestamp: Timestamp,
  switched_services: Type.Array(ServiceSchema),
})
export const CanGoLive = Strict({
  can_go_live: Type.Boolean(),
  services_with_test: Type.Array(ServiceSchema),
  services_with_live: Type.Array(ServiceSchema),
  services_missing_live: Type.Array(ServiceSchema),
  message: Type.String(),
  services: Type.Array(
    Strict({
      service_name: ServiceSchema,
      ready: Type.Boolean({ description: 'Nothing stands in the way of switching it to live' }),
      blockers: Type.Array(Type.String(), { description: 'Why it cannot be switched' }),
      warnings: Type.Array(Type.String(), { description: 'What is better seen to before real money moves' }),
    }),
    { description: 'Every connected service, with reasons' },
  ),
})

export const ImportEnvBody = Strict({
  env: Type.String({
    minLength: 1,
    maxLength: 65_536,
    description: 'The text of a .env file; only variables of providers are read, the rest is ignored',
  }),
  environment: Type.Optional(EnvironmentSchema),
  services: Type.Optional(Type.Array(ServiceSchema, { minItems: 1, maxItems: SERVICES.length })),
  dry_run: Type.Optional(Type.Boolean({ description: 'true only says what was found; nothing is saved' })),
  idempotency_key: IdempotencyKeyField,
})
export const ImportedEnv = Strict({
  object: OneOf(['env_import']),
  services: Type.Array(
    Strict({
      service_name: ServiceSchema,
      environment: EnvironmentSchema,
      status: OneOf(['found', 'connected', 'incomplete', 'refused']),
      variables: Type.Array(Type.String(), { description: 'Names, never values' }),
      missing: Type.Array(Type.String(), { description: 'Variables that are needed as well' }),
      hint: NullableString('What may be shown of the saved credentials'),
      error: Nullable(Strict({ code: Type.String(), detail: Type.String() })),
    }),
  ),
  ignored: Type.Array(Type.String(), { description: 'Names of variables that belong to no provider' }),
})
/** What an adapter can do, read off the members it has. */
const Capabilities = Strict({
  payments: Type.Boolean(),
  capture: Type.Boolean(),
  partial_capture: Type.Boolean(),
  cancel: Type.Boolean(),
  confirm: Type.Boolean(),
  hosted_checkout: Type.Boolean(),
  find_by_reference: Type.Boolean(),
  refunds: Type.Boolean(),
  refund_speeds: Type.Array(OneOf(['normal', 'optimum'])),
  disputes: Type.Boolean({ description: 'Tells of disputes; they are answered at the provider' }),
  webhook_registration: Type.Boolean(),
  subscriptions: Type.Boolean({ description: 'Bills a plan again and again by itself' }),
  subscription_pause: Type.Boolean(),
  subscription_change_plan: Type.Boolean(),
  subscription_proration: Type.Boolean(),
  saved_methods: Type.Boolean(),
  payment_links: Type.Boolean({ description: "OneRouter's links, whose payments this provider takes" }),
  subscription_cancel_at_period_end: Type.Boolean({
    description: 'Ends a subscription with its running period by itself; elsewhere OneRouter does it then',
  }),
  messages: Type.Boolean({ description: 'Sends text messages' }),
})
export const ProviderListQuery = Strict({
  currency: Type.Optional(Type.String({ pattern: '^[A-Za-z]{3}$' })),
  country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
})
export const ProviderList = Strict({
  data: Type.Array(
    Strict({
      name: ServiceSchema,
      object: OneOf(['provider']),
      label: Type.String(),
      active_environment: EnvironmentSchema,
      connected: Strict({ test: Type.Boolean(), live: Type.Boolean() }),
      capabilities: Capabilities,
      proofs: Type.Array(
        Strict({
          operation: Type.String({ description: 'payments.create, refunds.list, …' }),
          suite: Type.String(),
          test: Type.String({ description: 'The conformance test that has seen it succeed' }),
          since: Type.String({ description: 'The day it first did' }),
          last_run: Type.String({ description: 'The day its suite last ran for publication' }),
        }),
        { description: 'What executed conformance tests prove of it' },
      ),
      payment_methods: Type.Array(Type.String(), {
        description: 'Its ways to pay, of those that reach the country and currency asked for',
      }),
    }),
  ),
  has_more: Type.Boolean(),
  next_cursor: NullableString(),
})

export const ServiceParam = Strict({ service: Type.String() })
