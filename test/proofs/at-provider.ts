/** What somebody does in the provider's own dashboard: OneRouter hears of it by webhook, or not at all. */
import { currency, money } from '@onerouter/core'
import { expect } from 'vitest'
import { contextFor } from '../../apps/api/src/engine/call-provider.ts'
import type { Merchant, PaymentService, Stack } from './stack.ts'

export interface RefundThere {
  readonly paymentRef: string
  readonly minor: bigint
  readonly currency: string
}

/** Gives a part of one of the provider's payments back, under a reference that is none of ours. */
export async function refundThere(
  stack: Stack,
  merchant: Merchant,
  provider: PaymentService,
  { paymentRef, minor, currency: code }: RefundThere,
): Promise<void> {
  const credential = await stack.engine.credentials.current(merchant.accountId, 'test', provider)
  const verbs = stack.engine.provider(provider)?.refunds
  if (credential === null || verbs === undefined) return expect.fail('not connected')
  const call = { verb: 'test', paymentId: null, operationId: null }
  const ctx = contextFor(stack.engine, credential, 'first', call)
  const amount = money(minor, currency(code))
  const handle = { reference: '', amount, capture: 'automatic', refs: {} } as const
  const reference = `by-hand-${minor}`
  const made = await verbs.create(
    ctx,
    { ...handle, orderRef: paymentRef, paymentRef },
    { reference, amount, speed: 'normal' },
    reference,
  )
  expect(made.kind).toBe('ok')
}
