import { describe, expect, test } from 'vitest'
import type { PaymentHandle } from '../spec.ts'
import { payments } from './payments.ts'
import { load, operation, present, problemsOf } from './reference.fixture.ts'
import { savedMethods } from './saved-methods.ts'
import {
  answer,
  formOf,
  intentBody,
  lost,
  REFERENCE,
  refusal,
  scripted,
  sessionBody,
  usd,
} from './scripted.fixture.ts'

const TOKEN = { methodRef: 'pm_1', customerRef: 'cus_1' }
const request = {
  reference: REFERENCE,
  amount: usd(2_000n),
  capture: 'automatic',
  description: 'October',
  customer: { email: 'asha@example.com' },
  returnUrl: 'https://router.example/return',
  cancelUrl: 'https://router.example/cancel',
} as const
const payment: PaymentHandle = { ...request, orderRef: 'cs_1', paymentRef: 'pi_1', refs: {} }
const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2030, fingerprint: 'Xt5EWLLDS7FJjR1c' }
const intentWith = (method: object) => intentBody({ payment_method: { id: 'pm_1', ...method } })

describe('keeping a method', () => {
  test('is asked for with the session, which makes a customer or has one already', async () => {
    const session = {
      id: 'cs_1',
      object: 'checkout.session',
      status: 'open',
      amount_total: 2000,
      currency: 'usd',
    }
    const created = async (customerRef: string | null) => {
      const script = scripted([answer(200, session)])
      await payments.create(script.ctx, { ...request, save: { customerRef } }, 'key')
      return formOf(script.sent[0])
    }
    const kept = { 'payment_intent_data[setup_future_usage]': 'off_session' }
    const fresh = await created(null)
    expect(fresh).toMatchObject({ ...kept, customer_creation: 'always', customer_email: 'asha@example.com' })
    const known = await created('cus_1')
    expect(known).toMatchObject({ ...kept, customer: 'cus_1' })
    expect(Object.keys(known)).not.toEqual(expect.arrayContaining(['customer_email']))
    expect(Object.keys(known)).not.toEqual(expect.arrayContaining(['customer_creation']))
  })

  test('shows what tells one card from another, and no more', async () => {
    const script = scripted([answer(200, intentWith({ type: 'card', customer: 'cus_1', card }))])
    expect(await savedMethods.find(script.ctx, payment)).toEqual({
      kind: 'ok',
      value: { ...TOKEN, kind: 'card', brand: 'visa', last4: '4242', expMonth: 12, expYear: 2030 },
    })
  })

  test('a method that belongs to no customer cannot be charged again: nothing is kept', async () => {
    const script = scripted([answer(200, intentWith({ type: 'card', customer: null, card }))])
    expect(await savedMethods.find(script.ctx, payment)).toEqual({ kind: 'ok', value: null })
    expect((await savedMethods.find(scripted([lost]).ctx, payment)).kind).toBe('unknown')
  })

  test('vouchers and redirects are not kept', () => {
    expect(savedMethods.accepts({ ...request, method: 'boleto' })).toMatchObject({
      code: 'unsupported_method',
    })
    expect(savedMethods.accepts({ ...request, method: 'card' })).toBeNull()
  })
})

describe('charging it', () => {
  const charge = (result: ReturnType<typeof answer>, send: 'first' | 'later' = 'first') => {
    const script = scripted([result], send)
    return { script, outcome: payments.create(script.ctx, { ...request, saved: TOKEN }, 'key') }
  }

  test('is one intent, confirmed without its payer, that never redirects', async () => {
    const { script, outcome } = charge(answer(200, intentBody({ metadata: { onerouter_ref: REFERENCE } })))
    expect(await outcome).toMatchObject({
      kind: 'ok',
      value: {
        orderRef: 'pi_1',
        paymentRef: 'pi_1',
        status: 'succeeded',
        captured: 2_000n,
        reference: REFERENCE,
      },
    })
    expect(script.sent[0]).toMatchObject({
      method: 'POST',
      path: '/v1/payment_intents',
      headers: { 'idempotency-key': 'key' },
    })
    expect(formOf(script.sent[0])).toMatchObject({
      amount: '2000',
      currency: 'usd',
      customer: 'cus_1',
      payment_method: 'pm_1',
      off_session: 'true',
      confirm: 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
      [`metadata[onerouter_ref]`]: REFERENCE,
    })
  })

  test('what the bank wants confirmed is a decline that says what to do', async () => {
    const error = { type: 'card_error', code: 'authentication_required', message: 'Declined.' }
    expect(await charge(answer(402, { error })).outcome).toMatchObject({
      kind: 'declined',
      reason: 'authentication_required',
      message: expect.stringContaining('checkout_url'),
    })
  })

  test('a lost answer is not known', async () => {
    expect((await charge(lost).outcome).kind).toBe('unknown')
  })
})

describe('forgetting it', () => {
  test('detaches it; what is detached or unknown is gone', async () => {
    const detached = scripted([answer(200, { id: 'pm_1', customer: null })])
    expect((await savedMethods.remove(detached.ctx, TOKEN, 'key')).kind).toBe('ok')
    expect(detached.sent[0]).toMatchObject({ method: 'POST', path: '/v1/payment_methods/pm_1/detach' })
    const again = scripted([refusal(null, 'Not attached.'), answer(200, { id: 'pm_1', customer: null })])
    expect((await savedMethods.remove(again.ctx, TOKEN, 'key')).kind).toBe('ok')
    const gone = scripted([refusal('resource_missing', 'No such PaymentMethod', 404)])
    expect((await savedMethods.remove(gone.ctx, TOKEN, 'key')).kind).toBe('ok')
  })

  test('one that is still attached, or cannot be read, is not', async () => {
    const kept = scripted([refusal(null, 'No.'), answer(200, { id: 'pm_1', customer: 'cus_1' })])
    expect((await savedMethods.remove(kept.ctx, TOKEN, 'key')).kind).toBe('rejected')
    const dark = scripted([refusal(null, 'No.'), lost])
    expect((await savedMethods.remove(dark.ctx, TOKEN, 'key')).kind).toBe('unknown')
  })
})

test.skipIf(!present)('what keeps, charges and forgets a method fits the specification', async () => {
  const spec = load('specs/stripe.subset.json')
  const seen = scripted([
    answer(200, sessionBody()),
    answer(200, sessionBody()),
    answer(200, intentWith({ type: 'card', customer: 'cus_1', card })),
    answer(200, intentBody({ metadata: { onerouter_ref: REFERENCE } })),
    refusal(null, 'Not attached.'),
    answer(200, { id: 'pm_1', customer: null }),
  ])
  await payments.create(seen.ctx, { ...request, save: { customerRef: null } }, 'key')
  await payments.create(seen.ctx, { ...request, save: { customerRef: 'cus_1' } }, 'key')
  await savedMethods.find(seen.ctx, payment)
  await payments.create(seen.ctx, { ...request, saved: TOKEN }, 'key')
  await savedMethods.remove(seen.ctx, TOKEN, 'key')
  expect(seen.sent).toHaveLength(6)
  for (const { method, path, body } of seen.sent) {
    const [bare = '', query = ''] = path.split('?')
    const form =
      body !== undefined && 'form' in body
        ? new URLSearchParams([...body.form].map(([a, b]) => [a, b])).toString()
        : ''
    const sent = { method, path: bare, query, form }
    expect([operation(sent), problemsOf(spec, sent)]).toEqual([operation(sent), null])
  }
})
