import type { CreatedRange, Environment, Facts, ListParams } from './shared.ts'

export type AuditAction = 'created' | 'updated' | 'deleted'

/** One change of the account's configuration. */
export interface AuditEntry {
  readonly id: string
  readonly object: 'audit_entry'
  /** Gapless from 1 within the account. */
  readonly sequence: number
  /** `null` for what spans both. */
  readonly environment: Environment | null
  readonly actor: {
    /** `system`: what OneRouter does by itself, and commands on the server. */
    readonly type: 'key' | 'person' | 'system'
    readonly id: string | null
    /** A key's hint or a person's address. */
    readonly name: string | null
  }
  readonly action: AuditAction
  readonly subject: { readonly type: string; readonly id: string }
  /** What differs, without secrets. */
  readonly before: Facts | null
  readonly after: Facts | null
  readonly requestId: string | null
  /** Over this entry and the hash of the one before it. */
  readonly hash: string
  readonly createdAt: string
}

export interface AuditListParams extends ListParams {
  readonly created?: CreatedRange
  readonly environment?: Environment
  /** `api_key`, `credential`, `service`, `webhook_endpoint`, … */
  readonly subjectType?: string
  readonly subjectId?: string
  readonly actorId?: string
  readonly action?: AuditAction
}
