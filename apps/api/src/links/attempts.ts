import type { Uuid } from '@onerouter/core'
import type { IdempotencyRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { AttemptRow, LinkRow, ListedAttempt } from './row.ts'
import type { LinkRef } from './store.ts'

/** Columns and AttemptRow are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): AttemptRow[] => rows as unknown as AttemptRow[]

/**
 * Records that a payer is about to pay, before any payment exists, in exactly the version of the link that was
 * read: it cannot have been paid, ended or taken since. `false`: it has. Throws 23505 when another attempt is open.
 */
export async function recordAttempt(db: Queryable, link: LinkRow, attempt: AttemptRow): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-payment-link-attempt',
    text: `with l as (
        update payment_link set version = version + 1
        where account_id = $1::uuid and environment = $2 and id = $3::uuid and version = $4::int and status = 'active'
        returning 1
      ), a as (
        insert into payment_link_attempt
        select r.* from l, jsonb_populate_record(null::payment_link_attempt, $5::jsonb) r returning 1
      )
      select count(*)::int as recorded from a`,
    values: [link.account_id, link.environment, link.id, link.version, rowJson(attempt)],
  })
  return rows[0]?.['recorded'] === 1
}

/** The attempt in the way of a new one: anybody's at a single-use link, the browser's own at a reusable one. */
export async function openAttempt(db: Queryable, link: LinkRow, visitor: string): Promise<AttemptRow | null> {
  const { rows } = await db.query({
    name: 'open-payment-link-attempt',
    text: `select * from payment_link_attempt
      where account_id = $1 and environment = $2 and link_id = $3 and state = 'open' and (single_use or visitor = $4)
      limit 1`,
    values: [link.account_id, link.environment, link.id, visitor],
  })
  return asRows(rows)[0] ?? null
}

export async function getAttempt(db: Queryable, link: LinkRow, paymentId: Uuid): Promise<AttemptRow | null> {
  const { rows } = await db.query({
    name: 'get-payment-link-attempt',
    text: `select * from payment_link_attempt
      where account_id = $1 and environment = $2 and payment_id = $3 and link_id = $4`,
    values: [link.account_id, link.environment, paymentId, link.id],
  })
  return asRows(rows)[0] ?? null
}

/** Payments of a link that have succeeded and are not booked on it, oldest first. */
export async function listNewlyPaid(db: Queryable, link: LinkRef, limit: number): Promise<Uuid[]> {
  const { rows } = await db.query({
    name: 'newly-paid-payment-link-attempts',
    text: `select a.payment_id from payment_link_attempt a
      join payment p on p.account_id = a.account_id and p.environment = a.environment and p.id = a.payment_id
      where a.account_id = $1 and a.environment = $2 and a.link_id = $3 and a.state in ('open', 'closed')
        and p.status = 'succeeded' and not exists (
          -- Paid after it was canceled: the engine gives that money back by itself. Paid while it is being canceled:
          -- whose money it is will be known when that call is settled.
          select 1 from operation o where o.account_id = p.account_id and o.environment = p.environment
            and o.payment_id = p.id and o.kind = 'void'
            and o.state in ('succeeded', 'sent', 'unknown', 'needs_review'))
      order by a.payment_id limit $4`,
    values: [link.account_id, link.environment, link.id, limit],
  })
  return rows.map((row) => String(row['payment_id']))
}

/** Whether a payment of the link took money while it is being canceled: nobody else says when that is decided. */
export async function hasUndecided(db: Queryable, link: LinkRef): Promise<boolean> {
  const { rows } = await db.query({
    name: 'undecided-payment-link-attempts',
    text: `select exists (
      select 1 from payment_link_attempt a
      join payment p on p.account_id = a.account_id and p.environment = a.environment and p.id = a.payment_id
      join operation o on o.account_id = p.account_id and o.environment = p.environment and o.payment_id = p.id
      where a.account_id = $1 and a.environment = $2 and a.link_id = $3 and a.state in ('open', 'closed')
        and p.status = 'succeeded' and o.kind = 'void' and o.state in ('sent', 'unknown', 'needs_review')) as undecided`,
    values: [link.account_id, link.environment, link.id],
  })
  return rows[0]?.['undecided'] === true
}

export async function listAttempts(
  db: Queryable,
  link: LinkRef,
  state: AttemptRow['state'],
  limit: number,
): Promise<ListedAttempt[]> {
  const { rows } = await db.query({
    name: 'list-payment-link-attempts',
    text: `select a.*, ${ageMs('m')} as moved_age_ms, ${ageMs('r')} as asked_age_ms from payment_link_attempt a
      left join lateral (select id, recorded_at from operation o where ${OF_ATTEMPT} and o.state = 'succeeded'
        order by id desc limit 1) m on true
      left join lateral (select recorded_at from operation o where ${OF_ATTEMPT} and o.kind = 'refund'
        and (m.id is null or o.id > m.id) order by id limit 1) r on true
      where a.account_id = $1 and a.environment = $2 and a.link_id = $3 and a.state = $4 order by a.payment_id limit $5`,
    values: [link.account_id, link.environment, link.id, state, limit],
  })
  return rows as unknown as ListedAttempt[] // the row's columns and the two above
}

const OF_ATTEMPT =
  'o.account_id = a.account_id and o.environment = a.environment and o.payment_id = a.payment_id'
const ageMs = (of: string): string =>
  `(extract(epoch from clock_timestamp() - ${of}.recorded_at) * 1000)::float8`

/** Moves an attempt on, if it is still where it was seen. */
export async function moveAttempt(
  db: Queryable,
  attempt: AttemptRow,
  state: AttemptRow['state'],
): Promise<void> {
  await db.query({
    name: 'move-payment-link-attempt',
    text: `update payment_link_attempt set state = $5
      where account_id = $1 and environment = $2 and payment_id = $3 and state = $4`,
    values: [attempt.account_id, attempt.environment, attempt.payment_id, attempt.state, state],
  })
}

/**
 * Closes an attempt of which no payment was made, and takes the key under which its payment would be: whoever is
 * still about to make it, however late, finds that answered. `false`: it has just been made.
 */
export async function closeUnmade(
  db: Queryable,
  attempt: AttemptRow,
  claim: IdempotencyRow,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'close-unmade-payment-link-attempt',
    text: `with claim as (
        insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $4::jsonb) r
        on conflict (account_id, environment, key) do nothing returning 1
      ), a as (
        update payment_link_attempt set state = 'closed' from claim
        where account_id = $1 and environment = $2 and payment_id = $3 and state = 'open'
      )
      select count(*)::int as closed from claim`,
    values: [attempt.account_id, attempt.environment, attempt.payment_id, rowJson(claim)],
  })
  return rows[0]?.['closed'] === 1
}

/** Gives an attempt to a browser until a time; `false`: it was somebody else's turn meanwhile. */
export async function holdAttempt(
  db: Queryable,
  attempt: AttemptRow,
  visitor: string,
  until: Date,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'hold-payment-link-attempt',
    text: `update payment_link_attempt set visitor = $5, held_until = $6
      where account_id = $1 and environment = $2 and payment_id = $3 and state = 'open' and visitor = $4`,
    values: [attempt.account_id, attempt.environment, attempt.payment_id, attempt.visitor, visitor, until],
  })
  return rowCount === 1
}
