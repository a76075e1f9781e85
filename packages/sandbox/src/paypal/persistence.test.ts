import { expect, test } from 'vitest'
import { createKernel } from '../kernel/world.ts'
import { createPaypal } from './index.ts'
import { certificateAt } from './signature.ts'
import { openTables } from './state.ts'
import { addWebhook, createOrder, openMerchant, START } from './test-merchant.ts'

test('a restarted sandbox knows its orders, keeps its certificate and finishes what is pending', async () => {
  const merchant = await openMerchant()
  await addWebhook(merchant, ['PAYMENT.CAPTURE.PENDING'])
  const id = await createOrder(merchant)
  merchant.simulate(id, 'late_succeed')
  await merchant.call('POST', `/v2/checkout/orders/${id}/capture`)
  await merchant.kernel.runDue()
  const certUrl = new URL(merchant.received[0]?.headers.get('paypal-cert-url') ?? '')

  const kernel = createKernel({
    clock: { now: () => START },
    seed: 8,
    urls: merchant.kernel.world.urls,
    fetch: async () => new Response(null, { status: 200 }),
    timeoutSignal: () => new AbortController().signal,
    deliveryConcurrency: 1,
    emulator: () => emulator,
    restored: JSON.parse(JSON.stringify(merchant.kernel.snapshot())),
    warn: (message) => expect.fail(message),
  })
  const emulator = createPaypal(kernel.world)
  expect(emulator.book(merchant.accountId)[0]).toMatchObject({ orderRef: id, captured: 0n })
  expect(certificateAt(openTables(kernel.world), certUrl.pathname)).toContain('BEGIN CERTIFICATE')
  await kernel.advance(5 * 60_000)
  expect(emulator.book(merchant.accountId)[0]).toMatchObject({ orderRef: id, captured: 1000n })
})
