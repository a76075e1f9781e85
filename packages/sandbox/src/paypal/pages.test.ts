import { describe, expect, test } from 'vitest'
import { createOrder, FULL, HOUR, issuesOf, openMerchant } from './test-merchant.ts'

const page = (id: string) => `/paypal/checkoutnow?token=${id}`
const ORDERS = '/v2/checkout/orders'

describe('the approval page', () => {
  test('offers every button by name and escapes what the merchant wrote', async () => {
    const merchant = await openMerchant()
    const { body } = await merchant.call('POST', ORDERS, {
      intent: 'CAPTURE',
      purchase_units: [
        { amount: { currency_code: 'EUR', value: '12.50' }, description: '<script>x</script>' },
      ],
      application_context: { brand_name: 'A & B' },
    })
    const answer = await merchant.page(page(body.id))
    const text = await answer.text()
    for (const label of ['Pay', 'Decline', 'Slow bank', 'Cancel and return'])
      expect(text).toContain(`>${label}</button>`)
    expect(text).toContain('12.50 EUR')
    expect(text).toContain('A &amp; B')
    expect(text).not.toContain('<script>')
  })

  test('Pay approves and sends the payer back with token and PayerID', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    const answer = await merchant.page(page(id), 'pay')
    expect(answer.status).toBe(303)
    const target = new URL(answer.headers.get('location') ?? '')
    expect([target.origin + target.pathname, target.searchParams.get('x')]).toEqual([
      'https://shop.example/done',
      '1',
    ])
    expect(target.searchParams.get('token')).toBe(id)
    expect(target.searchParams.get('PayerID')).toMatch(/^[A-Z0-9]{13}$/)
    expect((await merchant.call('GET', `${ORDERS}/${id}`)).body.payer.payer_id).toBe(
      target.searchParams.get('PayerID'),
    )
  })

  test('Cancel and return changes nothing', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    const answer = await merchant.page(page(id), 'cancel')
    expect(answer.headers.get('location')).toBe(`https://shop.example/back?token=${id}`)
    expect((await merchant.call('GET', `${ORDERS}/${id}`)).body.status).toBe('CREATED')
  })

  test('Decline approves with an instrument that fails; Slow bank with one that waits', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    await merchant.page(page(id), 'decline')
    expect(issuesOf(await merchant.call('POST', `${ORDERS}/${id}/capture`))).toEqual(['INSTRUMENT_DECLINED'])
    await merchant.page(page(id), 'slow_bank')
    const { body } = await merchant.call('POST', `${ORDERS}/${id}/capture`, {}, FULL)
    expect(body.purchase_units[0].payments.captures[0].status).toBe('PENDING')
  })

  test('a card with authentication waits for its step, and failing it leaves the order open', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    await merchant.page(page(id), 'card')
    const waiting = await merchant.call('GET', `${ORDERS}/${id}`)
    expect([waiting.body.status, waiting.body.links[1].rel]).toEqual([
      'PAYER_ACTION_REQUIRED',
      'payer-action',
    ])
    expect(issuesOf(await merchant.call('POST', `${ORDERS}/${id}/capture`))).toEqual([
      'PAYER_ACTION_REQUIRED',
    ])
    expect(await (await merchant.page(page(id))).text()).toContain('>Complete authentication</button>')
    await merchant.page(page(id), 'fail_authentication')
    expect((await merchant.call('GET', `${ORDERS}/${id}`)).body.status).toBe('CREATED')
    await merchant.page(page(id), 'card')
    expect((await merchant.page(page(id), 'authenticate')).status).toBe(303)
    expect((await merchant.call('POST', `${ORDERS}/${id}/capture`)).status).toBe(201)
  })

  test('is gone for expired and unknown orders, and a paid one goes straight back', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    expect((await merchant.page(page('NONE'))).status).toBe(404)
    await merchant.page(page(id), 'pay')
    await merchant.call('POST', `${ORDERS}/${id}/capture`)
    expect((await merchant.page(page(id))).status).toBe(303)
    const late = await createOrder(merchant)
    await merchant.advance(3 * HOUR)
    expect((await merchant.page(page(late), 'pay')).status).toBe(404)
  })
})

describe('simulations', () => {
  test('expire makes the order unknown, and nothing happens to it afterwards', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'abandon')
    merchant.simulate(id, 'expire')
    expect((await merchant.call('GET', `${ORDERS}/${id}`)).status).toBe(404)
    expect(merchant.emulator.simulate(merchant.accountId, id, 'succeed')).toMatchObject({ ok: false })
    expect(merchant.book()[0]?.status).toBe('EXPIRED')
  })

  test('authenticate approves by card', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'authenticate')
    expect((await merchant.call('POST', `${ORDERS}/${id}/capture`)).status).toBe(201)
  })

  test('ORDER_COMPLETE_ON_PAYMENT_APPROVAL captures at the approval', async () => {
    const merchant = await openMerchant()
    const { body } = await merchant.call('POST', ORDERS, {
      intent: 'CAPTURE',
      processing_instruction: 'ORDER_COMPLETE_ON_PAYMENT_APPROVAL',
      purchase_units: [{ amount: { currency_code: 'USD', value: '3.00' }, custom_id: 'pay_7' }],
    })
    merchant.simulate(body.id, 'succeed')
    expect(merchant.book()[0]).toMatchObject({ status: 'COMPLETED', captured: 300n, reference: 'pay_7' })
  })
})
