import type { ProviderName } from './types.ts'

/** One request a provider's API received, for tests and people who wonder what was sent. */
export interface SeenRequest {
  readonly at: number
  readonly method: string
  /** Path with query. */
  readonly path: string
  /** Lower-case names, without the credentials. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Null while it runs and when the connection was cut. */
  readonly status: number | null
}

const KEPT_PER_PROVIDER = 500
const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization'])

export interface RequestLog {
  /** Notes a request; the returned function adds the status of its answer. */
  note(provider: ProviderName, request: Request, body: string, at: number): (status: number) => void
  /** Newest first. */
  recent(provider: ProviderName, limit: number): readonly SeenRequest[]
}

export function createRequestLog(): RequestLog {
  const seen = new Map<ProviderName, SeenRequest[]>()
  return {
    note(provider, request, body, at) {
      const list = seen.get(provider) ?? []
      seen.set(provider, list)
      const url = new URL(request.url)
      const entry: { -readonly [K in keyof SeenRequest]: SeenRequest[K] } = {
        at,
        method: request.method,
        path: url.pathname + url.search,
        headers: Object.fromEntries([...request.headers].filter(([name]) => !SECRET_HEADERS.has(name))),
        body,
        status: null,
      }
      list.push(entry)
      if (list.length > KEPT_PER_PROVIDER) list.shift()
      return (status) => {
        entry.status = status
      }
    },
    recent: (provider, limit) => (seen.get(provider) ?? []).slice(-limit).reverse(),
  }
}
