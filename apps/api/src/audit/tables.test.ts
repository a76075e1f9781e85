import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'

let api: OpenedApp
beforeAll(async () => {
  api = await openApp()
})
afterAll(() => api.close())

/** Everything else is configuration. A table that is neither audited nor here has been forgotten. */
const NO_CONFIGURATION: Readonly<Record<string, string>> = {
  audit: 'is the log itself',
  customer: 'business: a payer',
  delivery: 'business: a webhook on its way',
  delivery_attempt: 'log',
  dispute: 'business: told by a provider',
  event: 'business: what happened',
  idempotency: 'business: answers to replay',
  inbound: 'business: a webhook received',
  inbound_key: 'business: a webhook received',
  ledger: 'books, with a chain of their own',
  operation: 'business: a call',
  payment: 'business',
  payment_link: 'business',
  payment_payer: 'derived: who made which payment',
  payment_link_attempt: 'business',
  plan: 'business, and never changes',
  provider_call: 'log',
  provider_plan: 'derived: a plan as a provider holds it',
  reconciliation_item: 'derived: a difference in the books',
  reconciliation_run: 'derived: a comparison of the books',
  reconciliation_seen: 'derived: a comparison of the books',
  refund: 'business',
  request_log: 'log',
  review_decision: 'a log of decisions by itself: who, when and why',
  rollup_call: 'derived: sums',
  rollup_delivery: 'derived: sums',
  rollup_failure: 'derived: sums',
  rollup_payment: 'derived: sums',
  rollup_payment_day: 'derived: sums',
  rollup_payment_day_by: 'derived: sums',
  rollup_payment_hour: 'derived: sums',
  rollup_refund: 'derived: sums',
  rollup_request: 'derived: sums',
  rollup_sms: 'derived: sums',
  saved_payment_method: 'business: what a payer left with a provider',
  session: 'who is signed in; what they change is audited',
  sign_in_step: 'a sign-in that waits for its code',
  sms: 'business',
  subscription: 'business',
  subscription_charge: 'business',
  subscription_operation: 'business: a call',
  webhook_pace: 'derived: when requests began',
  webhook_recovery: 'business: deliveries asked for again',
  webhook_registration: 'derived: how a provider took a webhook_address',
  webhook_removal: 'derived: what is still to be taken back at a provider',
}

test('every table of an account is audited, or no configuration for a reason that is said', async () => {
  const { rows } = await api.deps.db.engine.query<{ name: string; audited: boolean }>(
    `select c.relname as name, exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'audited') as audited
      from pg_class c
      where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
        and (c.relname = 'account' or exists (select from pg_attribute a
          where a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped))`,
  )
  expect(rows.length).toBeGreaterThan(40)
  const forgotten = rows.filter(({ name, audited }) => !audited && !(name in NO_CONFIGURATION))
  expect(forgotten).toEqual([])
  const known = new Set(rows.filter(({ audited }) => !audited).map(({ name }) => name))
  expect(Object.keys(NO_CONFIGURATION).filter((name) => !known.has(name))).toEqual([])
})

test('every trigger waits for the commit and calls secret what is sealed, hashed or a token', async () => {
  const { rows } = await api.deps.db.engine.query<{ table: string; deferred: boolean; open: string[] }>(
    `select c.relname as table, t.tginitdeferred as deferred,
        array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
          and a.attname ~ '(sealed|hash|token|secret|password)'
          -- Which everybody may read in DNS: that is what it proves.
          and (c.relname, a.attname) <> ('domain_verification', 'token')
          and position(a.attname in split_part(encode(t.tgargs, 'escape'), '\\000', 3)) = 0
          and position(a.attname in split_part(encode(t.tgargs, 'escape'), '\\000', 4)) = 0) as open
      from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'audited'`,
  )
  expect(rows.length).toBeGreaterThanOrEqual(13)
  expect(rows.filter(({ deferred, open }) => !deferred || open.length > 0)).toEqual([])
})
