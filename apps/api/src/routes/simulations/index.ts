import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { accessFor } from '../../engine/call-provider.ts'
import { ownPayment } from '../../engine/complete-payment.ts'
import type { Engine } from '../../engine/ports.ts'
import { presentPayment } from '../../engine/present.ts'
import { syncPayment } from '../../engine/sync-payment.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam } from '../../http/ids.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'

/** The sandbox's control port, as far as simulations need it. */
export type SandboxControl = (
  method: 'POST' | 'DELETE',
  path: string,
  body: unknown,
) => Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>

/** Drives the other side of a sandbox payment without a browser. Test environment and sandbox only. */
export function simulationRoutes(app: FastifyInstance, engine: Engine, sandbox: SandboxControl | null): void {
  const control = (principal: Principal): SandboxControl => {
    if (sandbox === null || principal.environment !== 'test') {
      throw new ApiError('environment_not_allowed', 'Simulations need a test key and the provider sandbox.')
    }
    return sandbox
  }

  mount(app, 'simulatePayment', async ({ params, principal }) => {
    const drive = control(principal)
    const payment = await ownPayment(engine, callerOf(principal), idParam('payment', params.id))
    const access = await accessFor(engine, payment)
    if (access === null || !access.credential.sandbox || payment.provider_order_id === null) {
      throw new ApiError('environment_not_allowed', 'This payment does not run on the provider sandbox.')
    }
    const order = encodeURIComponent(payment.provider_order_id)
    const path = `/simulations/${payment.provider}/${order}/${encodeURIComponent(params.action)}`
    const answer = await drive('POST', path, { credential: publicCredential(access.credential.credentials) })
    if (answer.status >= 400) throw refused(answer)
    const synced = await syncPayment(engine, payment, 'payer')
    return { status: synced.payment.status, payment: presentPayment(synced.payment) }
  })

  mount(app, 'advanceSandboxClock', async ({ body, principal }) => {
    const answer = await control(principal)('POST', '/clock/advance', { seconds: body.seconds })
    if (answer.status >= 400) throw refused(answer)
    const { now } = answer.body
    return { now: typeof now === 'string' ? now : null }
  })

  mount(app, 'createSandboxFault', async ({ body, principal }) => {
    const { idempotency_key: _key, ...plan } = body
    const answer = await control(principal)('POST', '/faults', plan)
    if (answer.status >= 400) throw refused(answer)
    return answer.body
  })

  mount(app, 'deleteSandboxFaults', async ({ principal }) => {
    const answer = await control(principal)('DELETE', '/faults', undefined)
    if (answer.status >= 400) throw refused(answer)
    return answer.body
  })
}

/** Which sandbox account a payment belongs to is told by the half of its credentials that is no secret. */
function publicCredential(credentials: object): string | undefined {
  for (const name of ['publishable_key', 'publishableKey', 'key_id', 'keyId', 'client_id', 'clientId']) {
    const value = (credentials as Record<string, unknown>)[name] // adapters' own shapes differ
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

function refused(answer: {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}): ApiError {
  const { error } = answer.body
  const detail = typeof error === 'string' ? error : 'The sandbox refused the simulation.'
  return new ApiError(answer.status === 404 ? 'not_found' : 'invalid_state', detail)
}
