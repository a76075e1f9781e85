import { describe, expect, test } from 'vitest'
import { CONFIRMED, openMerchant } from './test-merchant.ts'

describe('authentication', () => {
  test('accepts the secret key by Bearer and by Basic', async () => {
    const merchant = openMerchant()
    const basic = `Basic ${Buffer.from(`${merchant.key}:`).toString('base64')}`
    expect((await merchant.get('/v1/balance')).status).toBe(200)
    expect((await merchant.get('/v1/balance', { authorization: basic })).status).toBe(200)
  })

  test.each([
    ['', 401, /^You did not provide an API key/],
    ['Bearer sk_test_wrongwrongwrong6789', 401, /^Invalid API Key provided: sk_test_\*+6789$/],
    ['Bearer pk_test_x', 403, /publishable API key/],
  ])('refuses %j', async (authorization, status, message) => {
    const answer = await openMerchant().get('/v1/account', { authorization })
    expect(answer.status).toBe(status)
    expect(answer.body.error.type).toBe('invalid_request_error')
    expect(answer.body.error.message).toMatch(message)
  })

  test('keeps test and live objects apart and says so', async () => {
    const merchant = openMerchant()
    const live = { authorization: `Bearer ${merchant.key.replace('sk_test_', 'sk_live_')}` }
    const { body: intent } = await merchant.post('/v1/payment_intents', 'amount=100&currency=usd')
    const answer = await merchant.get(`/v1/payment_intents/${intent.id}`, live)
    expect(answer.status).toBe(404)
    expect(answer.body.error.message).toBe(
      `No such payment_intent: '${intent.id}'; a similar object exists in test mode, but a live mode key ` +
        'was used ' +
        'to make this request.',
    )
    expect((await merchant.get('/v1/payment_intents', live)).body.data).toEqual([])
  })

  test('refuses to act for a connected account', async () => {
    const answer = await openMerchant().get('/v1/balance', { 'stripe-account': 'acct_other' })
    expect([answer.status, answer.body.error.code]).toEqual([403, 'account_invalid'])
  })
})

describe('envelope', () => {
  test('carries request id, version and the log address', async () => {
    const answer = await openMerchant().get('/v1/payment_intents/pi_x', {
      'stripe-version': '2026-09-30.endive',
    })
    expect(answer.headers.get('request-id')).toMatch(/^req_[A-Za-z0-9]{14}$/)
    expect(answer.headers.get('stripe-version')).toBe('2026-09-30.endive')
    expect(answer.body.error).toMatchObject({
      code: 'resource_missing',
      message: "No such payment_intent: 'pi_x'",
      param: 'intent',
      doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
    })
  })

  test('names an unknown address', async () => {
    const answer = await openMerchant().post('/v1/payment_intent')
    expect(answer.status).toBe(404)
    expect(answer.body.error.message).toMatch(/^Unrecognized request URL \(POST: \/v1\/payment_intent\)\. /)
  })
})

describe('parameters', () => {
  const base = 'amount=2000&currency=usd'
  test.each([
    ['', 'parameter_missing', 'amount', 'Missing required param: amount.'],
    [`${base}&foo=1`, 'parameter_unknown', 'foo', 'Received unknown parameter: foo'],
    [`${base}&foo=1&bar=2`, 'parameter_unknown', 'foo', 'Received unknown parameters: foo, bar'],
    [
      `${base}&automatic_payment_methods[x]=1`,
      'parameter_unknown',
      'automatic_payment_methods[x]',
      /unknown/,
    ],
    ['amount=abc&currency=usd', 'parameter_invalid_integer', 'amount', 'Invalid integer: abc'],
    ['amount=10.5&currency=usd', 'parameter_invalid_integer', 'amount', 'Invalid integer: 10.5'],
    ['amount=0&currency=usd', 'parameter_invalid_integer', 'amount', /greater than or equal to 1/],
    ['amount=&currency=usd', 'parameter_invalid_empty', 'amount', /empty string for 'amount'/],
    ['amount=49&currency=usd', 'amount_too_small', 'amount', 'Amount must be at least $0.50 usd'],
    ['amount=29&currency=gbp', 'amount_too_small', 'amount', 'Amount must be at least £0.30 gbp'],
    ['amount=49&currency=jpy', 'amount_too_small', 'amount', 'Amount must be at least ¥50 jpy'],
    ['amount=100000000&currency=usd', 'amount_too_large', 'amount', 'Amount must be no more than $999999.99'],
    ['amount=2000&currency=USD', undefined, 'currency', /^Invalid currency: USD\./],
    ['amount=2000&currency=xxq', undefined, 'currency', /^Invalid currency: xxq\./],
    ['amount=1050&currency=ugx', undefined, 'amount', /UGX has become effectively zero-decimal/],
    ['amount=1050&currency=isk', undefined, 'amount', /ISK has become effectively zero-decimal/],
    ['amount=1001&currency=kwd', undefined, 'amount', /evenly divisible by 10/],
    [
      `${base}&capture_method=later`,
      undefined,
      'capture_method',
      /must be one of automatic, automatic_async, or manual/,
    ],
    [`${base}&confirm=yes`, undefined, 'confirm', 'Invalid boolean: yes'],
    [`${base}&payment_method_types[]=card`, 'parameter_unknown', 'payment_method_types', /unknown/],
    [`${base}&metadata[${'k'.repeat(41)}]=1`, undefined, /^metadata/, /at most 40 characters/],
    [`${base}&metadata[k]=${'v'.repeat(501)}`, undefined, 'metadata[k]', /at most 500 characters/],
    [`${base}&customer=cus_x`, 'resource_missing', 'customer', "No such customer: 'cus_x'"],
  ])('are refused as documented: %s', async (form, code, param, message) => {
    const { status, body } = await openMerchant().post('/v1/payment_intents', form)
    expect(status).toBe(code === 'resource_missing' ? 404 : 400)
    expect(body.error.type).toBe('invalid_request_error')
    expect(body.error.code).toBe(code)
    expect(body.error.param).toMatch(param)
    expect(body.error.message).toMatch(message)
  })

  test.each([
    'amount=500&currency=jpy',
    'amount=50000&currency=ugx',
    'amount=1230&currency=kwd',
    'amount=100&currency=isk',
  ])('accept the wire amount of every kind of currency: %s', async (form) => {
    const { status, body } = await openMerchant().post('/v1/payment_intents', form)
    expect([status, body.amount]).toEqual([200, Number(/[0-9]+/.exec(form)?.[0])])
  })

  test('keep at most fifty metadata keys, unset one by an empty value and all by an empty hash', async () => {
    const merchant = openMerchant()
    const many = Array.from({ length: 51 }, (_, i) => `metadata[k${i}]=v`).join('&')
    expect((await merchant.post('/v1/payment_intents', `${base}&${many}`)).body.error.message).toMatch(
      /at most 50/,
    )
    const { body: intent } = await merchant.post('/v1/payment_intents', `${base}&metadata[a]=1&metadata[b]=2`)
    const path = `/v1/payment_intents/${intent.id}`
    expect((await merchant.post(path, 'metadata[a]=&metadata[c]=3')).body.metadata).toEqual({
      b: '2',
      c: '3',
    })
    expect((await merchant.post(path, 'metadata=')).body.metadata).toEqual({})
  })

  test('expand four levels and refuse a fifth or an unknown field', async () => {
    const merchant = openMerchant()
    const { body: intent } = await merchant.post(
      '/v1/payment_intents',
      `${base}&capture_method=automatic&${CONFIRMED}`,
    )
    const path = `/v1/payment_intents/${intent.id}`
    const deep = await merchant.get(
      `${path}?expand[]=latest_charge.balance_transaction.source.payment_intent`,
    )
    expect(deep.body.latest_charge.balance_transaction.source.payment_intent.id).toBe(intent.id)
    const listed = await merchant.get('/v1/payment_intents?expand[0]=data.latest_charge')
    expect(listed.body.data[0].latest_charge.object).toBe('charge')
    expect((await merchant.get(`${path}?expand[]=amount`)).body.error.message).toBe(
      'This property cannot be expanded (amount).',
    )
    const five = 'latest_charge.balance_transaction.source.payment_intent.latest_charge'
    expect((await merchant.get(`${path}?expand[]=${five}`)).status).toBe(400)
  })
})

describe('lists', () => {
  test('page newest first in both directions and filter by time', async () => {
    const merchant = openMerchant()
    const ids: string[] = []
    for (let i = 0; i < 5; i += 1) {
      ids.unshift((await merchant.post('/v1/payment_intents', `amount=${100 + i}&currency=usd`)).body.id)
      await merchant.sandbox.advance(1_000)
    }
    const idsOf = async (query: string) => {
      const { body } = await merchant.get(`/v1/payment_intents?${query}`)
      return { ids: body.data.map((row: { id: string }) => row.id), more: body.has_more }
    }
    expect(await idsOf('limit=2')).toEqual({ ids: ids.slice(0, 2), more: true })
    expect(await idsOf(`limit=3&starting_after=${ids[1]}`)).toEqual({ ids: ids.slice(2), more: false })
    expect(await idsOf(`limit=2&ending_before=${ids[3]}`)).toEqual({ ids: ids.slice(1, 3), more: true })
    const first = Math.floor(Date.UTC(2026, 10, 24) / 1_000)
    expect(await idsOf(`created[gt]=${first}&created[lte]=${first + 2}`)).toEqual({
      ids: ids.slice(2, 4),
      more: false,
    })
    expect((await merchant.get('/v1/payment_intents?limit=101')).body.error.code).toBe(
      'parameter_invalid_integer',
    )
  })
})
