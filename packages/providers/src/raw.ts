import type { HttpRequest, HttpResult, ProviderContext } from './spec.ts'

/** A call of the caller's own to the provider's API, vetted before it gets here. */
export interface RawRequest {
  readonly method: HttpRequest['method']
  /** Path alone; it has matched one of `allowed`. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>> | null
  /** The provider's own idempotency key, sent with everything but reads. */
  readonly key: string
}

export interface AllowedCall {
  readonly method: HttpRequest['method']
  readonly path: RegExp
}

/**
 * What may be asked of the provider directly: reads, and writes that move no money and that the provider itself
 * repeats safely under a key. Whatever charges, captures, refunds, pays out or subscribes goes through the engine.
 */
export interface RawCalls<C> {
  readonly allowed: readonly AllowedCall[]
  call(ctx: ProviderContext<C>, request: RawRequest): Promise<HttpResult>
}

const PATH = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,127}){1,12}$/

/** Whether a path is one: no host, no query, no escapes, no way up; then whether it is on the list. */
export function isAllowed(raw: Pick<RawCalls<object>, 'allowed'>, method: string, path: string): boolean {
  return PATH.test(path) && raw.allowed.some((one) => one.method === method && one.path.test(path))
}

/** Reads of the named collections and of everything below them. */
export const reads = (prefix: string, names: string): readonly AllowedCall[] =>
  names.split(' ').map((name) => ({
    method: 'GET',
    path: new RegExp(`^${prefix}/${name}(?:/[A-Za-z0-9._~-]+){0,4}$`),
  }))

export function withQuery({ path, query }: Pick<RawRequest, 'path' | 'query'>): string {
  const search = new URLSearchParams(query).toString()
  return search === '' ? path : `${path}?${search}`
}
