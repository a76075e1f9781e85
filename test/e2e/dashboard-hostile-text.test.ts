/** Stored scripts: whatever strangers, payers, colleagues and providers write is text on every page that shows it. */
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeBooks } from '../harness/books.ts'
import { openBrowser } from '../harness/browser.ts'
import { type Console, type Member, newMember, openConsole, uuidOf } from '../harness/dashboard.ts'
import { type PageVisit, visitsOf, WALK } from '../harness/every-page.ts'
import { nameSavedMethod } from '../harness/furnish.ts'
import { HOSTILE_TEXTS, MARK, type Watched, watchForInjection } from '../harness/hostile.ts'
import { rowsThatOpen, settle, signedIn } from '../harness/pages.ts'
import { filledFields, textFields } from '../harness/text-fields.ts'

let dashboard: Console
let browser: Browser
let member: Member
let servers: readonly Server[]
/** What the next answer of the hostile provider and of the hostile receiver say. */
let said = ''
let payment = ''
let subscription = ''
/** Every field that one of the texts was written into. */
const written = new Set<string>()
const payerPages: string[] = []

const WEBHOOK_SECRET = `whsec_${'h'.repeat(32)}`
const SECRET_KEY = `sk_test_${'h'.repeat(32)}`
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP has a port

async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Stripe, if it were against us: every refusal and every id is somebody's text. */
const hostileStripe = () =>
  createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      if (request.method === 'GET') return response.end(JSON.stringify({ id: said, object: 'account' }))
      const error = { type: 'card_error', code: said, decline_code: said, message: said, doc_url: said }
      response.writeHead(402, { 'request-id': 'req_1' }).end(JSON.stringify({ error }))
    })
  })
const hostileReceiver = () =>
  createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(500, { 'content-type': 'text/html' }).end(said))
  })

type Made = { readonly id: string } & Record<string, unknown>

/** Sends it as a page would, and keeps in mind which fields had a text in them. */
async function send(method: string, path: string, body?: object) {
  for (const field of filledFields(method, path, body ?? {}, MARK)) written.add(field)
  return await member.call(method, path, body)
}

async function made(path: string, body: object, method = 'POST'): Promise<Made> {
  const answer = await send(method, path, body)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body as Made // every object made here has an id
}

/** One text, into every field that takes one. */
async function write(text: string): Promise<void> {
  said = text
  const metadata = { [text.slice(0, 40)]: text }
  const customer = { name: text, email: 'ada@example.com' }
  const known = await made('/v1/customers', { ...customer, description: text, metadata })
  await made(`/v1/customers/${known.id}`, { name: text, description: `${text}!`, metadata }, 'PATCH')
  await pay(text, { metadata, customer })
  await pay(text, { metadata, customer: known.id, save_payment_method: true })
  await nameSavedMethod({ call: send }, text)
  const link = await made('/v1/payment-links', {
    amount: '7.00',
    currency: 'INR',
    description: text,
    customer,
    metadata,
  })
  payerPages.push(String(link['short_url']))
  await subscribe(text, { metadata, customer })
  await made('/v1/sms', { to: '+14155550123', body: text })
  await useKey(text)
  await made('/api/auth/account', { name: text }, 'PATCH')
  await made('/api/routing', { ...rulesOf(text), environment: 'test', comment: text }, 'PUT')
  // The provider refuses in its own words, which reach the payment, its timeline and the logs.
  await send('POST', '/v1/payments', { amount: '3.00', currency: 'USD', provider: 'stripe' })
  await member.call('GET', `/v1/payments/${encodeURIComponent(text)}?${encodeURIComponent(text)}=1`)
}

interface Paying {
  readonly metadata: object
  readonly customer: unknown
  readonly save_payment_method?: true
}

/** A payment that is paid and refunded, both ways there are. */
async function pay(text: string, more: Paying) {
  const order = { amount: '5.00', currency: 'USD', provider: 'paypal', description: text }
  const paid = await made('/v1/payments', { ...order, receipt: text.slice(0, 40), ...more })
  payment = paid.id
  payerPages.push(String(paid['checkout_url']))
  await made(`/v1/simulations/payments/${paid.id}/succeed`, {})
  const back = { amount: '1.00', reason: text, metadata: more.metadata }
  await made('/v1/refunds', { payment_id: paid.id, ...back })
  await made(`/v1/payments/${paid.id}/refund`, back)
}

async function subscribe(text: string, more: object): Promise<void> {
  const price = { amount: '9.00', currency: 'USD', interval: 'month' }
  const { metadata } = { metadata: {}, ...more }
  const plan = await made('/v1/plans', { name: text.slice(0, 120), description: text, metadata, ...price })
  const begun = { plan_id: plan.id, provider: 'paypal', description: text, ...more }
  const canceled = await made('/v1/subscriptions', begun)
  await made(`/v1/simulations/subscriptions/${canceled.id}/approve`, {})
  await made(`/v1/subscriptions/${canceled.id}/cancel`, { reason: text })
  subscription = (await made('/v1/subscriptions', begun)).id
}

/** A key with a name, and a payment made with it: analytics count by key. */
async function useKey(text: string): Promise<void> {
  const key = await made('/api/keys', { name: text })
  await made(`/api/keys/${key.id}`, { name: `${text}!` }, 'PATCH')
  const answer = await fetch(`${dashboard.api.url}/v1/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key['api_key']}` },
    body: JSON.stringify({ amount: '2.00', currency: 'USD', provider: 'paypal' }),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
}

const rulesOf = (text: string) => ({
  rules: [
    {
      name: text.slice(0, 80),
      when: { currencies: ['EUR'], metadata: { tier: [text] } },
      use: { strategy: 'order', providers: ['paypal'] },
    },
  ],
})

/** Colleagues with names, browsers with names, and addresses that are legal and odd; each comes from elsewhere. */
async function invite(name: string, email: string, from: number): Promise<void> {
  const { token } = await made('/api/auth/invitations', { email, role: 'viewer' })
  const answer = await fetch(`${dashboard.api.url}/api/auth/invitations/accept`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: dashboard.origin,
      'x-forwarded-for': `10.9.0.${from}`,
    },
    body: JSON.stringify({ token, name, password: 'correct horse battery' }),
  })
  if (answer.status !== 200) throw new Error(await answer.text())
}

async function signInWith(userAgent: string): Promise<void> {
  const { email, password } = member
  const answer = await fetch(`${dashboard.origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: dashboard.origin, 'user-agent': userAgent },
    body: JSON.stringify({ email, password }),
  })
  if (answer.status !== 200) throw new Error(await answer.text())
}

/** An event with a right signature and a text wherever Stripe writes one. */
async function inbound(address: string, text: string, index: number): Promise<void> {
  const body = JSON.stringify({
    id: `evt_${index}_${text}`,
    object: 'event',
    type: `checkout.session.${text}`,
    api_version: text,
    livemode: false,
    created: Math.floor(Date.now() / 1000),
    data: { object: { id: text, object: 'checkout.session', status: text, client_reference_id: text } },
  })
  const at = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${at}.${body}`).digest('hex')
  const answer = await fetch(dashboard.api.url + new URL(address).pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` },
    body,
  })
  expect([text, answer.status]).toEqual([text, 200])
}

beforeAll(async () => {
  servers = await Promise.all([listen(hostileStripe()), listen(hostileReceiver())])
  const [stripe = '', receiver = ''] = servers.map(urlOf)
  ;[dashboard, browser] = await Promise.all([
    openConsole({ STRIPE_API_BASE: stripe, TRUSTED_PROXY_HOPS: '1' }),
    openBrowser(),
  ])
  member = await newMember(dashboard, ['paypal', 'razorpay', 'twilio'])
  said = HOSTILE_TEXTS[0] ?? ''
  const credentials = { secret_key: SECRET_KEY, webhook_secret: WEBHOOK_SECRET }
  const saved = await member.call('PUT', '/api/services/stripe/credentials', {
    environment: 'test',
    credentials,
  })
  expect(saved.status, JSON.stringify(saved.body)).toBe(200)
  // As the route's schema has it.
  const status = (await member.call('GET', '/api/services/stripe/status')).body as {
    readonly credentials: { readonly test: { readonly webhook_url: string } }
  }
  const hooks = { url: `${receiver}/hooks`, events: ['payment.succeeded'], environment: 'test' }
  for (const text of HOSTILE_TEXTS) {
    const endpoint = await made('/api/webhooks/endpoints', { ...hooks, description: text })
    await made(`/api/webhooks/endpoints/${endpoint.id}`, { description: `${text}!` }, 'PATCH')
  }
  for (const [index, text] of HOSTILE_TEXTS.entries()) {
    await write(text)
    await inbound(status.credentials.test.webhook_url, text, index)
    await invite(text, `a${index}@example.com`, index)
    await writeBooks(dashboard.installation.database.url, {
      accountId: member.accountId,
      paymentId: uuidOf('payment', payment),
      text,
    })
  }
  await resolveOne()
  await invite('Eve', '<svg/onload=window.pwned=1>@example.com', HOSTILE_TEXTS.length)
  for (const text of HOSTILE_TEXTS.filter((one) => /^[\x20-\x7e]+$/.test(one)).slice(0, 6))
    await signInWith(text)
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
  for (const server of servers ?? []) server.close()
})

/** A difference that somebody has explained. */
async function resolveOne(): Promise<void> {
  const { body } = await member.call('GET', '/api/reconciliation/items')
  const [item] = (body as { data: readonly { id: string }[] }).data // as the route's schema has it
  await made(`/api/reconciliation/items/${item?.id}/resolve`, { note: HOSTILE_TEXTS[0] })
}

/** Fields, by the end of their names, that no page can show as they were sent. */
const NEVER_SHOWN: Readonly<Record<string, string>> = {
  'amount|amount.min|amount.max': 'A number is read from it.',
  idempotency_key: 'It is compared, and never shown.',
  'payment_id|charge_id|plan_id|new_plan_id|payment_method|customer':
    'It names something that exists, or is refused.',
  'method|methods.*|currencies.*|countries.*|fault': 'It is a word of a closed list, or is refused.',
  'expires_at|expire_by|start_date|since|until|from|to|starts_at|ends_at':
    'A time or a number is read from it.',
  'time_zone|ip_allowlist.*|domain|phone|customer_phone|email|customer_email|customers.*':
    'Its shape is checked.',
  'return_url|cancel_url|callback_url|url': 'It must be the address of a web page or a server.',
  'password|new_password|code|token|invitation|credentials.*|env': 'It is a secret, and nobody is shown it.',
  'notes.*': 'Another name of metadata.',
  customer_name: 'Another name of the name of customer.',
}
/** Routes whose texts are kept nowhere, or where nobody reads them. */
const UNREAD: Readonly<Record<string, string>> = {
  createSandboxFault: 'The sandbox keeps it, and has no page for it.',
  requestProvider: 'It is sent to the provider.',
  simulateRouting: 'Nothing of it is kept.',
  resolveReview: 'What is decided leaves the list, with its note.',
}
/** Sent by whoever is not signed in yet. */
const AT_THE_ENTRANCE = ['signUp.name', 'acceptInvitation.name']

test('the texts are in every field of the API that takes any text and reaches a page', () => {
  const ends = Object.keys(NEVER_SHOWN).flatMap((names) => names.split('|'))
  const missing = textFields().filter(
    (field) =>
      !(written.has(field) || AT_THE_ENTRANCE.includes(field)) &&
      !Object.hasOwn(UNREAD, field.split('.')[0] ?? '') &&
      !ends.some((end) => field.endsWith(`.${end}`)),
  )
  expect(missing).toEqual([])
})

const ROWS_MAX = 16

const isShown = async (page: Page) => (await page.getByText(MARK).filter({ visible: true }).count()) > 0

/** The page's own requests are the newest ones in the logs. */
const addressOf = ({ path }: PageVisit): string => (path === '/logs' ? `/logs?text=${MARK}` : path)

/** The page, and what opens beside each of its rows. @returns whether a text was seen */
async function look(page: Page, watched: Watched, path: string): Promise<boolean> {
  await settle(page, dashboard.origin + path)
  let shown = await isShown(page)
  const check = async () => expect([path, await watched.inspect()]).toEqual([path, []])
  await check()
  const rows = rowsThatOpen(page)
  const count = Math.min(await rows.count(), ROWS_MAX)
  for (let row = 0; row < count; row++) {
    await rows.nth(row).click()
    await page.getByRole('dialog').waitFor()
    await check()
    shown ||= await isShown(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  return shown
}

test('every page shows the texts as texts, in lists and in what opens beside them', async () => {
  const { page, problems } = await signedIn(browser, dashboard, member)
  const watched = await watchForInjection(page)
  const wrong: string[] = []
  const walked = visitsOf({ member, payment, subscription }).filter(({ name }) => WALK.includes(name))
  for (const visit of walked) {
    const shown = await look(page, watched, addressOf(visit))
    if (shown !== visit.showsTexts) wrong.push(`${visit.path}: ${shown ? 'shown' : 'not shown'}`)
  }
  expect({ wrong, alarms: watched.alarms, problems }).toEqual({ wrong: [], alarms: [], problems: [] })
  await page.context().close()
}, 600_000)

test('what a dialog asks names things by their texts, and toasts repeat them', async () => {
  const { page, problems } = await signedIn(browser, dashboard, member)
  const watched = await watchForInjection(page)
  await settle(page, `${dashboard.origin}/keys`)
  await page.locator('tbody tr td:first-child button').first().click()
  for (const name of ['Edit', 'Rotate', 'Revoke']) {
    await page.getByRole('dialog').last().getByRole('button', { name, exact: true }).click()
    await page
      .getByRole('dialog')
      .nth(1)
      .or(page.getByRole('dialog').filter({ hasText: '“' }))
      .first()
      .waitFor()
    expect([name, await watched.inspect()]).toEqual([name, []])
    await page.keyboard.press('Escape')
  }
  expect([watched.alarms, problems]).toEqual([[], []])
  await page.context().close()
})

test('payers’ pages show them as texts, too', async () => {
  const page = await browser.newPage()
  const watched = await watchForInjection(page)
  for (const address of payerPages) {
    await page.goto(address)
    expect([address, await watched.inspect()]).toEqual([address, []])
  }
  expect(watched.alarms).toEqual([])
  await page.close()
})

test('the watcher sees markup where somebody gets it into a page, and the page refuses to run it', async () => {
  const { page } = await signedIn(browser, dashboard, member)
  const watched = await watchForInjection(page)
  await settle(page, `${dashboard.origin}/team`)
  await page.evaluate((texts) => {
    for (const text of texts) {
      const host = document.createElement('div')
      host.innerHTML = text
      document.body.append(host)
    }
  }, HOSTILE_TEXTS)
  await expect.poll(() => watched.alarms.length, { timeout: 10_000 }).toBeGreaterThan(0)
  const found = await watched.inspect()
  expect(found).toEqual(expect.arrayContaining(['<img onerror>', '<svg onload>']))
  expect(found.some((one) => one.startsWith('<a href="javascript:'))).toBe(true)
  expect(found).not.toContain('a script ran')
  await page.context().close()
})
