import type { Environment, Service, Uuid } from '@onerouter/core'

export type DomainState = 'pending' | 'verified' | 'failed' | 'expired'

/** Why a look found no proof. The last four say nothing about the record. */
export const DOMAIN_REASONS = [
  'nxdomain',
  'no_txt_record',
  'no_matching_record',
  'other_token',
  'timeout',
  'servfail',
  'refused',
  'unreachable',
] as const
export type DomainReason = (typeof DOMAIN_REASONS)[number]

export interface DomainRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly service: Service
  readonly domain: string
  readonly token: string
  readonly state: DomainState
  readonly reason: DomainReason | null
  readonly misses: number
  readonly tries: number
  readonly created_at: Date
  readonly checked_at: Date | null
  readonly verified_at: Date | null
  readonly expires_at: Date
  readonly due_at: Date | null
}
