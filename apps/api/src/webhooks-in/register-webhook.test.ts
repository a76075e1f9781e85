import { ok } from '@onerouter/core'
import { type Provider, type ProviderContext, providerNamed } from '@onerouter/providers'
import { expect, test } from 'vitest'
import type { RegistrationRow } from '../store/webhook-registrations.ts'
import { registerWebhook } from './register-webhook.ts'
import { troubleWith } from './trouble.ts'

const url = 'https://pay.example/webhooks/razorpay/token'
const given = { url, earlier: null, sandbox: false, tries: 0 }
const ctx = {} as ProviderContext<object> // what is tried here never looks into it

function razorpay(register?: Provider['webhooks']['register']): Provider {
  const provider = providerNamed('razorpay')
  if (provider === undefined) throw new Error('no Razorpay')
  const { register: _own, ...webhooks } = provider.webhooks
  return { ...provider, webhooks: register === undefined ? webhooks : { ...webhooks, register } }
}

const row = (more: Partial<RegistrationRow>): RegistrationRow => ({
  account_id: '019acd00-0000-7000-8000-000000000001',
  environment: 'live',
  service: 'razorpay',
  state: 'registered',
  url,
  ref: null,
  reason: null,
  tries: 0,
  due_at: new Date(0),
  refused: 0,
  refused_since: null,
  refused_reason: null,
  ...more,
})

test('an account that may not use the API is told what to paste where', async () => {
  const provider = razorpay(async () => ({
    kind: 'rejected',
    reason: 'account_problem',
    providerCode: '403',
    message: 'Razorpay does not let this account manage webhooks through its API.',
  }))
  const found = await registerWebhook(provider, ctx, given)
  expect(found).toMatchObject({ state: 'refused', url, credentials: {} })
  const { problem, instructions } = troubleWith(provider, row({ state: found.state, reason: found.reason }))
  expect(problem).toContain('does not let this account manage webhooks')
  expect(instructions).toContain('Paste the address')
})

test('without an https address no real provider is asked, and the status says why', async () => {
  const provider = razorpay(() => Promise.reject(new Error('asked')))
  const found = await registerWebhook(provider, ctx, {
    ...given,
    url: 'http://localhost:8000/webhooks/razorpay/t',
  })
  expect(found).toMatchObject({ state: 'by_hand', ref: null })
  expect(troubleWith(provider, row({ state: found.state, reason: found.reason })).problem).toContain(
    'PUBLIC_URL is not https',
  )
})

test('a provider without such an API is no trouble by itself', async () => {
  const provider = razorpay()
  expect(await registerWebhook(provider, ctx, given)).toMatchObject({ state: 'by_hand', reason: null })
  expect(troubleWith(provider, row({ state: 'by_hand' })).problem).toBeNull()
})

test('an outage is tried again soon, then ever later; the id of before is handed on', async () => {
  const asked: unknown[] = []
  const away = razorpay(async (_ctx, to, earlier) => {
    asked.push([to, earlier])
    return { kind: 'unknown', reason: 'timeout' }
  })
  const waits = []
  for (let tries = 0; tries < 6; tries++) {
    waits.push((await registerWebhook(away, ctx, { ...given, earlier: 'w1', tries })).dueMs)
  }
  expect(waits).toEqual([...waits].sort((a, b) => a - b))
  expect(waits[0]).toBe(60_000)
  expect(asked[0]).toEqual([url, 'w1'])
  const back = razorpay(async () => ok({ ref: 'w1', credentials: {} }))
  expect(await registerWebhook(back, ctx, { ...given, tries: 5 })).toMatchObject({
    state: 'registered',
    tries: 0,
  })
})

test('each provider is given the time its documentation names', () => {
  const since = new Date('2026-11-24T12:00:00Z')
  const at = { refused: 3, refused_since: since, refused_reason: 'bad_signature' }
  const until = (name: 'stripe' | 'paypal' | 'razorpay' | 'twilio') => {
    const provider = providerNamed(name)
    return provider === undefined ? undefined : troubleWith(provider, row(at)).givesUpAt?.toISOString()
  }
  expect(until('razorpay')).toBe('2026-11-25T12:00:00.000Z')
  expect(until('stripe')).toBe('2026-11-27T12:00:00.000Z')
  expect(until('paypal')).toBe('2026-11-27T12:00:00.000Z')
  expect(until('twilio')).toBeUndefined()
})
