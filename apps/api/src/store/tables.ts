import type { RoutingRule, RoutingUse } from '@onerouter/contract'
import type { Environment, Service, Uuid } from '@onerouter/core'
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { RegistrationState } from './webhook-registrations.ts'

type Timestamp = ColumnType<Date, Date | undefined, Date>
type OptionalTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>

export interface AccountTable {
  id: Uuid
  /** The same as `id`, by the name that the audit log knows. */
  account_id: GeneratedAlways<Uuid>
  name: string
  second_factor_required: Generated<boolean>
  created_at: Timestamp
}

export interface ApiKeyTable {
  account_id: Uuid
  environment: Environment
  id: Uuid
  name: string
  key_hash: Buffer
  hint: string
  scopes: string[]
  services: Service[] | null
  rate_limit_per_minute: number
  rate_limit_per_day: number
  ip_allowlist: string[] | null
  expires_at: OptionalTimestamp
  revoked_at: OptionalTimestamp
  last_used_at: OptionalTimestamp
  rotated_from: ColumnType<Uuid | null, Uuid | null | undefined, never>
  created_at: Timestamp
}

export interface ServiceTable {
  account_id: Uuid
  service: Service
  active_environment: Generated<Environment>
  created_at: Timestamp
  updated_at: Timestamp
  event_subject: Generated<Uuid>
  switches: Generated<number>
}

export interface WebhookAddressTable {
  account_id: Uuid
  environment: Environment
  service: Service
  token: string
  created_at: Timestamp
}

export interface CredentialTable {
  account_id: Uuid
  environment: Environment
  service: Service
  version: number
  sealed: Buffer
  key_id: bigint
  hint: string
  provider_account: string | null
  sandbox: boolean
  webhook_ref: string | null
  created_at: Timestamp
  retired_at: OptionalTimestamp
}

export interface WebhookRegistrationTable {
  account_id: Uuid
  environment: Environment
  service: Service
  state: RegistrationState
  url: string
  ref: string | null
  reason: string | null
  tries: number
  due_at: Timestamp
  refused: Generated<number>
  refused_since: OptionalTimestamp
  refused_reason: string | null
}

export interface DisabledPaymentMethodTable {
  account_id: Uuid
  environment: Environment
  service: Service
  method: string
  disabled_at: Timestamp
}

export interface RoutingVersionTable {
  account_id: Uuid
  environment: Environment
  version: number
  /** Written as JSON text, read as what it says. */
  rules: ColumnType<RoutingRules, string, never>
  comment: string | null
  created_by: string
  created_at: Timestamp
}

/** The part of a routing request that is stored as a version. */
export interface RoutingRules {
  readonly rules: RoutingRule[]
  readonly default: RoutingUse | null
}

export interface RoutingPolicyTable {
  account_id: Uuid
  environment: Environment
  version: ColumnType<number | null, number | null | undefined, number | null>
  trial_version: ColumnType<number | null, number | null | undefined, number | null>
  trial_percent: ColumnType<number | null, number | null | undefined, number | null>
  updated_by: string
  updated_at: Timestamp
}

export interface EncryptionCanaryTable {
  key_id: bigint
  sealed: Buffer
  created_at: Timestamp
}

/** Rows as the account migrations define them; a test compares names and kinds with the migrated database. */
export interface AccountTables {
  account: AccountTable
  api_key: ApiKeyTable
  service: ServiceTable
  webhook_address: WebhookAddressTable
  credential: CredentialTable
  webhook_registration: WebhookRegistrationTable
  disabled_payment_method: DisabledPaymentMethodTable
  routing_version: RoutingVersionTable
  routing_policy: RoutingPolicyTable
  encryption_canary: EncryptionCanaryTable
}
