import { ApiError, type Service } from '@onerouter/core'
import type { Deps } from '../../deps.ts'

const TIMEOUT_MS = 5_000

/** Asks the sandbox for a fresh merchant account. @throws ApiError provider_unavailable */
export async function newSandboxAccount(deps: Deps, service: Service): Promise<Record<string, unknown>> {
  const { sandboxUrl } = deps.config
  if (sandboxUrl === null)
    throw new ApiError('provider_unavailable', 'There is no sandbox on this installation.')
  const http = deps.transport(sandboxUrl)
  const result = await http({
    method: 'POST',
    path: '/accounts',
    body: { json: { provider: service } },
    timeoutMs: TIMEOUT_MS,
  })
  const credentials = result.ok && result.response.status < 300 ? readCredentials(result.response.text) : null
  if (credentials === null) {
    throw new ApiError('provider_unavailable', `The sandbox gave no ${service} account.`, {
      provider: service,
    })
  }
  return credentials
}

function readCredentials(text: string): Record<string, unknown> | null {
  try {
    const answer: unknown = JSON.parse(text)
    const credentials =
      typeof answer === 'object' && answer !== null && 'credentials' in answer ? answer.credentials : null
    return typeof credentials === 'object' && credentials !== null ? { ...credentials } : null
  } catch {
    return null
  }
}
