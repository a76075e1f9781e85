import type { CreatedRange, Environment, ListParams, Service } from './shared.ts'

/** `request`: what came to the API; `provider_call`: what went to a provider. */
export type LogKind = 'request' | 'provider_call'

/** One request to the API, or one call to a provider. */
export interface LogEntry {
  /** The `Request-Id` of a request. */
  readonly id: string
  readonly object: 'log_entry'
  readonly kind: LogKind
  readonly environment: Environment
  readonly method: string
  /** Without what could be secret. */
  readonly path: string
  readonly query: string | null
  /** The pattern of the path, of requests. */
  readonly route: string | null
  readonly status: number | null
  /** The error code of a request, what came of a provider call. */
  readonly code: string | null
  readonly durationMs: number
  /** Of it, spent waiting for providers. */
  readonly providerMs: number
  readonly keyId: string | null
  readonly personId: string | null
  readonly provider: string | null
  /** What the provider was asked to do. */
  readonly verb: string | null
  readonly paymentId: string | null
  readonly providerRequestId: string | null
  /** Redacted; of provider calls only. */
  readonly requestBody: string | null
  /** Redacted; of provider calls only. */
  readonly responseBody: string | null
  readonly createdAt: string
}

export interface LogStreamParams {
  /** `request` by default. */
  readonly kind?: LogKind
  readonly environment?: Environment
  readonly id?: string
  readonly keyId?: string
  readonly method?: string
  /** A status or a class of them: `'404'`, `'4xx'`. */
  readonly status?: string
  /** The beginning of the path. */
  readonly path?: string
  readonly code?: string
  /** Of provider calls. */
  readonly paymentId?: string
  readonly provider?: Service
  /**
   * Anywhere in an entry. A page looks through 10,000 requests, or 1,000 provider calls, that match the rest, and may be empty;
   * the next page goes on behind them.
   */
  readonly text?: string
}

export interface LogExportParams extends LogStreamParams {
  readonly created?: CreatedRange
}

export interface LogListParams extends LogExportParams, ListParams {}
