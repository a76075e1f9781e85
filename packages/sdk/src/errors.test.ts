import { expect, test } from 'vitest'
import * as errors from './errors.ts'
import {
  CLASS_OF_CODE,
  errorClassOf,
  OneRouterError,
  PaymentDeclinedError,
  RateLimitError,
} from './errors.ts'
import { problem, scripted } from './testing/scripted.ts'

test('a refusal becomes the class of its code, with everything the document says', async () => {
  const document = {
    retryable: false,
    provider: 'stripe',
    provider_code: 'card_declined',
    decline_reason: 'insufficient_funds',
    errors: [{ pointer: '/amount', detail: 'too much' }],
    payment: { id: 'pay_1', amount_minor: 5, metadata: { order_id: '1' } },
  }
  const { client } = scripted([problem(402, 'payment_declined', document)])
  const error = await client.payments.create({ amount: 1, currency: 'USD' }).catch((e: unknown) => e)
  expect(PaymentDeclinedError.isInstance(error)).toBe(true)
  expect(error).toBeInstanceOf(PaymentDeclinedError)
  expect(error).toMatchObject({
    name: 'PaymentDeclinedError',
    message: 'It is payment_declined.',
    detail: 'It is payment_declined.',
    status: 402,
    code: 'payment_declined',
    requestId: 'req_1',
    retryable: false,
    provider: 'stripe',
    providerCode: 'card_declined',
    declineReason: 'insufficient_funds',
    errors: [{ pointer: '/amount', detail: 'too much' }],
    payment: { id: 'pay_1', amountMinor: 5, metadata: { order_id: '1' } },
  })
})

test('isInstance knows an error of another copy of the package, and nothing else', async () => {
  const query = '?another-copy'
  const copy: typeof errors = await import(/* @vite-ignore */ `./errors.ts${query}`)
  const foreign = new copy.RateLimitError({ code: 'rate_limit_exceeded', message: 'slow down' })
  expect(foreign instanceof RateLimitError).toBe(false)
  expect(RateLimitError.isInstance(foreign)).toBe(true)
  expect(OneRouterError.isInstance(foreign)).toBe(true)
  expect(PaymentDeclinedError.isInstance(foreign)).toBe(false)
  for (const other of [null, undefined, 'RateLimitError', new Error('no'), { name: 'RateLimitError' }]) {
    expect(OneRouterError.isInstance(other)).toBe(false)
  }
})

test('a code nobody has heard of goes by its status, also when it is a word of the language', () => {
  expect(errorClassOf('subscription_paused', 409)).toBe(errors.ConflictError)
  expect(errorClassOf('constructor', 404)).toBe(errors.NotFoundError)
  expect(errorClassOf('teapot', 418)).toBe(errors.ValidationError)
  expect(errorClassOf('meltdown', 599)).toBe(errors.ServerError)
  expect(errorClassOf('moved', 301)).toBe(OneRouterError)
})

test('every class of the table carries its own name', () => {
  for (const ErrorClass of Object.values(CLASS_OF_CODE)) {
    const error = new ErrorClass({ code: 'x', message: 'm' })
    expect(errors).toHaveProperty(error.name, ErrorClass)
  }
})

test('retryable is what the document says, else what the status lets hope', async () => {
  const refused = async (answer: Response) => {
    const { client } = scripted([answer], { maxRetries: 0 })
    const error = await client.payments.get('pay_1').catch((caught: unknown) => caught)
    return OneRouterError.isInstance(error) && error.retryable
  }
  expect(await refused(problem(502, 'provider_rejected', { retryable: false }))).toBe(false)
  expect(await refused(problem(409, 'conflict', { retryable: true }))).toBe(true)
  expect(await refused(new Response('', { status: 429 }))).toBe(true)
  expect(await refused(new Response('', { status: 404 }))).toBe(false)
})
