import { html, type Markup, page, script, scriptJson } from '../kernel/html.ts'
import { htmlResponse, readBody, seeOther } from '../kernel/http.ts'
import { BASE62 } from '../kernel/random.ts'
import { displayAmount } from './amounts.ts'
import { isPayable, orderForPayer } from './billing/mandate.ts'
import { Refusal } from './errors.ts'
import { orderOfLink } from './links.ts'
import { card, cardFailure, FAILURES, type FailureReason, INSTRUMENT, MAGIC } from './magic.ts'
import { authorize, awaitBank, failPayment, startPayment } from './payments.ts'
import {
  failureFields,
  failureObject,
  linkCallback,
  openSession,
  orderCallback,
  subscriptionCallback,
} from './sessions.ts'
import { settings } from './settings.ts'
import type { Instrument, OrderRow, PaymentRow, Razorpay, SessionRow } from './state.ts'

/** Where a payer pays: the checkout's form, the bank's page, and what comes back to the merchant. */

export const ACCENT = '#1466cc'

interface Visit {
  readonly rzp: Razorpay
  readonly session: SessionRow
  readonly order: OrderRow
  /** Path below which these pages live; differs between the API's origin and the sandbox's own. */
  readonly base: string
}

const show = (status: number, title: string, body: Markup, nonce?: string): Response =>
  htmlResponse(
    status,
    page({ title, body, accent: ACCENT }),
    nonce === undefined ? {} : { scriptNonce: nonce },
  )

const notice = (status: number, heading: string, text: string): Response =>
  show(status, heading, html`<h1>${heading}</h1><p role="status">${text}</p>`)

const cancelButton = html`<button name="action" value="cancel" formnovalidate>Cancel and return</button>`

function heading({ session, order }: Visit): Markup {
  return html`<h1>${session.name}</h1><p>${session.description}</p>
<p class="amount">${displayAmount(order.amount - order.amountPaid, order.currency)}</p>`
}

function payForm(visit: Visit, error: string | null): Markup {
  const { prefill } = visit.session
  const alert = error === null ? '' : html`<p role="alert" class="error">${error}</p>`
  return html`${heading(visit)}${alert}
<form method="post" action="${visit.base}/pay/${visit.session.id}">
<label>Payment method<select name="method"><option value="upi">UPI</option><option value="card">Card</option>
<option value="netbanking">Netbanking</option><option value="wallet">Wallet</option></select></label>
<label>UPI ID<input name="vpa" value="${MAGIC.successVpa}" autocomplete="off"></label>
<label>Card number<input name="number" value="${MAGIC.card}" inputmode="numeric" autocomplete="off"></label>
<div class="row"><label>Email<input name="email" value="${prefill.email || 'asha@example.com'}"></label>
<label>Phone<input name="contact" value="${prefill.contact || '+919000090000'}"></label></div>
<div class="row"><button class="primary" name="action" value="pay">Pay</button>
<button name="action" value="decline">Decline</button></div>
<div class="row"><button name="action" value="slow">Slow bank</button>${cancelButton}</div>
</form>`
}

function bankForm(visit: Visit, payment: PaymentRow, fails: string): Markup {
  const otp =
    payment.instrument.method === 'card'
      ? html`<label>One-time password<input name="otp" value="1234" inputmode="numeric"></label>`
      : ''
  return html`<h1>Your bank</h1><p>Confirm the payment to ${visit.session.name}.</p>
<p class="amount">${displayAmount(payment.amount, payment.currency)}</p>
<form method="post" action="${visit.base}/pay/${visit.session.id}/bank/${payment.id}">
<input type="hidden" name="fails" value="${fails}">${otp}
<div class="row"><button class="primary" name="action" value="complete">Complete authentication</button>
<button name="action" value="fail">Fail authentication</button></div>
<div class="row">${cancelButton}</div></form>`
}

/** Tells the merchant's page that framed the checkout; only that origin can read it. */
function report(visit: Visit, message: object, body: Markup): Response {
  const nonce = visit.rzp.world.random.text(BASE62, 22)
  const { origin } = visit.session
  const call = origin === null ? '' : `parent.postMessage(${scriptJson(message)}, ${scriptJson(origin)})`
  return show(200, 'Razorpay', html`${body}${script(nonce, call)}`, nonce)
}

/** A form the browser posts by itself; without scripts the payer presses the button. */
function autoPost(visit: Visit, url: string, fields: Record<string, string>): Response {
  const nonce = visit.rzp.world.random.text(BASE62, 22)
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const body = html`<h1>Returning to ${visit.session.name}</h1>
<form id="back" method="post" action="${url}">${inputs}<button class="primary">Continue</button></form>
${script(nonce, "document.getElementById('back').submit()")}`
  return show(200, 'Razorpay', body, nonce)
}

function succeeded(visit: Visit, payment: PaymentRow): Response {
  const { rzp, session } = visit
  if (session.mode === 'link') {
    if (session.subscriptionId !== null)
      return notice(200, 'Subscription authorised', `Subscription ID: ${session.subscriptionId}`)
    if (session.callbackUrl === null) return notice(200, 'Payment successful', `Payment ID: ${payment.id}`)
    const back = new URL(session.callbackUrl)
    for (const [name, value] of Object.entries(linkCallback(rzp, session, payment))) {
      back.searchParams.set(name, value)
    }
    return seeOther(back.href)
  }
  const fields =
    session.subscriptionId === null
      ? orderCallback(rzp, payment)
      : subscriptionCallback(rzp, payment, session.subscriptionId)
  if (session.mode === 'redirect') return autoPost(visit, session.callbackUrl ?? '', fields)
  return report(visit, { kind: 'success', fields }, html`<h1>Payment successful</h1><p>${payment.id}</p>`)
}

/** The order stays payable: a modal or a link offers another try, a redirect goes back with the error. */
function failed(visit: Visit, payment: PaymentRow): Response {
  const { failure } = payment
  if (failure === null) throw new Error(`payment ${payment.id} did not fail`)
  const fields = failureFields(payment, failure)
  if (visit.session.mode === 'redirect') return autoPost(visit, visit.session.callbackUrl ?? '', fields)
  const again = payForm(visit, failure.description)
  if (visit.session.mode === 'link') return show(200, 'Razorpay', again)
  return report(visit, { kind: 'failed', error: failureObject(payment, failure), fields }, again)
}

function canceled(visit: Visit, open?: PaymentRow): Response {
  if (open !== undefined) failPayment(visit.rzp, open, 'payment_cancelled')
  const { mode, cancelUrl } = visit.session
  if (mode === 'redirect' && cancelUrl !== null) return seeOther(cancelUrl)
  const body = html`<h1>Payment not completed</h1><p role="status">You can close this page.</p>`
  return mode === 'modal' ? report(visit, { kind: 'dismiss' }, body) : show(200, 'Razorpay', body)
}

function instrument(rzp: Razorpay, form: URLSearchParams): Instrument {
  const method = form.get('method')
  if (method === 'card') {
    const number = (form.get('number') ?? MAGIC.card).replace(/\D/g, '').slice(0, 19)
    return INSTRUMENT.card(card(rzp, number, 'Asha Rao'))
  }
  if (method === 'netbanking') return INSTRUMENT.netbanking('HDFC')
  if (method === 'wallet') return INSTRUMENT.wallet('mobikwik')
  return INSTRUMENT.upi((form.get('vpa') ?? MAGIC.successVpa).slice(0, 100))
}

function submit(visit: Visit, form: URLSearchParams): Response {
  const { rzp, session, order } = visit
  const action = form.get('action')
  if (action === 'cancel') return canceled(visit)
  const payment = startPayment(rzp, order, {
    instrument: instrument(rzp, form),
    email: (form.get('email') ?? '').slice(0, 100),
    contact: (form.get('contact') ?? '').slice(0, 20),
    description: session.description,
    notes: session.notes,
  })
  const { method, vpa } = payment.instrument
  if (action === 'slow') {
    awaitBank(rzp, payment, true)
    return waiting(visit, payment)
  }
  if (action === 'decline' || vpa === MAGIC.failureVpa) {
    failPayment(rzp, payment, method === 'card' ? 'card_declined' : 'payment_failed')
    return failed(visit, payment)
  }
  if (method === 'upi') {
    authorize(rzp, payment)
    return succeeded(visit, payment)
  }
  awaitBank(rzp, payment, false)
  const fails =
    method === 'card' ? cardFailure((form.get('number') ?? '').replace(/\D/g, '')) : 'payment_failed'
  return seeOther(`${visit.base}/pay/${session.id}/bank/${payment.id}?fails=${fails}`)
}

function waiting(visit: Visit, payment: PaymentRow): Response {
  const body = html`<h1>Waiting for your bank</h1>
<p role="status">The bank has not answered yet. It may still confirm the payment later.</p>
<form method="post" action="${visit.base}/pay/${visit.session.id}/bank/${payment.id}">
<button name="action" value="leave">Cancel and return</button></form>`
  return show(200, 'Razorpay', body)
}

const reasonOf = (text: string | null): FailureReason =>
  text !== null && Object.hasOwn(FAILURES, text) ? (text as FailureReason) : 'payment_failed' // its own key

function decide(visit: Visit, payment: PaymentRow, form: URLSearchParams): Response {
  const { rzp } = visit
  const action = form.get('action')
  // Leaving does not stop a slow bank: the payment goes on without the payer.
  if (action === 'leave') return canceled(visit)
  if (payment.status === 'created') {
    if (action === 'cancel') return canceled(visit, payment)
    const otp = form.get('otp')
    if (action === 'fail') failPayment(rzp, payment, reasonOf(form.get('fails')))
    else if (otp !== null && !/^\d{4,10}$/.test(otp)) failPayment(rzp, payment, 'incorrect_otp')
    else authorize(rzp, payment)
  }
  return payment.status === 'failed' ? failed(visit, payment) : succeeded(visit, payment)
}

function openLink(rzp: Razorpay, slug: string, base: string): Response {
  const link = rzp.state.links.get(`plink_${slug}`)
  if (link === undefined) return notice(404, 'Not found', 'There is no such payment link.')
  if (link.status !== 'created')
    return notice(200, `Payment link ${link.status}`, 'It cannot be paid any more.')
  const session = openSession(rzp, {
    account: link.account,
    orderId: null,
    linkId: link.id,
    subscriptionId: null,
    mode: 'link',
    name: 'Payment link',
    description: link.description === '' ? null : link.description,
    callbackUrl: link.callbackUrl === '' ? null : link.callbackUrl,
    cancelUrl: null,
    origin: null,
    prefill: {
      name: link.customer['name'] ?? '',
      email: link.customer['email'] ?? '',
      contact: link.customer['contact'] ?? '',
    },
    notes: link.notes ?? {},
  })
  return seeOther(`${base}/pay/${session.id}`)
}

/** A subscription's `short_url`: authorise it, or pay what a failed renewal left open with another card. */
function openSubscription(rzp: Razorpay, slug: string, base: string): Response {
  const subscription = rzp.state.subscriptions.get(`sub_${slug}`)
  if (subscription === undefined) return notice(404, 'Not found', 'There is no such subscription.')
  const order = orderForPayer(rzp, subscription)
  if (order === undefined || !isPayable(subscription)) {
    return notice(200, `Subscription ${subscription.status}`, 'There is nothing to authorise.')
  }
  const session = openSession(rzp, {
    account: subscription.account,
    orderId: order.id,
    linkId: null,
    subscriptionId: subscription.id,
    mode: 'link',
    name: 'Subscription',
    description: rzp.state.plans.get(subscription.planId)?.item.name ?? null,
    callbackUrl: null,
    cancelUrl: null,
    origin: null,
    prefill: { name: '', email: '', contact: '' },
    notes: {},
  })
  return seeOther(`${base}/pay/${session.id}`)
}

function visitOf(rzp: Razorpay, sessionId: string, base: string): Visit | undefined {
  const session = rzp.state.sessions.get(sessionId)
  if (session === undefined) return undefined
  const link = rzp.state.links.get(session.linkId ?? '')
  const subscription = rzp.state.subscriptions.get(session.subscriptionId ?? '')
  const direct = subscription === undefined ? rzp.state.orders.get(session.orderId ?? '') : undefined
  const order =
    subscription === undefined
      ? link === undefined
        ? direct
        : orderOfLink(rzp, link)
      : orderForPayer(rzp, subscription)
  return order === undefined ? undefined : { rzp, session, order, base }
}

const payable = ({ rzp, session, order }: Visit): boolean => {
  const link = rzp.state.links.get(session.linkId ?? '')
  const subscription = rzp.state.subscriptions.get(session.subscriptionId ?? '')
  if (subscription !== undefined && !isPayable(subscription)) return false
  return order.status !== 'paid' && (link === undefined || link.status === 'created')
}

async function pay(visit: Visit, request: Request): Promise<Response> {
  if (!payable(visit))
    return notice(200, 'Already settled', 'This payment is complete or no longer possible.')
  if (request.method === 'GET') return show(200, 'Razorpay', payForm(visit, null))
  return submit(visit, await formOf(request))
}

async function bank(visit: Visit, paymentId: string, request: Request): Promise<Response> {
  const payment = visit.rzp.state.payments.get(paymentId)
  if (payment === undefined || !belongs(visit, payment))
    return notice(404, 'Not found', 'There is no such payment.')
  if (request.method !== 'GET') return decide(visit, payment, await formOf(request))
  const fails = new URL(request.url).searchParams.get('fails') ?? ''
  return show(200, 'Your bank', bankForm(visit, payment, fails))
}

/** A token payment's order is not its subscription's any more once the mandate stands. */
const belongs = ({ rzp, session, order }: Visit, payment: PaymentRow): boolean =>
  payment.orderId === order.id ||
  (session.subscriptionId !== null &&
    rzp.state.orders.get(payment.orderId)?.subscriptionId === session.subscriptionId)

const formOf = async (request: Request): Promise<URLSearchParams> =>
  new URLSearchParams(new TextDecoder().decode(await readBody(request, 65_536)))

/** Serves the pay pages below `base`. */
export async function payPages(rzp: Razorpay, request: Request, base: string): Promise<Response> {
  const [section, id, part, paymentId] = new URL(request.url).pathname.slice(base.length + 1).split('/')
  if (section === 'l' && id !== undefined && request.method === 'GET') return openLink(rzp, id, base)
  if (section === 's' && id !== undefined && request.method === 'GET') return openSubscription(rzp, id, base)
  if (section === 'settings') return settings(rzp, request)
  const visit = section === 'pay' ? visitOf(rzp, id ?? '', base) : undefined
  if (visit === undefined) return notice(404, 'Not found', 'This checkout does not exist or has been closed.')
  try {
    return part === 'bank' ? await bank(visit, paymentId ?? '', request) : await pay(visit, request)
  } catch (error) {
    if (error instanceof Refusal) return notice(400, 'Payment declined', error.message)
    throw error
  }
}
