/**
 * What the Python SDK's methods are called: as those of the TypeScript SDK, in snake_case. The names are read off its
 * table of calls by recording which members each call touches, so nobody writes them down a second time.
 */
import { ALL_ROUTES, type RouteSpec } from '../../packages/contract/src/index.ts'
import type { OneRouter } from '../../packages/sdk/src/client.ts'
import { CALLS, STREAMS } from '../../packages/sdk/src/testing/calls.ts'

export interface Method {
  readonly operationId: string
  readonly route: RouteSpec
  /** `payments`, `webhooks.endpoints`: members of the client that lead to the method. */
  readonly resource: string
  readonly name: string
  /** Arguments that are plain text: first those of the path, then required fields of the body. */
  readonly texts: number
}

/** Further names from the original SDK, by resource and method. */
export const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'payments.get': ['retrieve'],
  'refunds.retrieve': ['get'],
  'subscriptions.get': ['retrieve'],
  'payment_links.get': ['retrieve'],
  'sms.get': ['get_status'],
  'saved_payment_methods.get': ['retrieve'],
}

export function methods(): readonly Method[] {
  return Object.entries({ ...CALLS, ...STREAMS }).map(([operationId, perform]) => {
    const route = ALL_ROUTES.get(operationId)
    if (route === undefined) throw new Error(`no route is called ${operationId}`)
    const { path, args } = record(perform as (client: OneRouter) => unknown) // each takes a client
    const name = path.at(-1)
    if (name === undefined) throw new Error(`${operationId} calls no method`)
    return {
      operationId,
      route,
      resource: path.slice(0, -1).map(snake).join('.'),
      name: snake(name),
      texts: args.filter((arg) => typeof arg === 'string').length,
    }
  })
}

interface Recorded {
  readonly path: readonly string[]
  readonly args: readonly unknown[]
}

function record(perform: (client: OneRouter) => unknown): Recorded {
  let seen: Recorded | undefined
  const at = (path: readonly string[]): unknown =>
    new Proxy(() => undefined, {
      get: (_, name) => at([...path, String(name)]),
      apply: (_, __, args) => {
        seen ??= { path, args }
        return undefined
      },
    })
  perform(at([]) as OneRouter) // stands in for every member
  if (seen === undefined) throw new Error('nothing was called')
  return seen
}

export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `payment_links` → `PaymentLinks`. */
export function pascal(name: string): string {
  return name.replace(/(?:^|[_.-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
