import type { World } from '../kernel/types.ts'
import { authenticateCaller, checkConnectedAccount, versionOf } from './auth.ts'
import { internalFailure, StripeError, unknownUrl } from './errors.ts'
import { expandAnswer } from './expand.ts'
import { claim, type InProgress, remember, remembered } from './idempotency.ts'
import { canonical, type FormMap, parseForm } from './parse.ts'
import { type Match, matchRoute, type Route } from './router.ts'
import { type Context, randomText, type Store } from './state.ts'
import { API_VERSION } from './wire.ts'

const MAX_BODY = 1_000_000

interface Result {
  readonly status: number
  readonly body: string
  readonly replayed?: boolean
}

/** The HTTP API: `/v1/…`, answers as Stripe prints them. */
export function createApi(world: World, store: Store, routes: readonly Route[]) {
  const running: InProgress = new Set()
  return async (request: Request): Promise<Response> => {
    const requestId = `req_${randomText(world, 14)}`
    const key = request.method === 'POST' ? request.headers.get('idempotency-key') : null
    try {
      const result = await answer({ world, store, routes, running, request, requestId, key })
      return respond(request, requestId, key, result)
    } catch (error) {
      return respond(request, requestId, key, failure(error, request, requestId))
    }
  }
}

interface Exchange {
  readonly world: World
  readonly store: Store
  readonly routes: readonly Route[]
  readonly running: InProgress
  readonly request: Request
  readonly requestId: string
  readonly key: string | null
}

async function answer(exchange: Exchange): Promise<Result> {
  const { world, store, request, requestId, key } = exchange
  const caller = authenticateCaller(world, request.headers)
  checkConnectedAccount(world, store, caller, request.headers)
  const version = versionOf(request.headers)
  const url = new URL(request.url)
  const path = url.pathname.replace(/\/{2,}/g, '/')
  const match = matchRoute(exchange.routes, request.method, path)
  if (match === undefined) throw unknownUrl(request.method, path)
  const context: Context = {
    world,
    store,
    accountId: caller.account.id,
    livemode: caller.livemode,
    cause: { id: requestId, idempotencyKey: key },
  }
  const release = key === null ? undefined : claim(context, exchange.running, key)
  try {
    const form = parseForm(request.method === 'POST' ? await bodyOf(request) : url.search.slice(1))
    if (key === null) return perform(context, match, form, version, requestId)
    return once(context, { key, endpoint: path, requestId, version }, match, form)
  } finally {
    release?.()
  }
}

/** Replays the remembered answer, or works and remembers. */
function once(
  context: Context,
  by: { key: string; endpoint: string; requestId: string; version: string },
  match: Match,
  form: FormMap,
): Result {
  const fingerprint = canonical(form)
  const known = remembered(context, by.key, by.endpoint, fingerprint)
  if (known !== undefined) return { status: known.status, body: known.body, replayed: true }
  const result = perform(context, match, form, by.version, by.requestId)
  remember(context, by.key, { endpoint: by.endpoint, fingerprint, status: result.status, body: result.body })
  return result
}

/**
 * Validates, works and prints. What fails before the work began is thrown, so that nobody remembers it; what
 * fails during the work is an answer like any other.
 */
function perform(context: Context, match: Match, form: FormMap, version: string, requestId: string): Result {
  const { work, expand } = match.route.prepare(context, match.id, form, version)
  try {
    const body = work()
    expandAnswer(context, body, expand)
    return { status: 200, body: print(body) }
  } catch (error) {
    const known = error instanceof StripeError ? error : internalFailure()
    if (!known.executed) throw known
    return { status: known.status, body: print(envelope(known, context.livemode, requestId)) }
  }
}

async function bodyOf(request: Request): Promise<string> {
  const text = await request.text()
  if (text.length <= MAX_BODY) return text
  throw new StripeError(
    413,
    { type: 'invalid_request_error', message: 'The request body is too large.' },
    false,
  )
}

function failure(error: unknown, request: Request, requestId: string): Result {
  const known = error instanceof StripeError ? error : internalFailure()
  const live = (request.headers.get('authorization') ?? '').includes('_live_')
  return { status: known.status, body: print(envelope(known, live, requestId)) }
}

function envelope(error: StripeError, livemode: boolean, requestId: string): object {
  const logs = `https://dashboard.stripe.com/${livemode ? '' : 'test/'}logs/${requestId}?t=0`
  return { error: { ...error.body, request_log_url: logs } }
}

function print(body: object): string {
  return `${JSON.stringify(body, null, 2)}\n`
}

function respond(request: Request, requestId: string, key: string | null, result: Result): Response {
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-cache, no-store',
    'request-id': requestId,
  })
  const version = request.headers.get('stripe-version')
  headers.set('stripe-version', version ?? API_VERSION)
  if (key !== null) headers.set('idempotency-key', key)
  if (result.replayed === true) headers.set('idempotent-replayed', 'true')
  if (result.status === 401) headers.set('www-authenticate', 'Basic realm="Stripe"')
  return new Response(result.body, { status: result.status, headers })
}
