import type { Ref } from './payments.ts'
import type { Queryable } from './rows.ts'

/** What is wrong with a payment's ledger; empty when the chain holds and its sums are the payment's totals. */
export async function ledgerProblems(db: Queryable, payment: Ref): Promise<string[]> {
  const { rows } = await db.query({
    name: 'ledger-problems',
    text: `with entries as (
        select l.*, ledger_hash(l) as expected, row_number() over (order by seq) as place,
          lag(hash) over (order by seq) as before
        from ledger l where account_id = $1 and environment = $2 and payment_id = $3
      ), sums as (
        select coalesce(sum(amount) filter (where kind = 'captured'), 0) as captured,
          coalesce(sum(amount) filter (where kind = 'refunded'), 0)
            - coalesce(sum(amount) filter (where kind = 'refund_reversed'), 0) as refunded,
          coalesce(sum(amount) filter (where kind = 'duplicate_captured'), 0) as doubled,
          coalesce(sum(amount) filter (where kind = 'duplicate_returned'), 0) as returned
        from entries
      ), duplicates as (
        select coalesce(sum(amount), 0) as doubled,
          coalesce(sum(amount) filter (where state = 'compensated'), 0) as returned
        from operation where account_id = $1 and environment = $2 and payment_id = $3
          and state in ('late_succeeded', 'compensating', 'compensated')
      )
      select 'entry ' || seq || ' has a hash that is not its own' as problem from entries where hash <> expected
      union all
      select 'entry ' || seq || ' does not follow the one before it' from entries
      where prev_hash <> coalesce(before, '\\x'::bytea) or seq <> place
      union all
      select 'the ledger sums to ' || s.captured || ' captured and ' || s.refunded || ' refunded, the payment says '
        || p.captured || ' and ' || p.refunded
      from payment p, sums s
      where p.account_id = $1 and p.environment = $2 and p.id = $3
        and (p.captured <> s.captured or p.refunded <> s.refunded)
      union all
      select 'the ledger has ' || s.doubled || ' that came twice and ' || s.returned || ' of it returned, the calls say '
        || d.doubled || ' and ' || d.returned
      from sums s, duplicates d where d.doubled <> s.doubled or d.returned <> s.returned`,
    values: [payment.account_id, payment.environment, payment.id],
  })
  return rows.map((row) => String(row.problem))
}
