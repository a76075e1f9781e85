import { SERVICES } from '@onerouter/core'
import { expect, test } from 'vitest'
import { capabilitiesOf } from './capability.ts'
import { providerNamed, providers } from './registry.ts'

test('every provider is found under its own name, once', () => {
  for (const provider of providers) expect(providerNamed(provider.name)).toBe(provider)
  expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length)
  expect(SERVICES.map((name) => providerNamed(name)?.name)).toEqual([...SERVICES])
})

test('who takes payments can read them, refund them and verify what it is told', () => {
  for (const provider of providers.filter(({ payments }) => payments !== undefined)) {
    expect(capabilitiesOf(provider)).toMatchObject({ payments: true, refunds: true })
    expect(provider.webhooks.instructions).not.toBe('')
  }
})

test('who sends messages verifies what becomes of them', () => {
  for (const provider of providers) {
    expect(capabilitiesOf(provider).messages).toBe(provider.messages !== undefined)
    if (provider.messages !== undefined) expect(provider.messages.lookupLagMs).toBeGreaterThan(0)
  }
  expect(capabilitiesOf(providers.find(({ name }) => name === 'twilio') ?? expect.fail())).toMatchObject({
    payments: false,
    refunds: false,
    messages: true,
  })
})

test('a create that cannot be replayed can be looked up', () => {
  for (const { payments } of providers) {
    if (payments === undefined) continue
    expect(payments.replayWindowMs.create > 0 || payments.find !== undefined).toBe(true)
  }
})

test('who bills subscriptions can find a lost one, and resume what it can pause', () => {
  for (const { subscriptions } of providers) {
    if (subscriptions === undefined) continue
    expect(subscriptions.replayWindowMs.create > 0 || subscriptions.find !== undefined).toBe(true)
    expect(subscriptions.pause === undefined).toBe(subscriptions.resume === undefined)
  }
  const billing = providers.filter((provider) => provider.subscriptions !== undefined)
  expect(billing.map(({ name }) => name).sort()).toEqual(['paypal', 'razorpay', 'stripe'])
})

test('a capability is there exactly when its member is', () => {
  for (const provider of providers) {
    const { payments } = provider
    expect(capabilitiesOf(provider)).toMatchObject({
      capture: payments?.capture !== undefined,
      cancel: payments?.cancel !== undefined,
      confirm: payments?.confirm !== undefined,
      hosted_checkout: payments?.hosted !== undefined,
      find_by_reference: payments?.find !== undefined,
    })
  }
  const bare = { webhooks: { verify: () => Promise.reject(), parse: () => null, instructions: '' } }
  expect(capabilitiesOf(bare)).toMatchObject({
    payments: false,
    refunds: false,
    capture: false,
    cancel: false,
  })
})
