import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Place } from './seal.ts'

/** What a credential's ciphertext is bound to. */
export function credentialPlace(row: {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly version: number
}): Place {
  return [row.account_id, row.environment, row.service, row.version, 'credentials']
}
