import { readFile } from 'node:fs/promises'
import { currency, money } from '@onerouter/core'
import { expect, test } from 'vitest'
import { METHODS } from './methods.ts'
import { payments } from './payments.ts'

test('the methods are those the official SDK of our version allows in a Checkout Session, no more and no fewer', async () => {
  const sdk = new URL('./resources/Checkout/Sessions.d.ts', import.meta.resolve('stripe'))
  const union = /type AllowedPaymentMethodType = ([^;]+);/.exec(await readFile(sdk, 'utf8'))?.[1] ?? ''
  const allowed = [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name)
  expect(allowed.length).toBeGreaterThan(40)
  expect(METHODS.map(({ name }) => name).toSorted()).toEqual(allowed.toSorted())
})

const asked = (method: string, code: string) =>
  payments.accepts({
    amount: money(50_000n, currency(code)),
    method,
    capture: 'automatic',
    reference: 'or_1',
    returnUrl: 'https://shop.example/back',
  } as Parameters<typeof payments.accepts>[0]) // what a method is judged by

test('a currency is refused only where Stripe documents that it takes no other', () => {
  for (const { name, currencies, closed } of METHODS) {
    const code = currencies?.includes('GBP') ? 'JPY' : 'GBP'
    expect(asked(name, code)?.code, name).toBe(closed ? 'unsupported_method' : undefined)
  }
  expect(METHODS.filter(({ closed }) => closed).map(({ name }) => name)).toEqual([
    'bancontact',
    'us_bank_account',
    'multibanco',
  ])
})
