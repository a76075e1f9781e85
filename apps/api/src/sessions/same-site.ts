import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '@onerouter/core'

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a request of this method changes nothing (RFC 9110, section 9.2.1). */
export const isSafe = (method: string): boolean => SAFE_METHODS.has(method)

/** The origins whose pages may write. A page on `localhost` is the same page on `127.0.0.1`. */
export function ownOrigins(frontendUrl: string, publicUrl: string): ReadonlySet<string> {
  return new Set([frontendUrl, publicUrl].flatMap((url) => withLoopbackNames(new URL(url))))
}

function withLoopbackNames(url: URL): string[] {
  const loopback = ['localhost', '127.0.0.1', '[::1]']
  if (!loopback.includes(url.hostname)) return [url.origin]
  return loopback.map((host) => `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}`)
}

/**
 * Refuses a write that another site's page may have caused. Browsers say where a write comes from, by `Origin` and
 * by `Sec-Fetch-Site`; both must speak for our own pages.
 * @param strict whether silence counts as foreign: it does wherever a cookie could act
 * @throws ApiError csrf_failed
 */
export function assertOwnPage(
  headers: IncomingHttpHeaders,
  origins: ReadonlySet<string>,
  strict: boolean,
): void {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  const silent = origin === undefined && site === undefined
  if (silent && !strict) return
  const foreignOrigin = origin === undefined || !origins.has(origin)
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'same-site'
  if (!foreignOrigin && !foreignSite) return
  throw new ApiError('csrf_failed', 'Writes are accepted from pages of the dashboard only (Origin).')
}
