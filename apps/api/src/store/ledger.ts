import type { Ref } from './payments.ts'
import type { Queryable } from './rows.ts'

/**
 * What is wrong with the ledgers of some payments: entries whose hash is not their own, gaps in the chain, sums that
 * are not the payment's totals, and duplicates that the calls tell of otherwise. `page` selects the payments.
 */
const problemsOf = (page: string): string => `with page as (${page}), entries as (
    select l.*, ledger_hash(l) as expected, row_number() over chain as place, lag(l.hash) over chain as before
    from page p join ledger l
      on l.account_id = p.account_id and l.environment = p.environment and l.payment_id = p.id
    window chain as (partition by l.account_id, l.environment, l.payment_id order by l.seq)
  ), sums as (
    select p.id, p.captured as captured_there, p.refunded as refunded_there,
      coalesce(sum(e.amount) filter (where kind = 'captured'), 0) as captured,
      coalesce(sum(e.amount) filter (where kind = 'refunded'), 0)
        - coalesce(sum(e.amount) filter (where kind = 'refund_reversed'), 0) as refunded,
      coalesce(sum(e.amount) filter (where kind = 'duplicate_captured'), 0) as doubled,
      coalesce(sum(e.amount) filter (where kind = 'duplicate_returned'), 0) as returned
    from page p left join entries e
      on e.account_id = p.account_id and e.environment = p.environment and e.payment_id = p.id
    group by p.id, p.captured, p.refunded
  ), duplicates as (
    select p.id, coalesce(sum(o.amount), 0) as doubled,
      coalesce(sum(o.amount) filter (where o.state = 'compensated'), 0) as returned
    from page p left join operation o
      on o.account_id = p.account_id and o.environment = p.environment and o.payment_id = p.id
        and (o.state in ('late_succeeded', 'compensating', 'compensated')
          or o.state = 'needs_review' and o.request ? 'duplicate')
    group by p.id
  )
  select payment_id as id, 'entry ' || seq || ' has a hash that is not its own' as problem
  from entries where hash <> expected
  union all
  select payment_id, 'entry ' || seq || ' does not follow the one before it' from entries
  where prev_hash <> coalesce(before, '\\x'::bytea) or seq <> place
  union all
  select id, 'the ledger sums to ' || captured || ' captured and ' || refunded || ' refunded, the payment says '
    || captured_there || ' and ' || refunded_there
  from sums where captured_there <> captured or refunded_there <> refunded
  union all
  select s.id, 'the ledger has ' || s.doubled || ' that came twice and ' || s.returned
    || ' of it returned, the calls say ' || d.doubled || ' and ' || d.returned
  from sums s join duplicates d on d.id = s.id where d.doubled <> s.doubled or d.returned <> s.returned`

const ONE = problemsOf(
  `select account_id, environment, id, captured, refunded from payment
    where account_id = $1 and environment = $2 and id = $3`,
)

/** What is wrong with a payment's ledger; empty when the chain holds and its sums are the payment's totals. */
export async function ledgerProblems(db: Queryable, payment: Ref): Promise<string[]> {
  const { rows } = await db.query({
    name: 'ledger-problems',
    text: ONE,
    values: [payment.account_id, payment.environment, payment.id],
  })
  return rows.map((row) => String(row.problem))
}

const PAGE = 1_000
const NEXT = `select account_id, environment, id, captured, refunded from payment
  where (account_id, environment, id) > ($1::uuid, $2::text, $3::uuid)
  order by account_id, environment, id limit ${PAGE}`
const FIRST = ['00000000-0000-0000-0000-000000000000', '', '00000000-0000-0000-0000-000000000000']

export interface LedgerVerdict {
  readonly payments: number
  /** In words, with the payment's id. */
  readonly problems: readonly string[]
}

/** Goes over every payment of the installation, a page at a time. */
export async function verifyLedgers(db: Queryable): Promise<LedgerVerdict> {
  const problems: string[] = []
  let payments = 0
  let after: readonly unknown[] = FIRST
  for (;;) {
    const page = await db.query({
      text: `select account_id, environment, id from (${NEXT}) n`,
      values: after,
    })
    const wrong = await db.query({ text: problemsOf(NEXT), values: after })
    problems.push(...wrong.rows.map(({ id, problem }) => `payment ${String(id)}: ${String(problem)}`))
    payments += page.rows.length
    const last = page.rows.at(-1)
    if (last === undefined || page.rows.length < PAGE) return { payments, problems }
    after = [last.account_id, last.environment, last.id]
  }
}
