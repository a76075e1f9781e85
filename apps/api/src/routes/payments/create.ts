import type { CreatePaymentBody } from '@onerouter/contract'
import { ApiError, parseCurrency, parseId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { readCustomer } from '../../billing/customers.ts'
import type { CustomerRow } from '../../billing/rows.ts'
import { type CreatePaymentInput, createPayment } from '../../engine/create-payment.ts'
import type { Caller, Claim, Engine, Reply } from '../../engine/ports.ts'
import { requireAmount } from '../../http/amount.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { readReturnUrl } from '../../http/return-url.ts'
import { noMethod, paySaved, paySaving } from '../../saved/pay.ts'
import type { Saved } from '../../saved/ports.ts'
import { readMetadata } from '../metadata.ts'

export function mountCreatePayment(app: FastifyInstance, engine: Engine, saved: Saved): void {
  mount(app, 'createPayment', async ({ body, principal, request, reply }) => {
    const claim = claimOf(request)
    const caller = callerOf(principal)
    const given = body.customer
    const named = given === undefined ? null : await readCustomer(engine.db, caller, given)
    const input = { ...readInput(body, principal), ...(named && { customer: named.customer }) }
    const made = await pay(saved, caller, { body, input, customer: named?.row ?? null }, claim)
    return sendReply(request, reply, claim, made)
  })
}

interface Asked {
  readonly body: CreatePaymentBody
  readonly input: CreatePaymentInput
  readonly customer: CustomerRow | null
}

/** With the payer present, with what they pay with being kept, or with what was kept and without them. */
async function pay(saved: Saved, caller: Caller, asked: Asked, claim: Claim): Promise<Reply> {
  const { body, input, customer } = asked
  const { payment_method: method, off_session: away, save_payment_method: save, environment } = body
  if (method !== undefined) {
    if (away !== true)
      throw invalid('/off_session', 'must be true: a saved method is charged without its payer')
    if (body.method !== undefined) throw invalid('/method', 'a saved method is what it is')
    if (save === true) throw invalid('/save_payment_method', 'it is saved already')
    const methodId = parseId('saved_payment_method', method)
    if (methodId === undefined) throw noMethod('/payment_method')
    const charge = { methodId, customer, input, ...(environment !== undefined && { environment }) }
    return await paySaved(saved, caller, charge, claim)
  }
  if (away === true) throw invalid('/payment_method', 'off_session needs the saved method to charge')
  if (save !== true) return await createPayment(saved.engine, caller, input, claim)
  if (customer === null) throw invalid('/customer', 'must be the id of a customer to save a method for')
  return await paySaving(saved, caller, input, customer, claim)
}

const invalid = (pointer: string, detail: string): ApiError =>
  new ApiError('invalid_request', `${pointer.slice(1)} ${detail}.`, { errors: [{ pointer, detail }] })

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
