import { describe, expect, test } from 'vitest'
import { payments } from './payments.ts'
import { problemsOf, referencePresent } from './reference.fixture.ts'
import { savedMethods } from './saved-methods.ts'
import { answer, handle, issue, lost, ORDER_ID, orderBody, scripted, usd } from './scripted.fixture.ts'

const TOKEN = { methodRef: '8kk8451t', customerRef: 'customer_4029352050' }
const request = {
  reference: 'op_1',
  amount: usd(1_000n),
  capture: 'automatic',
  customer: { email: 'asha@example.com' },
  returnUrl: 'https://router.example/return',
  cancelUrl: 'https://router.example/cancel',
} as const

/** Orders API v2, Show order details, after a purchase that saved the wallet. */
const kept = (vault: object) => ({
  ...orderBody('COMPLETED'),
  payment_source: { paypal: { email_address: 'asha@example.com', attributes: { vault } } },
})
const VAULTED = { id: TOKEN.methodRef, status: 'VAULTED', customer: { id: TOKEN.customerRef } }

async function created(more: object) {
  const script = scripted([answer(200, orderBody('PAYER_ACTION_REQUIRED'))])
  await payments.create(script.ctx, { ...request, ...more }, 'op_1')
  const body = script.sent[1]?.body
  return body !== undefined && 'json' in body ? body.json : expect.fail('no body was sent')
}

describe('keeping a wallet', () => {
  test('is asked for with the order, for payments that the merchant starts', async () => {
    expect(await created({ save: { customerRef: null } })).toMatchObject({
      payment_source: {
        paypal: { attributes: { vault: { store_in_vault: 'ON_SUCCESS', usage_type: 'MERCHANT' } } },
      },
    })
    expect(await created({ save: { customerRef: TOKEN.customerRef } })).toMatchObject({
      payment_source: { paypal: { attributes: { customer: { id: TOKEN.customerRef } } } },
    })
    expect(JSON.stringify(await created({}))).not.toContain('vault')
  })

  test('is read off the paid order; the payer’s address is not kept', async () => {
    const script = scripted([answer(200, kept(VAULTED))])
    const found = await savedMethods.find(script.ctx, handle())
    const none = { last4: null, expMonth: null, expYear: null }
    expect(found).toEqual({ kind: 'ok', value: { ...TOKEN, kind: 'wallet', brand: 'paypal', ...none } })
    expect(script.sent[1]?.path).toBe(`/v2/checkout/orders/${ORDER_ID}`)
  })

  test.each([
    ['that is still being made', { status: 'APPROVED', customer: { id: TOKEN.customerRef } }],
    ['with an id that would lead elsewhere', { ...VAULTED, id: '../orders' }],
  ])('a token %s is none yet', async (_what, vault) => {
    const { ctx } = scripted([answer(200, kept(vault))])
    expect(await savedMethods.find(ctx, handle())).toEqual({ kind: 'ok', value: null })
  })

  test('an answer about another order, or none, is no proof that nothing is kept', async () => {
    const other = { ...kept(VAULTED), id: 'ANOTHER' }
    expect((await savedMethods.find(scripted([answer(200, other)]).ctx, handle())).kind).toBe('unknown')
    expect((await savedMethods.find(scripted([lost]).ctx, handle())).kind).toBe('unknown')
  })

  test('Pay Later is not kept', () => {
    const asked = { ...request, method: 'pay_later' }
    expect(savedMethods.accepts(asked)).toMatchObject({ code: 'unsupported_method' })
    expect(savedMethods.accepts(request)).toBeNull()
  })
})

describe('charging it', () => {
  test('names the token and nobody’s address', async () => {
    expect(await created({ saved: TOKEN })).toMatchObject({
      intent: 'CAPTURE',
      purchase_units: [{ custom_id: 'op_1' }],
      payment_source: { paypal: { vault_id: TOKEN.methodRef } },
    })
    expect(JSON.stringify(await created({ saved: TOKEN }))).not.toContain('asha@example.com')
  })

  test('an agreement that was ended is a decline', async () => {
    const script = scripted([issue(422, 'AGREEMENT_ALREADY_CANCELLED')])
    const outcome = await payments.create(script.ctx, { ...request, saved: TOKEN }, 'op_1')
    expect(outcome).toMatchObject({ kind: 'declined', reason: 'method_not_supported' })
  })
})

describe('forgetting it', () => {
  test.each([
    ['deleted', answer(204), 'ok'],
    ['gone already', issue(404, 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'), 'ok'],
    ['lost on the way', lost, 'unknown'],
  ])('%s', async (_what, result, kind) => {
    const script = scripted([result])
    expect((await savedMethods.remove(script.ctx, TOKEN, 'key')).kind).toBe(kind)
    expect(script.sent[1]).toMatchObject({
      method: 'DELETE',
      path: `/v3/vault/payment-tokens/${TOKEN.methodRef}`,
    })
  })
})

test.skipIf(!referencePresent)(
  'what keeps and charges a wallet is valid by PayPal’s specifications',
  async () => {
    for (const more of [
      { save: { customerRef: null } },
      { save: { customerRef: TOKEN.customerRef } },
      { saved: TOKEN },
    ]) {
      const sent = {
        method: 'POST',
        path: '/v2/checkout/orders',
        body: { json: await created(more) },
      } as const
      expect([more, problemsOf(sent)]).toEqual([more, []])
    }
  },
)
