/** Rows that time, banks and contradictory books make, and no request does: pages have them to show. */
import { randomUUID } from 'node:crypto'
import type { Uuid } from '@onerouter/core'
import pg from 'pg'

const WINDOW = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' } as const

/**
 * A reconciliation with a difference, a dispute, and a call that waits for a decision, all about this payment.
 * @param text wherever a provider writes
 */
export async function writeBooks(
  url: string,
  {
    accountId,
    paymentId,
    text,
  }: { readonly accountId: Uuid; readonly paymentId: Uuid; readonly text: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c app.scope=engine' })
  await client.connect()
  const owner = { account_id: accountId, environment: 'test', provider: 'stripe' }
  const insert = (table: string, row: object) =>
    client.query(`insert into ${table} select r.* from jsonb_populate_record(null::${table}, $1) r`, [
      JSON.stringify({ ...owner, id: randomUUID(), ...row }),
    ])
  try {
    const at = new Date().toISOString()
    const run = randomUUID()
    await insert('reconciliation_run', { ...RUN, id: run, created_at: at, finished_at: at })
    await insert('reconciliation_item', {
      ...ITEM,
      run_id: run,
      subject: text,
      payment_id: paymentId,
      theirs: { state: text, amount_minor: '1234' },
      digest: randomUUID(),
      created_at: at,
      seen_at: at,
    })
    await insert('dispute', {
      ...DISPUTE,
      payment_id: paymentId,
      provider_dispute_id: `${text} ${randomUUID()}`,
      provider_status: text,
      provider_reason: text,
      opened_at: at,
      created_at: at,
      updated_at: at,
    })
    await waitForPerson(client, { ...owner, paymentId, text })
  } finally {
    await client.end()
  }
}

const RUN = {
  kind: 'manual',
  window_from: WINDOW.from,
  window_to: WINDOW.to,
  state: 'done',
  phase: 'close',
  step: 5,
  tries: 0,
  counts: { matched: 41, missing_here: 1 },
}
const ITEM = { bucket: 'missing_here', reasons: ['amount'], ours: null, state: 'open' }
const DISPUTE = {
  version: 1,
  sequence: 1,
  status: 'open',
  stage: 'chargeback',
  reason: 'other',
  amount: 1234,
  currency: 'USD',
  evidence_due_at: '2026-12-24T12:00:00Z',
  evidence_url: 'https://dashboard.stripe.com/disputes',
  tries: 0,
}

/** A refund of the payment whose outcome no provider told: as its charge, but for what is said here. */
async function waitForPerson(
  client: pg.Client,
  { account_id, paymentId, text }: { account_id: Uuid; paymentId: Uuid; text: string },
): Promise<void> {
  const id = randomUUID()
  const failure = { code: 'provider_unavailable', decline_reason: null, message: text, provider_code: null }
  const differs = {
    id,
    kind: 'refund',
    reference: `op_${id}`,
    state: 'needs_review',
    request: {},
    failure,
    due_at: null,
    finished_at: null,
  }
  await client.query(
    `insert into operation select r.* from operation o, jsonb_populate_record(o, $3) r
      where o.account_id = $1 and o.payment_id = $2 and o.kind = 'charge' limit 1`,
    [account_id, paymentId, JSON.stringify(differs)],
  )
}
