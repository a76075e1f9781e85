import { ApiError } from '@onerouter/core'
import { accessFor } from '../../engine/call-provider.ts'
import type { Engine } from '../../engine/ports.ts'
import type { Principal } from '../../http/principal.ts'
import type { PaymentRow } from '../../store/rows.ts'

/** The sandbox's control port, as far as simulations need it. */
export type SandboxControl = (
  method: 'POST' | 'DELETE',
  path: string,
  body: unknown,
) => Promise<SandboxAnswer>

export interface SandboxAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** @throws ApiError environment_not_allowed without a sandbox, or for live keys */
export function sandboxFor(sandbox: SandboxControl | null, principal: Principal): SandboxControl {
  if (sandbox === null || principal.environment !== 'test') {
    throw new ApiError('environment_not_allowed', 'Simulations need a test key and the provider sandbox.')
  }
  return sandbox
}

/** Does what the payer of a payment would do at the provider. @throws ApiError */
export async function driveOnSandbox(
  engine: Engine,
  drive: SandboxControl,
  payment: PaymentRow,
  action: string,
): Promise<void> {
  const access = await accessFor(engine, payment)
  if (access === null || !access.credential.sandbox || payment.provider_order_id === null) {
    throw new ApiError('environment_not_allowed', 'This payment does not run on the provider sandbox.')
  }
  const order = encodeURIComponent(payment.provider_order_id)
  const path = `/simulations/${payment.provider}/${order}/${encodeURIComponent(action)}`
  const answer = await drive('POST', path, { credential: publicCredential(access.credential.credentials) })
  if (answer.status >= 400) throw refusedBySandbox(answer)
}

export function refusedBySandbox(answer: SandboxAnswer): ApiError {
  const { error } = answer.body
  const detail = typeof error === 'string' ? error : 'The sandbox refused the simulation.'
  return new ApiError(answer.status === 404 ? 'not_found' : 'invalid_state', detail)
}

/** Which sandbox account a payment or message belongs to is told by the half of its credentials that is no secret. */
export function publicCredential(credentials: object): string | undefined {
  const names = [
    'publishable_key',
    'publishableKey',
    'key_id',
    'keyId',
    'client_id',
    'clientId',
    'account_sid',
  ]
  for (const name of names) {
    const value = (credentials as Record<string, unknown>)[name] // adapters' own shapes differ
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}
