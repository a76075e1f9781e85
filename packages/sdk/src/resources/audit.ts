import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import type { Call } from '../send.ts'
import type { AuditEntry, AuditListParams } from '../types/audit.ts'

/** Who changed what of the account's configuration. */
export interface Audit {
  /**
   * Changes, newest first.
   * @example
   * ```ts
   * for await (const entry of client.audit.list({ subjectType: 'api_key' })) console.log(entry.actor, entry.after)
   * ```
   */
  list(params?: AuditListParams, options?: CallOptions): List<AuditEntry>
}

export function audit(call: Call): Audit {
  return { list: (params, options) => list(call, '/api/audit', params, options) }
}
