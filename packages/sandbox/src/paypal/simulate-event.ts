import {
  authorizationEvent,
  captureEvent,
  disputeEvent,
  envelope,
  type Occurrence,
  orderEvent,
  refundEvent,
  send,
} from './events.ts'
import { bodyObject } from './orders.ts'
import type { Answer, Authorization, Call, Capture, Dispute, Order, Paypal, Refund } from './state.ts'
import { readUrl, unknownWebhook, validationError } from './webhooks.ts'

/**
 * `POST /v1/notifications/simulate-event`: canned events, with the simulator's traps kept. They are signed
 * for the literal `WEBHOOK_ID` and keep one event id for ever, so receivers that trust either are caught.
 */

const SIGNED_FOR = 'WEBHOOK_ID'
const AT = Date.UTC(2018, 3, 19, 22, 20, 32)
const USD = (value: string) => ({ currency_code: 'USD', value })

const DISPUTE: Dispute = {
  id: 'PP-D-12345',
  status: 'OPEN',
  amount: USD('10.00'),
  outcome: null,
  createdAt: AT,
  updatedAt: AT,
}

function samples(accountId: string): {
  order: Order
  authorization: Authorization
  capture: Capture
  refund: Refund
} {
  const common = { accountId, createdAt: AT, updatedAt: AT }
  const order: Order = {
    ...common,
    id: '5O190127TN364715T',
    intent: 'CAPTURE',
    status: 'APPROVED',
    dialect: 'application_context',
    completeOnApproval: false,
    units: [{ reference_id: 'default', amount: USD('10.00') }],
    wallet: {},
    experience: {},
    funding: 'balance',
    payerId: 'QYR5Z8XDVJNXQ',
    failedAttempts: 0,
    authorizationIds: [],
    captureIds: [],
    refundIds: [],
    expiresAt: AT,
    redirected: true,
  }
  const related = { orderId: order.id, amount: USD('10.00') }
  const authorization: Authorization = {
    ...common,
    ...related,
    id: '2DC87612EK520411B',
    unit: 0,
    parentId: null,
    reauthorized: false,
    status: 'CREATED',
    expiresAt: AT,
  }
  const capture: Capture = {
    ...common,
    ...related,
    id: '42311647XV020574X',
    unit: 0,
    authorizationId: null,
    status: 'COMPLETED',
    reason: null,
    finalCapture: true,
    invoiceId: null,
    customId: null,
    refundIds: [],
    dispute: DISPUTE,
  }
  const refund: Refund = {
    ...common,
    ...related,
    id: '1Y107995YT783435V',
    captureId: capture.id,
    status: 'COMPLETED',
    reason: null,
    invoiceId: null,
    customId: null,
    note: null,
  }
  return { order, authorization, capture, refund }
}

type Sample = (paypal: Paypal, rows: ReturnType<typeof samples>) => Occurrence

const SAMPLES: Readonly<Record<string, Sample>> = {
  'CHECKOUT.ORDER.APPROVED': (paypal, { order }) => orderEvent(paypal, order, 'CHECKOUT.ORDER.APPROVED'),
  'CHECKOUT.ORDER.COMPLETED': (paypal, { order }) =>
    orderEvent(paypal, { ...order, status: 'COMPLETED' }, 'CHECKOUT.ORDER.COMPLETED'),
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': (paypal, { order }) =>
    orderEvent(paypal, order, 'CHECKOUT.PAYMENT-APPROVAL.REVERSED'),
  'PAYMENT.AUTHORIZATION.CREATED': (paypal, { authorization }) =>
    authorizationEvent(paypal, authorization, 'PAYMENT.AUTHORIZATION.CREATED'),
  'PAYMENT.AUTHORIZATION.VOIDED': (paypal, { authorization }) =>
    authorizationEvent(paypal, { ...authorization, status: 'VOIDED' }, 'PAYMENT.AUTHORIZATION.VOIDED'),
  'PAYMENT.CAPTURE.COMPLETED': (paypal, { capture }) =>
    captureEvent(paypal, capture, 'PAYMENT.CAPTURE.COMPLETED'),
  'PAYMENT.CAPTURE.PENDING': (paypal, { capture }) =>
    captureEvent(paypal, { ...capture, status: 'PENDING', reason: 'UNILATERAL' }, 'PAYMENT.CAPTURE.PENDING'),
  'PAYMENT.CAPTURE.DECLINED': (paypal, { capture }) =>
    captureEvent(paypal, { ...capture, status: 'DECLINED' }, 'PAYMENT.CAPTURE.DECLINED'),
  'PAYMENT.CAPTURE.DENIED': (paypal, { capture }) =>
    captureEvent(paypal, { ...capture, status: 'DECLINED' }, 'PAYMENT.CAPTURE.DENIED'),
  'PAYMENT.CAPTURE.REFUNDED': (paypal, { refund }) => refundEvent(paypal, refund, 'PAYMENT.CAPTURE.REFUNDED'),
  'PAYMENT.CAPTURE.REVERSED': (paypal, { refund }) =>
    refundEvent(paypal, { ...refund, note: 'Payment reversed' }, 'PAYMENT.CAPTURE.REVERSED'),
  'PAYMENT.REFUND.PENDING': (paypal, { refund }) =>
    refundEvent(paypal, { ...refund, status: 'PENDING', reason: 'ECHECK' }, 'PAYMENT.REFUND.PENDING'),
  'PAYMENT.REFUND.FAILED': (paypal, { refund }) =>
    refundEvent(paypal, { ...refund, status: 'FAILED' }, 'PAYMENT.REFUND.FAILED'),
  'CUSTOMER.DISPUTE.CREATED': (paypal, { capture }) =>
    disputeEvent(paypal, capture, 'CUSTOMER.DISPUTE.CREATED'),
  'CUSTOMER.DISPUTE.RESOLVED': (paypal, { capture }) =>
    disputeEvent(paypal, capture, 'CUSTOMER.DISPUTE.RESOLVED'),
}

/** The simulator prints a month where the day belongs: 19 is no month, and date parsers must survive it. */
const IMPOSSIBLE_TIME = '2018-19-04T22:20:32.000Z'
/** Cut to 17 letters, so close relatives share one id, as two of the real simulator's samples do. */
const eventIdOf = (eventType: string): string =>
  `WH-${eventType
    .replaceAll(/[^A-Z]/g, '')
    .padEnd(17, '0')
    .slice(0, 17)}-7EJ64714N8157045D`

export function simulateEvent(call: Call): Answer {
  const given = bodyObject(call)
  const eventType = given.event_type
  const known = typeof eventType === 'string' && Object.hasOwn(SAMPLES, eventType)
  const sample = known ? SAMPLES[eventType] : undefined
  if (typeof eventType !== 'string' || sample === undefined) {
    throw validationError('event_type', 'This event type cannot be simulated')
  }
  const id = eventIdOf(eventType)
  const body = envelope(call.paypal, id, IMPOSSIBLE_TIME, sample(call.paypal, samples(call.account.id)))
  send(call.paypal, { id, accountId: call.account.id, eventType, body }, targetUrl(call), SIGNED_FOR)
  return { status: 202, body: JSON.parse(body) }
}

function targetUrl(call: Call): string {
  const given = bodyObject(call)
  if (given.webhook_id === undefined) return readUrl(given.url)
  const webhook = call.paypal.webhooks.get(String(given.webhook_id))
  if (webhook?.accountId !== call.account.id) throw unknownWebhook()
  return webhook.url
}
