import { createServer, type Server } from 'node:http'
import { Agent } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import {
  CheckoutPaymentIntent,
  Client,
  CustomError,
  Environment,
  IntervalUnit,
  OrdersController,
  PatchOp,
  PaymentsController,
  PaypalPaymentTokenUsageType,
  StoreInVaultInstruction,
  SubscriptionsController,
  TenureType,
  TransactionSearchController,
  VaultController,
  VaultTokenRequestType,
} from '@paypal/paypal-server-sdk'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Witnessed, witnessed } from '../test-witness.ts'
import { capturedOrder, DAY, HOUR, type Merchant, openMerchant } from './test-merchant.ts'
import { judgeAnswer, referencePresent } from './test-spec.ts'

/** The official SDK as a witness: it knows PayPal's wire format without having read our code. */

const PREFER = 'return=representation'

let merchant: Merchant
/** Every answer the SDK was given, judged by PayPal's specifications. */
let answers: Witnessed
let server: Server
let orders: OrdersController
let payments: PaymentsController
let subscriptions: SubscriptionsController
let vault: VaultController
let reports: TransactionSearchController

beforeAll(async () => {
  merchant = await openMerchant()
  answers = witnessed(merchant.emulator, judgeAnswer)
  server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const headers = new Headers()
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
    const withBody = incoming.method !== 'GET' && chunks.length > 0
    const init = {
      method: incoming.method ?? 'GET',
      headers,
      ...(withBody ? { body: Buffer.concat(chunks) } : {}),
    }
    const answer = await answers.emulator.api(new Request(`http://127.0.0.1${incoming.url}`, init))
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
    outgoing.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object once it listens.
  const { port } = server.address() as AddressInfo
  await newClient(port)
})

/** The SDK knows two hosts and no base URL; a plain socket under its https agent brings it here. */
async function newClient(port: number): Promise<void> {
  class LocalAgent extends Agent {
    override createConnection() {
      return connect(port, '127.0.0.1')
    }
  }
  const client = new Client({
    clientCredentialsAuthCredentials: {
      oAuthClientId: merchant.credentials.client_id ?? '',
      oAuthClientSecret: merchant.credentials.client_secret ?? '',
    },
    environment: Environment.Sandbox,
    httpClientOptions: { httpsAgent: new LocalAgent() },
  })
  orders = new OrdersController(client)
  payments = new PaymentsController(client)
  subscriptions = new SubscriptionsController(client)
  vault = new VaultController(client)
  reports = new TransactionSearchController(client)
}

const reconnect = () => {
  // As above.
  const { port } = server.address() as AddressInfo
  return newClient(port)
}

afterEach(() => expect(answers.problems.splice(0)).toEqual([]))
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

const judged = (...operations: readonly string[]) => {
  if (referencePresent) expect([...answers.operations]).toEqual(expect.arrayContaining([...operations]))
}

const amount = (value: string) => ({ currencyCode: 'USD', value })

async function newOrder(intent: CheckoutPaymentIntent, key: string): Promise<string> {
  const { result, statusCode } = await orders.createOrder({
    body: {
      intent,
      purchaseUnits: [{ amount: amount('100.00'), customId: key }],
      paymentSource: {
        paypal: {
          experienceContext: { returnUrl: 'https://shop.example/r', cancelUrl: 'https://shop.example/c' },
        },
      },
    },
    paypalRequestId: key,
    prefer: PREFER,
  })
  expect([statusCode, result.status]).toEqual([200, 'PAYER_ACTION_REQUIRED'])
  return result.id ?? ''
}

describe('@paypal/paypal-server-sdk', () => {
  test('creates, patches, shows and captures an order, then refunds it', async () => {
    const plain = await orders.createOrder({
      body: { intent: CheckoutPaymentIntent.Capture, purchaseUnits: [{ amount: amount('100.00') }] },
    })
    expect([plain.statusCode, plain.result.status]).toEqual([201, 'CREATED'])
    const id = await newOrder(CheckoutPaymentIntent.Capture, 'pay_1')
    const path = "/purchase_units/@reference_id=='default'/amount"
    const value = { currency_code: 'USD', value: '90.00' }
    const patched = await orders.patchOrder({ id, body: [{ op: PatchOp.Replace, path, value }] })
    expect(patched.statusCode).toBe(204)
    merchant.simulate(id, 'succeed')
    const shown = await orders.getOrder({ id })
    expect([shown.result.status, shown.result.purchaseUnits?.[0]?.amount?.value]).toEqual([
      'APPROVED',
      '90.00',
    ])
    const paid = await orders.captureOrder({ id, prefer: PREFER, paypalRequestId: 'cap_1' })
    const capture = paid.result.purchaseUnits?.[0]?.payments?.captures?.[0]
    expect([paid.statusCode, capture?.status]).toEqual([201, 'COMPLETED'])
    const captureId = capture?.id ?? ''
    const found = await payments.getCapturedPayment({ captureId })
    expect(found.result.sellerReceivableBreakdown?.paypalFee?.value).toBe('3.63')
    const part = await payments.refundCapturedPayment({
      captureId,
      prefer: PREFER,
      body: { amount: amount('10.00') },
    })
    expect([part.statusCode, part.result.status]).toEqual([201, 'COMPLETED'])
    await payments.refundCapturedPayment({ captureId })
    const refund = await payments.getRefund({ refundId: part.result.id ?? '' })
    expect(refund.result.sellerPayableBreakdown?.totalRefundedAmount?.value).toBe('10.00')
    expect((await payments.getCapturedPayment({ captureId })).result.status).toBe('REFUNDED')
  })

  test('authorizes, captures a part, reauthorizes and voids', async () => {
    const authorize = async (key: string) => {
      const id = await newOrder(CheckoutPaymentIntent.Authorize, key)
      merchant.simulate(id, 'succeed')
      const { result, statusCode } = await orders.authorizeOrder({
        id,
        prefer: PREFER,
        paypalRequestId: `auth_${key}`,
      })
      expect(statusCode).toBe(201)
      return result.purchaseUnits?.[0]?.payments?.authorizations?.[0]?.id ?? ''
    }
    const authorizationId = await authorize('pay_2')
    const shown = await payments.getAuthorizedPayment({ authorizationId })
    expect(shown.result.status).toBe('CREATED')
    const body = { amount: amount('40.00'), finalCapture: false }
    const part = await payments.captureAuthorizedPayment({ authorizationId, prefer: PREFER, body })
    expect([part.statusCode, part.result.amount?.value]).toEqual([201, '40.00'])
    await merchant.advance(4 * DAY)
    await reconnect()
    const renewed = await payments.reauthorizePayment({ authorizationId, prefer: PREFER, body: {} })
    expect(renewed.statusCode).toBe(201)
    expect((await payments.voidPayment({ authorizationId })).statusCode).toBe(204)
    const other = await authorize('pay_3')
    const voided = await payments.voidPayment({ authorizationId: other, prefer: PREFER })
    expect([voided.statusCode, voided.result?.status]).toEqual([200, 'VOIDED'])
  })

  test('makes a plan, subscribes, revises, suspends, activates and cancels', async () => {
    await reconnect()
    await merchant.signIn()
    const product = await merchant.call('POST', '/v1/catalogs/products', { name: 'Gold', type: 'SERVICE' })
    const plan = await subscriptions.createBillingPlan({
      prefer: PREFER,
      body: {
        productId: product.body.id,
        name: 'Gold',
        billingCycles: [
          {
            frequency: { intervalUnit: IntervalUnit.Month, intervalCount: 1 },
            tenureType: TenureType.Regular,
            sequence: 1,
            totalCycles: 0,
            pricingScheme: { fixedPrice: amount('12.00') },
          },
        ],
        paymentPreferences: { autoBillOutstanding: true, paymentFailureThreshold: 3 },
        quantitySupported: true,
      },
    })
    expect([plan.statusCode, plan.result.status]).toEqual([201, 'ACTIVE'])
    const planId = plan.result.id ?? ''
    const created = await subscriptions.createSubscription({
      prefer: PREFER,
      paypalRequestId: 'sub_1',
      body: { planId, quantity: '2', customId: 'sub_1' },
    })
    const id = created.result.id ?? ''
    expect([created.statusCode, created.result.status]).toEqual([201, 'APPROVAL_PENDING'])
    const act = (action: 'approve' | 'renew') =>
      merchant.emulator.simulateSubscription?.(merchant.accountId, id, action)
    expect([act('approve'), act('renew')]).toMatchObject([{ ok: true }, { ok: true }])
    const shown = await subscriptions.getSubscription({ id })
    expect(shown.result.billingInfo?.lastPayment?.amount?.value).toBe('24.00')
    const startTime = new Date(merchant.kernel.world.clock.now() - DAY).toISOString()
    const endTime = new Date(merchant.kernel.world.clock.now() + DAY).toISOString()
    const listed = await subscriptions.listSubscriptionTransactions({ id, startTime, endTime })
    expect(listed.result.transactions).toHaveLength(2)
    const captureId = listed.result.transactions?.[0]?.id ?? ''
    const sale = await payments.getCapturedPayment({ captureId })
    expect([sale.result.status, sale.result.customId]).toEqual(['COMPLETED', 'sub_1'])
    const part = { amount: amount('4.00'), noteToPayer: 'one week less' }
    const again = { captureId, paypalRequestId: 'ref_9', prefer: PREFER, body: part }
    const refunded = await payments.refundCapturedPayment(again)
    expect([refunded.statusCode, refunded.result.amount?.value]).toEqual([201, '4.00'])
    expect((await payments.refundCapturedPayment(again)).result.id).toBe(refunded.result.id)
    const found = await payments.getRefund({ refundId: refunded.result.id ?? '' })
    expect(found.result.noteToPayer).toBe('one week less')
    const tooMuch = payments.refundCapturedPayment({ captureId, body: { amount: amount('20.01') } })
    await expect(tooMuch).rejects.toMatchObject({
      statusCode: 422,
      result: { details: [{ issue: 'REFUND_AMOUNT_EXCEEDED' }] },
    })
    await payments.refundCapturedPayment({ captureId })
    expect((await payments.getCapturedPayment({ captureId })).result.status).toBe('REFUNDED')
    const revised = await subscriptions.reviseSubscription({ id, body: { planId, quantity: '1' } })
    expect([revised.statusCode, revised.result.quantity]).toEqual([200, '1'])
    expect((await subscriptions.suspendSubscription({ id, body: { reason: 'x' } })).statusCode).toBe(204)
    expect((await subscriptions.activateSubscription({ id, body: { reason: 'x' } })).statusCode).toBe(204)
    expect((await subscriptions.cancelSubscription({ id, body: { reason: 'x' } })).statusCode).toBe(204)
    expect((await subscriptions.getSubscription({ id })).result.status).toBe('CANCELLED')
    judged('POST /v1/billing/plans', 'POST /v1/billing/subscriptions', 'GET /v1/billing/subscriptions/{id}')
    judged('GET /v1/billing/subscriptions/{id}/transactions', 'POST /v1/billing/subscriptions/{id}/revise')
    judged('GET /v2/payments/captures/{id}', 'POST /v2/payments/captures/{id}/refund')
  })

  test('finds what was refunded in the reports, three hours late and with what it was refunded from', async () => {
    await reconnect()
    await merchant.signIn()
    const { capture } = await capturedOrder(merchant)
    const refunded = await payments.refundCapturedPayment({
      captureId: capture.id,
      body: { amount: amount('4.00') },
    })
    const madeAt = merchant.kernel.world.clock.now()
    const search = () =>
      reports.searchTransactions({
        startDate: new Date(madeAt - DAY).toISOString(),
        endDate: new Date(madeAt + DAY).toISOString(),
        transactionType: 'T1107',
        fields: 'transaction_info',
      })
    const listed = async () =>
      (await search()).result.transactionDetails?.map(({ transactionInfo }) => transactionInfo) ?? []
    const isIt = (one: { transactionId?: string } | undefined) => one?.transactionId === refunded.result.id
    expect((await listed()).some(isIt)).toBe(false)
    await merchant.advance(3 * HOUR)
    expect((await listed()).find(isIt)).toMatchObject({
      paypalReferenceId: capture.id,
      transactionEventCode: 'T1107',
      transactionAmount: { currencyCode: 'USD', value: '-4.00' },
      transactionStatus: 'S',
    })
    await expect(
      reports.searchTransactions({
        startDate: new Date(madeAt - 32 * DAY).toISOString(),
        endDate: new Date(madeAt).toISOString(),
      }),
    ).rejects.toMatchObject({ statusCode: 400 })
  })

  test('saves a wallet with and without a purchase, charges it, lists it and deletes it', async () => {
    const usageType = PaypalPaymentTokenUsageType.Merchant
    const created = await orders.createOrder({
      body: {
        intent: CheckoutPaymentIntent.Capture,
        purchaseUnits: [{ amount: amount('10.00') }],
        paymentSource: {
          paypal: { attributes: { vault: { storeInVault: StoreInVaultInstruction.OnSuccess, usageType } } },
        },
      },
      paypalRequestId: 'vault_1',
    })
    const id = created.result.id ?? ''
    merchant.simulate(id, 'succeed')
    const paid = await orders.captureOrder({ id, prefer: PREFER })
    const saved = paid.result.paymentSource?.paypal?.attributes?.vault
    expect(saved?.status).toBe('VAULTED')
    const customerId = saved?.customer?.id ?? ''
    const setup = await vault.createSetupToken({
      body: { customer: { id: customerId }, paymentSource: { paypal: { usageType } } },
    })
    merchant.simulate(setup.result.id ?? '', 'succeed')
    expect((await vault.getSetupToken(setup.result.id ?? '')).result.status).toBe('APPROVED')
    const made = await vault.createPaymentToken({
      body: {
        paymentSource: { token: { id: setup.result.id ?? '', type: VaultTokenRequestType.SetupToken } },
      },
    })
    const listed = await vault.listCustomerPaymentTokens({ customerId, totalRequired: true })
    expect(listed.result.paymentTokens?.map((token) => token.id)).toEqual([saved?.id, made.result.id])
    const charged = await orders.createOrder({
      body: {
        intent: CheckoutPaymentIntent.Capture,
        purchaseUnits: [{ amount: amount('3.00') }],
        paymentSource: { paypal: { vaultId: made.result.id ?? '' } },
      },
      paypalRequestId: 'vault_2',
      prefer: PREFER,
    })
    expect([charged.statusCode, charged.result.status]).toEqual([201, 'COMPLETED'])
    expect((await vault.getPaymentToken(made.result.id ?? '')).result.customer?.id).toBe(customerId)
    expect((await vault.deletePaymentToken(made.result.id ?? '')).statusCode).toBe(204)
  })

  test('confirms a payment source', async () => {
    const { result } = await orders.createOrder({
      body: { intent: CheckoutPaymentIntent.Capture, purchaseUnits: [{ amount: amount('5.00') }] },
    })
    const confirmed = await orders.confirmOrder({
      id: result.id ?? '',
      body: { paymentSource: { paypal: {} } },
    })
    expect([confirmed.statusCode, confirmed.result.status]).toEqual([200, 'PAYER_ACTION_REQUIRED'])
  })

  test('reads refusals as its own errors', async () => {
    const id = await newOrder(CheckoutPaymentIntent.Capture, 'pay_4')
    const error = await orders.captureOrder({ id }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CustomError)
    expect(error).toMatchObject({ statusCode: 422, result: { name: 'UNPROCESSABLE_ENTITY' } })
    const mock = '{"mock_application_codes":"INSTRUMENT_DECLINED"}'
    const declined = await orders
      .captureOrder({ id, paypalMockResponse: mock })
      .catch((thrown: unknown) => thrown)
    expect(declined).toMatchObject({
      statusCode: 422,
      result: { details: [{ issue: 'INSTRUMENT_DECLINED' }] },
    })
  })
})
