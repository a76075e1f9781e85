import type { Environment, Uuid } from '@onerouter/core'
import type { Place } from './seal.ts'

export interface SecretRef {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly endpoint_id: Uuid
  readonly id: Uuid
}

/** What a webhook secret's ciphertext is bound to. */
export function webhookSecretPlace(ref: SecretRef): Place {
  return [ref.account_id, ref.environment, ref.endpoint_id, ref.id, 'webhook-secret']
}
