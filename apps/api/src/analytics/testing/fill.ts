import type pg from 'pg'

/** Services and credentials that payments may refer to, where there are none yet. For tests and measurements only. */
export async function prepareAccount(client: pg.Client, accountId: string): Promise<void> {
  await client.query(
    `insert into service (account_id, service) select $1, unnest(array['stripe', 'paypal', 'razorpay'])
      on conflict do nothing`,
    [accountId],
  )
  await client.query(
    `insert into credential (account_id, environment, service, version, sealed, key_id, hint)
      select $1, 'test', unnest(array['stripe', 'paypal', 'razorpay']), 1, '\\x00', 0, 'none'
      on conflict do nothing`,
    [accountId],
  )
}

export interface Fill {
  readonly accountId: string
  readonly payments: number
  /** How far back from now the payments are spread, oldest first. */
  readonly days: number
  /** Already decided, with fees; else all of them have only been created. */
  readonly decided?: boolean
}

/** Writes payments by the thousand, all in one statement. */
export async function fillPayments(client: pg.Client, fill: Fill): Promise<number> {
  const decided = fill.decided === true
  const { rowCount } = await client.query(
    `insert into payment (account_id, environment, id, version, sequence, status, amount, currency, captured, refunded,
        refund_pending, capture_mode, provider, credential_version, reference, provider_order_id, provider_payment_id, provider_refs,
        method, receipt, customer, metadata, failure, fee_amount, fee_tax, fee_currency, attempts, routing, created_at, updated_at)
      select $1, 'test', id, 1, 1, status, amount, currency, case when status = 'succeeded' then amount else 0 end, 0, 0,
        'automatic', provider, 1, 'op_' || id, 'ord_' || id, case when status = 'succeeded' then 'pp_' || id end, '{}',
        case when $4 then method end, 'r-' || id,
        case when n % 2 = 0 then jsonb_build_object('email', 'payer-' || n % 50000 || '@example.com',
          'country', (array['US', 'DE', 'IN', 'fr'])[1 + n / 2 % 4]) end, '{}',
        case when status = 'failed' then '{"code": "payment_declined", "decline_reason": "insufficient_funds", "message": "No.", "provider_code": null}'::jsonb end,
        case when status = 'succeeded' then amount * 29 / 1000 + 30 end, case when status = 'succeeded' then 0 end,
        case when status = 'succeeded' then currency end, 1, '{}', at, case when $4 then at else now() end
      from (select n, (left(uuid_from(at)::text, 14) || '7' || left(md5(random()::text), 3) || '-a' || left(md5(random()::text), 3)
            || '-' || left(md5(random()::text), 12))::uuid as id, at,
          100 + floor(random() * 100000)::bigint as amount,
          (array['USD', 'EUR', 'INR'])[1 + n % 3] as currency,
          (array['stripe', 'paypal', 'razorpay'])[1 + n % 3] as provider,
          (array['card', 'card', 'upi', 'wallet'])[1 + floor(random() * 4)::int] as method,
          case when not $4 then 'created' when random() < 0.9 then 'succeeded' when random() < 0.7 then 'failed' else 'expired' end as status
        from (select n, now() - (1 - (n - random()) / $2) * $3 * interval '1 day' as at from generate_series(1, $2::int) n) t) p`,
    [fill.accountId, fill.payments, fill.days, decided],
  )
  return rowCount ?? 0
}
