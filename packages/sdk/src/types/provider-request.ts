import type { Environment, ProviderOwned, Service } from './shared.ts'

export interface ProviderRequestParams {
  readonly method: 'GET' | 'POST'
  /** Path of the provider's API, such as `/v1/balance`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: ProviderOwned
  readonly environment?: Environment
}

export interface ProviderResponse {
  readonly object: 'provider_response'
  readonly provider: Service
  readonly environment: Environment
  /** The provider's HTTP status; `null`: nobody saw its answer, and it may have acted. */
  readonly status: number | null
  /** The provider's own spelling. */
  readonly body: unknown
  /** The answer was longer than 256 KiB and is left out. */
  readonly truncated: boolean
}
