import type { CreatePaymentBody } from '@onerouter/contract'
import { ApiError, parseCurrency } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { readCustomer } from '../../billing/customers.ts'
import { type CreatePaymentInput, createPayment } from '../../engine/create-payment.ts'
import type { Engine } from '../../engine/ports.ts'
import { requireAmount } from '../../http/amount.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { readReturnUrl } from '../../http/return-url.ts'
import { readMetadata } from '../metadata.ts'

export function mountCreatePayment(app: FastifyInstance, engine: Engine): void {
  mount(app, 'createPayment', async ({ body, principal, request, reply }) => {
    const claim = claimOf(request)
    const caller = callerOf(principal)
    const given = body.customer
    const named = given === undefined ? undefined : await readCustomer(engine.db, caller, given)
    const input = { ...readInput(body, principal), ...(named && { customer: named.customer }) }
    const made = await createPayment(engine, caller, input, claim)
    return sendReply(request, reply, claim, made)
  })
}

function readInput(body: CreatePaymentBody, principal: Principal): CreatePaymentInput {
  const currency = parseCurrency(body.currency)
  if (currency === undefined) {
    throw new ApiError('unsupported_currency', `${body.currency} is no ISO 4217 currency.`, {
      errors: [{ pointer: '/currency', detail: 'an ISO 4217 code such as USD' }],
    })
  }
  if (body.environment === 'live' && principal.environment === 'test') {
    throw new ApiError('environment_not_allowed', 'A test key only ever uses the test environment.', {
      errors: [{ pointer: '/environment', detail: 'must be test, or be left out' }],
    })
  }
  const environment = body.environment === 'test' ? 'test' : principal.environment
  const returnUrl = readReturnUrl('return_url', body.return_url, environment)
  const cancelUrl = readReturnUrl('cancel_url', body.cancel_url, environment)
  return {
    amount: requireAmount(body, currency),
    capture: body.capture ?? 'automatic',
    metadata: readMetadata(body),
    ...(body.environment === 'test' && { environment: body.environment }),
    ...(body.provider !== undefined && { provider: body.provider }),
    ...(body.method !== undefined && { method: body.method }),
    ...(body.receipt !== undefined && { receipt: body.receipt }),
    ...(body.description !== undefined && { description: body.description }),
    ...(returnUrl !== undefined && { returnUrl }),
    ...(cancelUrl !== undefined && { cancelUrl }),
  }
}
