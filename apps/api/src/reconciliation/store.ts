import type { Environment, Service, Uuid } from '@onerouter/core'
import type { OperationRow, PaymentRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { ItemRow, Phase, RunKind, RunRow, Verdict } from './rows.ts'

type Owner = Pick<RunRow, 'account_id' | 'environment' | 'provider'>

/** Takes runs that are due, as a lease: who dies gives them back by doing nothing. Times are the caller's. */
export async function claimDueRuns(
  db: Queryable,
  limit: number,
  nowMs: number,
  leaseMs: number,
): Promise<RunRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-reconciliations',
    text: `update reconciliation_run r set due_at = $3
      from (select account_id, environment, id from reconciliation_run
        where due_at <= $2 order by due_at limit $1 for update skip locked) due
      where r.account_id = due.account_id and r.environment = due.environment and r.id = due.id
      returning r.*`,
    values: [limit, new Date(nowMs), new Date(nowMs + leaseMs)],
  })
  return asRuns(rows)
}

const asRuns = (rows: unknown[]): RunRow[] => rows as RunRow[] // columns and RunRow are held equal by a test

/** What one page of work comes to. */
export interface PageResult {
  readonly seen: readonly { readonly subject: string; readonly verdict: Verdict }[]
  readonly items: readonly ItemRow[]
  readonly next: { readonly phase: Phase; readonly cursor: string | null }
}

const COMMIT = `with r as (
  update reconciliation_run set phase = $5, cursor = $6, step = step + 1, tries = 0, reason = null, due_at = $7
  where account_id = $1 and environment = $2 and id = $3 and step = $4 and state = 'running'
  returning account_id, environment, id, provider
), s as (
  insert into reconciliation_seen (account_id, environment, run_id, subject, verdict)
  select r.account_id, r.environment, r.id, n.subject, n.verdict
  from r, jsonb_to_recordset($8::jsonb) n (subject text, verdict text)
  on conflict (account_id, environment, run_id, subject) do update set verdict = excluded.verdict
), healed as (
  update reconciliation_item i set state = 'repaired', closed_at = $9, seen_at = $9, run_id = r.id
  from r where i.account_id = r.account_id and i.environment = r.environment and i.provider = r.provider
    and i.state = 'open' and i.subject = any($10::text[])
), i as (
  insert into reconciliation_item select n.* from r, jsonb_populate_recordset(null::reconciliation_item, $11::jsonb) n
  where not exists (select from reconciliation_item o
      where o.account_id = r.account_id and o.environment = r.environment and o.provider = r.provider
        and o.subject = n.subject
        and ((n.state = 'repaired' and o.state = 'open') or (o.state = 'resolved' and o.digest = n.digest)))
  on conflict (account_id, environment, provider, subject) where state = 'open'
  do update set run_id = excluded.run_id, bucket = excluded.bucket, reasons = excluded.reasons,
    payment_id = excluded.payment_id, ours = excluded.ours, theirs = excluded.theirs, digest = excluded.digest,
    seen_at = excluded.seen_at
)
select count(*)::int as written from r`

/** Verdicts that say that both sides agree now. */
const AGREE: readonly Verdict[] = ['matched', 'repaired', 'explained']

/** Writes a page and where the run goes on in one commit; `false`: somebody else has worked on the run. */
export async function commitPage(
  db: Queryable,
  run: RunRow,
  page: PageResult,
  at: { readonly now: Date; readonly due: Date },
): Promise<boolean> {
  const seen = [...new Map(page.seen.map((one) => [one.subject, one])).values()]
  const items = [...new Map(page.items.map((one) => [one.subject, one])).values()]
  const { rows } = await db.query({
    name: 'commit-reconciliation-page',
    text: COMMIT,
    values: [
      run.account_id,
      run.environment,
      run.id,
      run.step,
      page.next.phase,
      page.next.cursor,
      at.due,
      JSON.stringify(seen),
      at.now,
      seen.filter(({ verdict }) => AGREE.includes(verdict)).map(({ subject }) => subject),
      rowJson(items),
    ],
  })
  return rows[0]?.['written'] === 1
}

/** Counts what was seen, forgets it and ends the run, in one commit. */
export async function finishRun(db: Queryable, run: RunRow, now: Date): Promise<void> {
  await db.query({
    name: 'finish-reconciliation',
    text: `with gone as (
        delete from reconciliation_seen where account_id = $1 and environment = $2 and run_id = $3
        returning verdict
      ), sums as (select coalesce(jsonb_object_agg(verdict, n), '{}') as counts
        from (select verdict, count(*) as n from gone group by verdict) by_verdict)
      update reconciliation_run set state = 'done', counts = sums.counts, due_at = null, finished_at = $5
      from sums where account_id = $1 and environment = $2 and id = $3 and step = $4 and state = 'running'`,
    values: [run.account_id, run.environment, run.id, run.step, now],
  })
}

/** Puts a run off, or ends it when `due` is null. */
export async function postponeRun(
  db: Queryable,
  run: RunRow,
  reason: string,
  at: { readonly now: Date; readonly due: Date | null },
): Promise<void> {
  await db.query({
    name: 'postpone-reconciliation',
    text: `update reconciliation_run set tries = tries + 1, reason = $5, due_at = $6,
        state = case when $6::timestamptz is null then 'failed' else state end,
        finished_at = case when $6::timestamptz is null then $7::timestamptz end
      where account_id = $1 and environment = $2 and id = $3 and step = $4 and state = 'running'`,
    values: [run.account_id, run.environment, run.id, run.step, reason.slice(0, 300), at.due, at.now],
  })
}

export async function insertRun(db: Queryable, run: RunRow): Promise<void> {
  await db.query({
    name: 'insert-reconciliation',
    text: `insert into reconciliation_run select n.* from jsonb_populate_record(null::reconciliation_run, $1::jsonb) n
      on conflict (account_id, environment, provider, kind, window_from) where kind <> 'manual' do nothing`,
    values: [rowJson(run)],
  })
}

/** Connected services that have no run of the kind for the window yet. */
export async function servicesWithoutRun(
  db: Queryable,
  wanted: {
    readonly services: readonly Service[]
    readonly kind: RunKind
    readonly windowFrom: Date
    readonly connectedBefore: Date
    readonly limit: number
  },
): Promise<Owner[]> {
  const { rows } = await db.query({
    name: 'services-without-reconciliation',
    text: `select c.account_id, c.environment, c.service as provider from credential c
      where c.retired_at is null and c.service = any($1::text[]) and c.created_at <= $4
        and not exists (select from reconciliation_run r
          where r.account_id = c.account_id and r.environment = c.environment and r.provider = c.service
            and r.kind = $2 and r.window_from = $3)
      limit $5`,
    values: [wanted.services, wanted.kind, wanted.windowFrom, wanted.connectedBefore, wanted.limit],
  })
  return rows as unknown as Owner[] // the three columns selected
}

/** Forgets old runs that found nothing that is still referred to. */
export async function pruneRuns(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'prune-reconciliations',
    text: `delete from reconciliation_run r using (
        select o.account_id, o.environment, o.id from reconciliation_run o
        where o.finished_at < $1 and not exists (select from reconciliation_item i
          where i.account_id = o.account_id and i.environment = o.environment and i.run_id = o.id)
        limit $2) old
      where r.account_id = old.account_id and r.environment = old.environment and r.id = old.id`,
    values: [before, limit],
  })
  return rowCount ?? 0
}

export interface Matched {
  readonly reference: string
  readonly payment: PaymentRow
  readonly state: OperationRow['state']
}

/** Our payments behind references of ours, whichever attempt carried them. */
export async function paymentsByReference(
  db: Queryable,
  owner: Owner,
  references: readonly string[],
): Promise<ReadonlyMap<string, Matched>> {
  const { rows } = await db.query({
    name: 'payments-by-reference',
    text: `select p.*, o.reference as op_reference, o.state as op_state
      from operation o join payment p
        on p.account_id = o.account_id and p.environment = o.environment and p.id = o.payment_id
      where o.reference = any($3::text[]) and o.account_id = $1 and o.environment = $2`,
    values: [owner.account_id, owner.environment, references],
  })
  return new Map(
    rows.map(({ op_reference, op_state, ...payment }) => {
      const reference = String(op_reference)
      // What is left are the payment's own columns.
      return [reference, { reference, payment, state: op_state } as unknown as Matched]
    }),
  )
}

/** Payments of a span of ids whose provider should know them and that this run has not come across. */
export async function unseenPayments(
  db: Queryable,
  run: RunRow,
  span: { readonly after: Uuid; readonly before: Uuid; readonly limit: number },
): Promise<PaymentRow[]> {
  const { rows } = await db.query({
    name: 'unseen-payments',
    text: `select p.* from payment p
      where p.account_id = $1 and p.environment = $2 and p.id > $3 and p.id < $4 and p.provider = $5
        and p.provider_order_id is not null
        and not exists (select from reconciliation_seen s where s.account_id = $1 and s.environment = $2
          and s.run_id = $6 and s.subject = p.reference)
      order by p.id limit $7`,
    values: [run.account_id, run.environment, span.after, span.before, run.provider, run.id, span.limit],
  })
  return rows as unknown as PaymentRow[] // columns and PaymentRow are held equal by a test
}

/** Which of the keys a delivery was remembered by. */
export async function knownInboundKeys(
  db: Queryable,
  owner: Owner,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query({
    name: 'known-inbound-keys',
    text: `select key from inbound_key
      where account_id = $1 and environment = $2 and provider = $3 and key = any($4::text[])`,
    values: [owner.account_id, owner.environment, owner.provider, keys],
  })
  return new Set(rows.map((row) => String(row['key'])))
}

/** Which refunds we know, by the provider's ids. */
export async function knownRefunds(
  db: Queryable,
  owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
  refundRefs: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query({
    name: 'known-refunds',
    text: `select provider_refund_id from refund
      where account_id = $1 and environment = $2 and provider = $3 and provider_refund_id = any($4::text[])`,
    values: [owner.account_id, owner.environment, owner.provider, refundRefs],
  })
  return new Set(rows.map((row) => String(row['provider_refund_id'])))
}
