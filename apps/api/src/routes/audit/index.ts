import type { AuditEntry } from '@onerouter/contract'
import { formatId, type IdKind, parseId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { type AuditEntry as Entry, listAudit } from '../../audit/store.ts'
import { type Engine, visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'

/** Subjects that are known outside by an id of ours. */
const ID_KINDS: Readonly<Record<string, IdKind>> = {
  api_key: 'key',
  webhook_endpoint: 'endpoint',
  domain: 'domain',
  membership: 'person',
}

export function auditRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'listAuditEntries', async ({ query, principal }) => {
    const page = parsePage('audit', query)
    const visible = visibleEnvironments(callerOf(principal))
    const { environment } = query
    const rows = await listAudit(engine.db, {
      accountId: principal.accountId,
      environments: environment === undefined ? visible : visible.filter((one) => one === environment),
      strict: environment !== undefined,
      subjectKind: query.subject_type,
      subject: query.subject_id === undefined ? undefined : plainId(query.subject_id),
      actorId: query.actor_id === undefined ? undefined : actorId(query.actor_id),
      action: query.action,
      created: page.created,
      after: page.after,
      limit: page.limit,
    })
    return listAnswer(rows, page.limit, present)
  })
}

function plainId(text: string): string {
  for (const kind of Object.values(ID_KINDS)) {
    const uuid = parseId(kind, text)
    if (uuid !== undefined) return uuid
  }
  return text
}

/** Nobody has the nil id: an actor that cannot exist has done nothing. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
const actorId = (text: string): string => parseId('key', text) ?? parseId('person', text) ?? NOBODY

function present(row: Entry): AuditEntry {
  const kind = ID_KINDS[row.subject_kind]
  return {
    id: formatId('audit', row.id),
    object: 'audit_entry',
    sequence: Number(row.seq),
    environment: row.environment,
    actor: {
      type: row.actor_kind,
      id: row.actor_id === null ? null : formatId(row.actor_kind === 'key' ? 'key' : 'person', row.actor_id),
      name: row.actor_name,
    },
    action: row.action,
    subject: { type: row.subject_kind, id: kind === undefined ? row.subject : formatId(kind, row.subject) },
    before: row.before,
    after: row.after,
    request_id: row.request_id,
    hash: row.hash.toString('hex'),
    created_at: row.created_at.toISOString(),
  }
}
