import type { RouteSpec } from '@onerouter/contract'

/**
 * An address of the route, of an object that nobody has. A stream that opens never ends: where it may be opened, a filter
 * that nobody knows is refused instead.
 */
export function urlOf({ path, answer }: RouteSpec): string {
  const url = path.replaceAll('{service}', 'paypal').replaceAll(/\{\w+\}/g, 'key_0')
  return 'media' in answer && answer.media === 'text/event-stream' ? `${url}?nonsense=1` : url
}
