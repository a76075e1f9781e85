import { ApiError, type Environment } from '@onerouter/core'
import { REFUSAL_TEXT, type Refusal, vetUrl } from '../../webhooks-out/address-guard.ts'
import { AddressRefused, vettedAddresses } from '../../webhooks-out/connect.ts'
import { DEADLINES } from '../../webhooks-out/send.ts'
import type { WebhooksOut } from '../../webhooks-out/webhooks-out.ts'

/**
 * Refuses addresses that would be refused when sending, while there is somebody to tell. A name that does not
 * resolve yet may be saved: sending resolves it anew, and fails closed.
 * @throws ApiError invalid_request with a pointer to `/url`
 */
export async function checkUrl(out: WebhooksOut, url: string, environment: Environment): Promise<void> {
  const policy = out.policy(environment)
  const vetted = vetUrl(url, policy)
  if (!vetted.ok) throw refused(vetted.refusal)
  const { host, port } = vetted.target
  try {
    await vettedAddresses(host, port, policy, { resolve: out.resolve, dnsMs: DEADLINES.dnsMs })
  } catch (error) {
    if (error instanceof AddressRefused) throw refused(error.refusal)
  }
}

function refused(refusal: Refusal): ApiError {
  const detail = REFUSAL_TEXT[refusal]
  return new ApiError('invalid_request', `The url ${detail}.`, { errors: [{ pointer: '/url', detail }] })
}
