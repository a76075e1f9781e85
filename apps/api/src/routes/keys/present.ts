import { type ApiKey, SCOPES } from '@onerouter/contract'
import { formatId } from '@onerouter/core'
import type { ApiKeyRow } from '../../store/api-keys.ts'

/** A key without the key. */
export function presentKey(row: ApiKeyRow): ApiKey {
  return {
    id: formatId('key', row.id),
    object: 'api_key',
    name: row.name,
    environment: row.environment,
    hint: row.hint,
    scopes: SCOPES.filter((scope) => row.scopes.includes(scope)),
    services: row.services,
    rate_limit_per_minute: row.rate_limit_per_minute,
    rate_limit_per_day: row.rate_limit_per_day,
    ip_allowlist: row.ip_allowlist,
    expires_at: row.expires_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}
