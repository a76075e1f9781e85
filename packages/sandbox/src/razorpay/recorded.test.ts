import { expect, test } from 'vitest'
import { createSandbox } from '../index.ts'
import type { Snapshot } from '../kernel/persistence.ts'
import type { PlanRow, SubscriptionRow } from './billing/rows.ts'
import { createRazorpay } from './index.ts'
import { hasReference, readReference } from './reference.ts'
import type { CustomerRow, LinkRow, OrderRow, PaymentRow, RefundRow, WebhookRow } from './state.ts'

/** Requests the official SDK sent, replayed byte for byte against a sandbox that knows the ids they name. */
interface Recording {
  readonly op: string
  readonly requests: readonly {
    readonly method: string
    readonly url: string
    readonly headers_in_order: readonly (readonly [string, string])[]
    readonly body_raw: string
  }[]
}

const NOW = 1_763_900_000
const account = 'recorded'
/** Settlements, partner accounts and server-to-server payments are not emulated. */
const OUT_OF_SCOPE =
  /^\/v2\/|^\/v1\/(settlements|payments\/create)|^\/v1\/orders\/order_LocAlEmul0001A#bearer/

const order: OrderRow = {
  id: 'order_LocAlEmul0001A',
  account,
  amount: 50_000,
  amountPaid: 0,
  currency: 'INR',
  receipt: 'seed',
  notes: {},
  status: 'attempted',
  attempts: 1,
  createdAt: NOW,
  rule: { capture: 'manual', automaticMinutes: 4_320, manualMinutes: 4_320, refundSpeed: 'normal' },
  partial: false,
  firstPaymentMinimum: null,
  customerId: null,
  linkId: null,
  subscriptionId: null,
  invoiceId: null,
  payments: ['pay_LocAlEmul0001A'],
}
const card = { id: 'card_LocAlEmul001A', name: 'A', last4: '1007', network: 'Visa', international: false }
const payment = (captured: boolean): PaymentRow => ({
  id: 'pay_LocAlEmul0001A',
  account,
  orderId: order.id,
  amount: 50_000,
  currency: 'INR',
  status: captured ? 'captured' : 'authorized',
  captured,
  amountRefunded: captured ? 100 : 0,
  fee: captured ? 1_180 : null,
  tax: captured ? 180 : null,
  failure: null,
  instrument: { method: 'card', vpa: null, bank: null, wallet: null, card },
  email: 'a@example.com',
  contact: '+919000090000',
  description: null,
  notes: {},
  reference: '000000000042',
  createdAt: NOW,
  refunds: captured ? ['rfnd_LocAlEmul001A'] : [],
  disputeId: null,
})
const refund: RefundRow = {
  id: 'rfnd_LocAlEmul001A',
  account,
  paymentId: 'pay_LocAlEmul0001A',
  amount: 100,
  currency: 'INR',
  notes: {},
  receipt: null,
  status: 'processed',
  speedRequested: 'normal',
  speedProcessed: 'normal',
  arn: null,
  createdAt: NOW,
}
const customer: CustomerRow = {
  id: 'cust_LocAlEmul001A',
  account,
  name: 'Asha Rao',
  email: 'old@example.com',
  contact: '+919000090000',
  gstin: null,
  notes: {},
  createdAt: NOW,
}
const link: LinkRow = {
  id: 'plink_LocAlEmul001A',
  account,
  amount: 1_000,
  amountPaid: 0,
  currency: 'INR',
  acceptPartial: false,
  firstMinimum: 0,
  description: 'Policy',
  reference: 'seed',
  customer: {},
  notify: { sms: false, email: false, whatsapp: false },
  reminders: false,
  notes: null,
  callbackUrl: '',
  callbackMethod: '',
  expireBy: 0,
  expiredAt: 0,
  cancelledAt: 0,
  status: 'created',
  orderId: null,
  createdAt: NOW,
  updatedAt: NOW,
}
const webhook: WebhookRow = {
  id: 'HK890egfiItP3H',
  account,
  url: 'https://or.example/old',
  active: true,
  secret: '',
  alertEmail: null,
  events: {},
  createdAt: NOW,
  updatedAt: NOW,
  disabledAt: null,
}

const plan = (id: string): PlanRow => ({
  id,
  account,
  period: 'monthly',
  interval: 1,
  item: { id: 'item_LocAlEmul001A', name: 'Gold', description: null, amount: 69_900, currency: 'INR' },
  notes: {},
  createdAt: NOW,
})
/** In the state that what is recorded needs: paused to be resumed, changed later to tell what is planned. */
const subscription = (op: string): SubscriptionRow => ({
  id: 'sub_LocAlEmul0001A',
  account,
  planId: 'plan_LocAlEmul001A',
  quantity: 1,
  totalCount: 12,
  paidCount: 1,
  begun: 1,
  status: op === 'subscription.resume' ? 'paused' : 'active',
  customerId: customer.id,
  tokenId: 'token_LocAlEmul001A',
  mandate: {
    instrument: payment(true).instrument,
    email: 'a@example.com',
    contact: '+919000090000',
    fails: null,
  },
  startAt: NOW,
  currentStart: NOW,
  currentEnd: NOW + 30 * 86_400,
  chargeAt: NOW + 30 * 86_400,
  endedAt: null,
  expireBy: null,
  attempts: 0,
  notify: true,
  addons: [],
  notes: {},
  scheduled: op === 'subscription pending update' ? { planId: 'plan_2', quantity: 2, totalCount: 12 } : null,
  cancelAtEnd: false,
  pausedAt: null,
  authOrderId: null,
  openInvoiceId: null,
  createdAt: NOW,
  dueAt: null,
})

const row = <T extends { id: string }>(value: T): [string, T] => [value.id, value]
const snapshot = (op: string, captured = op !== 'payment.capture'): Snapshot => ({
  version: 1,
  offsetMs: 0,
  random: [1, 2, 3, 4],
  tasks: [],
  collections: structuredClone({
    'kernel.accounts': [
      row({
        id: account,
        provider: 'razorpay',
        credentials: { key_id: 'rzp_test_LocalEmulat0r', key_secret: 'LocalSecret000000000000A' },
      }),
    ],
    'razorpay.orders': [row(order)],
    'razorpay.payments': [row(payment(captured))],
    'razorpay.refunds': captured ? [row(refund)] : [],
    'razorpay.customers': [row(customer)],
    'razorpay.links': [row(link)],
    'razorpay.webhooks': [row(webhook)],
    'razorpay.plans': [row(plan('plan_LocAlEmul001A')), row(plan('plan_2'))],
    'razorpay.subscriptions': [row(subscription(op))],
  }),
})

// The file's own outline, as its README describes it.
const recordings =
  (readReference('recorded/razorpay.json') as { recordings: Recording[] } | null)?.recordings ?? []
const all = recordings.flatMap(({ op, requests }) => requests.map((request) => ({ op, request })))
const isOut = ({ op, request }: (typeof all)[number]) =>
  OUT_OF_SCOPE.test(op === 'oauth bearer' ? `${request.url}#bearer` : request.url)
const inScope = all.filter((entry) => !isOut(entry))
if (hasReference) {
  const left = all.filter(isOut).map(({ op }) => op)
  console.log(`OUT OF SCOPE, ${left.length} of ${all.length} recorded Razorpay requests: ${left.join('; ')}`)
}

test.skipIf(!hasReference)('most recorded requests are in scope', () => {
  expect(inScope.length).toBeGreaterThanOrEqual(40)
})

test.skipIf(!hasReference).each(inScope)('the recorded $op is accepted', async ({ op, request }) => {
  const sandbox = createSandbox({
    clock: { now: () => NOW * 1000 },
    seed: 1,
    fetch: async () => new Response(),
    emulators: { razorpay: createRazorpay },
    restored: snapshot(op),
  })
  const answer = await sandbox.fetch('razorpay')(
    new Request(`http://127.0.0.1${request.url}`, {
      method: request.method,
      headers: request.headers_in_order
        .filter(([name]) => !/^(host|connection|content-length)$/i.test(name))
        .map(([name, value]): [string, string] => [name, value]),
      ...(request.body_raw === '' ? {} : { body: request.body_raw }),
    }),
  )
  const text = await answer.text()
  if (op === 'err 400')
    expect([answer.status, text]).toEqual([400, expect.stringContaining('at least INR 1.00')])
  else expect([answer.status, text]).toEqual([200, expect.any(String)])
})
