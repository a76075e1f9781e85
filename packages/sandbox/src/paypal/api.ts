import { isRecord, readBody } from '../kernel/http.ts'
import { errorBody, inProgress, malformed, notFound, PaypalRefusal } from './errors.ts'
import { debugId } from './ids.ts'
import { documentedStatus } from './issues.ts'
import { authenticate, issueToken, OauthRefusal } from './oauth.ts'
import type { Route } from './route.ts'
import { findRoute } from './routes.ts'
import { certificateAt } from './signature.ts'
import type { Answer, Call, Paypal } from './state.ts'

/** The edge of the emulated API: from `Request` to operation and back, with what all operations share. */

const MAX_REQUEST_ID = 108

export async function handleApi(paypal: Paypal, request: Request): Promise<Response> {
  const debug = debugId(paypal.world.random)
  const url = new URL(request.url)
  const certificate = request.method === 'GET' ? certificateAt(paypal, url.pathname) : undefined
  if (certificate !== undefined) {
    const headers = { 'content-type': 'application/x-pem-file', 'cache-control': 'public,max-age=86400' }
    return new Response(certificate, { headers })
  }
  const found = findRoute(request.method, url.pathname)
  try {
    if (url.pathname === '/v1/oauth2/token' && request.method === 'POST') {
      return respond(200, issueToken(paypal, request, await bodyText(request)), debug)
    }
    if (found.kind === 'wrong_method') throw new PaypalRefusal(405, [])
    if (found.kind === 'unknown') throw notFound()
    const answer = await perform(paypal, request, url, found.route, found.params)
    return respond(answer.status, answer.body, debug)
  } catch (error) {
    if (error instanceof OauthRefusal) {
      return respond(error.status, { error: error.error, error_description: error.description }, debug)
    }
    const operation = found.kind === 'route' ? found.route.operation : undefined
    if (error instanceof PaypalRefusal) {
      const route = found.kind === 'route' ? found.route : undefined
      const body = route?.errorBody?.(error, debug) ?? errorBody(error, operation, debug, route?.translate)
      return respond(error.status, body, debug)
    }
    throw error
  }
}

function respond(status: number, body: unknown, debug: string): Response {
  const headers = { 'paypal-debug-id': debug, 'cache-control': 'max-age=0, no-cache, no-store' }
  if (body === undefined) return new Response(null, { status, headers })
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/json' },
  })
}

async function bodyText(request: Request): Promise<string> {
  const bytes = await readBody(request)
  if (bytes === undefined) throw new PaypalRefusal(413, [])
  return new TextDecoder().decode(bytes)
}

/**
 * One operation. What a second request arriving meanwhile must see (the claim of its PayPal-Request-Id, the
 * lock of its resource) happens before the body is awaited.
 */
async function perform(
  paypal: Paypal,
  request: Request,
  url: URL,
  route: Route,
  params: readonly string[],
): Promise<Answer> {
  const need = { scope: route.scope, ...(route.basic === true ? { basic: true } : {}) }
  const account = authenticate(paypal, request, need)
  const requestId = readRequestId(request, route)
  const identity = `${account.id}|${route.method} ${route.template}|`
  const claims = [
    ...(requestId === undefined ? [] : [`${identity}id:${requestId}`]),
    ...(route.exclusive === true ? [`${identity}on:${params.join('/')}`] : []),
  ]
  if (claims.some((claim) => paypal.inFlight.has(claim))) throw inProgress()
  for (const claim of claims) paypal.inFlight.add(claim)
  try {
    const rawBody = await bodyText(request)
    const call: Call = {
      paypal,
      account,
      params,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: parseBody(request, rawBody),
      rawBody,
      representation: /(^|[;,\s])return=representation\b/.test(request.headers.get('prefer') ?? ''),
    }
    refuseAsMocked(route, request.headers)
    return requestId === undefined ? route.handle(call) : once(call, route, `${identity}${requestId}`)
  } finally {
    for (const claim of claims) paypal.inFlight.delete(claim)
  }
}

function readRequestId(request: Request, route: Route): string | undefined {
  const id = request.headers.get('paypal-request-id')
  if (id === null || route.repeat === undefined) return undefined
  if (id.length < 1 || id.length > (route.repeat.maxLength ?? MAX_REQUEST_ID)) {
    throw malformed('INVALID_STRING_LENGTH', { field: 'PayPal-Request-Id' })
  }
  return id
}

/**
 * Runs the operation unless its id succeeded before; then answers with what became of that resource. Few
 * operations compare the body, and refused requests are not remembered.
 */
function once(call: Call, route: Route, key: string): Answer {
  const now = call.paypal.world.clock.now()
  const known = call.paypal.requests.get(key)
  const otherBody = route.repeat?.otherBody
  const fingerprint = otherBody === undefined ? undefined : fingerprintOf(call)
  if (known !== undefined && known.expiresAt > now && route.repeat !== undefined) {
    if (otherBody !== undefined && known.fingerprint !== fingerprint) throw otherBody()
    return route.repeat.replay(call, known.resourceId)
  }
  const answer = route.handle(call)
  if (answer.resourceId !== undefined && route.repeat !== undefined) {
    forgetExpired(call.paypal, now)
    const expiresAt = now + route.repeat.retentionMs
    const { resourceId } = answer
    const compared = fingerprint === undefined ? {} : { fingerprint }
    call.paypal.requests.set(key, { resourceId, expiresAt, ...compared })
  }
  return answer
}

const fingerprintOf = (call: Call): string => `${call.path} ${JSON.stringify(call.body ?? {})}`

/** Oldest first; stops at the first that lives, so a request never pays for the whole table. */
function forgetExpired(paypal: Paypal, now: number): void {
  for (const [key, row] of paypal.requests) {
    if (row.expiresAt > now) return
    paypal.requests.delete(key)
  }
}

/** Empty bodies may come under any content type: the official SDK sends empty forms. */
function parseBody(request: Request, rawBody: string): unknown {
  if (rawBody.trim() === '') return undefined
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/(json|json-patch\+json)\b/i.test(type)) throw new PaypalRefusal(415, [])
  try {
    return JSON.parse(rawBody)
  } catch {
    throw malformed('MALFORMED_REQUEST_JSON', { location: 'body' })
  }
}

/** `PayPal-Mock-Response` (negative testing): any issue the operation documents; unknown ones are ignored. */
function refuseAsMocked(route: Route, headers: Headers): void {
  const header = headers.get('paypal-mock-response')
  if (header === null || route.operation === undefined) return
  let mock: unknown
  try {
    mock = JSON.parse(header)
  } catch {
    return
  }
  const code = isRecord(mock) ? mock.mock_application_codes : undefined
  const issue: unknown = Array.isArray(code) ? code[0] : code
  if (typeof issue !== 'string') return
  const status = documentedStatus(route.operation, issue)
  if (status !== undefined) throw new PaypalRefusal(status, [{ issue }])
}
