import type { Environment, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions } from '../store/created.ts'
import type { Queryable } from '../store/rows.ts'

export interface AuditRow {
  readonly account_id: Uuid
  readonly seq: bigint
  readonly id: Uuid
  readonly environment: Environment | null
  readonly actor_kind: 'key' | 'person' | 'system'
  readonly actor_id: Uuid | null
  readonly request_id: string | null
  readonly action: 'created' | 'updated' | 'deleted'
  readonly subject_kind: string
  readonly subject: string
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly created_at: Date
  readonly prev_hash: Buffer
  readonly hash: Buffer
}

/** With what may be shown of who acted: a key's hint, a person's address. */
export interface AuditEntry extends AuditRow {
  readonly actor_name: string | null
}

export interface AuditFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** Entries of no environment are left out. */
  readonly strict: boolean
  readonly subjectKind?: string | undefined
  readonly subject?: string | undefined
  readonly actorId?: Uuid | undefined
  readonly action?: string | undefined
  readonly created: CreatedRange
  readonly after: Uuid | null
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listAudit(db: Queryable, filter: AuditFilter): Promise<AuditEntry[]> {
  const all = conditions(
    ['account_id = $1', '(environment = any($2::text[]) or (environment is null and not $3::bool))'],
    [filter.accountId, filter.environments, filter.strict],
  )
  all.add((p) => `subject_kind = ${p}`, filter.subjectKind)
  all.add((p) => `subject = ${p}`, filter.subject)
  all.add((p) => `actor_id = ${p}`, filter.actorId)
  all.add((p) => `action = ${p}`, filter.action)
  addCreated(all, filter.created)
  all.add((p) => `seq < (select seq from audit where account_id = $1 and id = ${p})`, filter.after)
  const { rows } = await db.query({
    text: `select a.*, coalesce(
        (select hint from api_key k where k.account_id = a.account_id and k.id = a.actor_id limit 1),
        (select email from person p where p.id = a.actor_id)) as actor_name
      from (select * from audit where ${all.where.join(' and ')} order by seq desc limit ${filter.limit + 1}) a
      order by a.seq desc`,
    values: all.values,
  })
  return rows as unknown as AuditEntry[] // columns held equal by a test
}

const PAGE = 1_000
const PROBLEMS = `with page as (
    select a.*, audit_hash(a) as expected from audit a
    where (account_id, seq) > ($1::uuid, $2::bigint) order by account_id, seq limit ${PAGE})
  select account_id, seq, case
      when hash <> expected then 'has a hash that is not its own'
      when prev_hash <> coalesce((select b.hash from audit b
        where b.account_id = page.account_id and b.seq = page.seq - 1), '\\x'::bytea)
        then 'does not follow the one before it'
      when seq > 1 and not exists (select from audit b
        where b.account_id = page.account_id and b.seq = page.seq - 1) then 'follows one that is missing'
    end as problem
  from page order by account_id, seq`

export interface AuditVerdict {
  readonly entries: number
  /** In words, with account and place. */
  readonly problems: readonly string[]
}

/** Goes over every entry of the installation, a page at a time. */
export async function verifyAudit(db: Queryable): Promise<AuditVerdict> {
  const problems: string[] = []
  let entries = 0
  let after: readonly unknown[] = ['00000000-0000-0000-0000-000000000000', 0]
  for (;;) {
    const { rows } = await db.query({ text: PROBLEMS, values: after })
    for (const { account_id, seq, problem } of rows) {
      if (problem !== null)
        problems.push(`account ${String(account_id)}: entry ${String(seq)} ${String(problem)}`)
    }
    entries += rows.length
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return { entries, problems }
    after = [last['account_id'], last['seq']]
  }
}
