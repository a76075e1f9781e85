import { AuthenticationError, ValidationError } from './errors.ts'
import { SYSTEM, type System } from './system.ts'

export interface ClientOptions {
  /** `unf_test_…` or `unf_live_…`; by default the environment variable `ONEROUTER_API_KEY`. */
  readonly apiKey?: string | undefined
  /** Origin of your OneRouter; by default `ONEROUTER_BASE_URL`, else `http://localhost:8000`. */
  readonly baseUrl?: string | undefined
  /** For each try, until the whole answer is there; 30 000 by default. */
  readonly timeoutMs?: number | undefined
  /** Tries after the first; 2 by default. */
  readonly maxRetries?: number | undefined
  /** Replaces the runtime's own, for proxies and tests. */
  readonly fetch?: typeof fetch | undefined
}

/** What one call may have of its own. */
export interface CallOptions {
  /** One per thing to be done; made for you where you give none, and the same in all tries of this call. */
  readonly idempotencyKey?: string | undefined
  readonly timeoutMs?: number | undefined
  readonly maxRetries?: number | undefined
  /** Ends the call, its waits and its retries; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Further headers; `null` removes one that would be sent. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined
}

export interface Settings {
  readonly apiKey: string
  /** Without trailing slash. */
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly maxRetries: number
  readonly system: System
}

const DEFAULT_BASE_URL = 'http://localhost:8000'
const DEFAULT_TIMEOUT_MS = 30_000
const LONGEST_TIMEOUT_MS = 2_147_483_647
const DEFAULT_RETRIES = 2
const MOST_RETRIES = 20

/**
 * Fills in what was left out. Of the key it is only asked that there is one, so that a client can be made from any
 * placeholder; what it looks like is checked before it is sent anywhere. Messages never contain it.
 */
export function settingsFrom(options: ClientOptions, system: System = SYSTEM): Settings {
  return {
    apiKey: givenKey(options.apiKey ?? system.env('ONEROUTER_API_KEY')),
    baseUrl: checkedBase(options.baseUrl ?? system.env('ONEROUTER_BASE_URL') ?? DEFAULT_BASE_URL),
    timeoutMs: checkedTimeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    maxRetries: checkedRetries(options.maxRetries ?? DEFAULT_RETRIES),
    system: options.fetch === undefined ? system : { ...system, fetch: options.fetch },
  }
}

function givenKey(key: string | undefined): string {
  if (key === undefined || key === '') {
    throw new AuthenticationError({
      code: 'api_key_missing',
      message: 'Give an apiKey to the client, or set the environment variable ONEROUTER_API_KEY.',
    })
  }
  return key
}

/** The key as it may be sent. @throws AuthenticationError `api_key_malformed` */
export function checkedKey(key: string): string {
  if (/^unf_(test|live)_[0-9A-Za-z]{1,200}$/.test(key)) return key
  throw new AuthenticationError({
    code: 'api_key_malformed',
    message: 'The API key must look like unf_test_… or unf_live_…, without spaces or quotes.',
  })
}

function checkedBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw invalid('baseUrl must be an http or https address without query, such as https://pay.example.com.')
  }
  if (url.username !== '' || url.password !== '') throw invalid('baseUrl must not contain a password.')
  return url.href.replace(/\/+$/, '')
}

export function checkedTimeout(ms: number): number {
  if (ms > 0 && ms <= LONGEST_TIMEOUT_MS) return ms
  throw invalid('timeoutMs must be a positive number of milliseconds.')
}

export function checkedRetries(count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= MOST_RETRIES) return count
  throw invalid(`maxRetries must be an integer from 0 to ${MOST_RETRIES}.`)
}

function invalid(message: string): ValidationError {
  return new ValidationError({ code: 'invalid_argument', message })
}
