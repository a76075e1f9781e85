import { createHash } from 'node:crypto'
import type { ProviderResponse } from '@onerouter/contract'
import { ApiError, type Environment, type Service } from '@onerouter/core'
import { isAllowed, type RawCalls, type RawRequest } from '@onerouter/providers'
import type { FastifyInstance } from 'fastify'
import { contextFor } from '../../engine/call-provider.ts'
import type { Credential, Engine, Reply } from '../../engine/ports.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { serviceParam } from '../../http/ids.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { assertEnvironment, assertService } from '../services/allowed.ts'
import { type Made, once, replayOf } from './once.ts'

const ANSWER_CHARS_MAX = 256 * 1024
const CALL = { verb: 'raw.request', paymentId: null, operationId: null }

/** The way past the unified API, for what it does not cover and what moves no money. */
export function providerRequestRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'requestProvider', (call) => request(engine, call))
}

async function request(engine: Engine, call: Call<'requestProvider'>) {
  const { params, body, principal, request: http } = call
  const service = serviceParam(params.provider)
  assertService(principal, service)
  const claim = claimOf(http)
  const caller = callerOf(principal)
  const environment = body.environment ?? principal.environment
  const unknown = JSON.stringify(
    answerFor({ service, environment }, { status: null, body: null, truncated: false }),
  )
  const keyed = { caller, claim, unknown }
  const ready = await prepare(engine, call, service, claim.key).catch(async (error: unknown) => {
    // What was asked under this key stays its answer, whatever has been disconnected since.
    const earlier = isOwn(claim.key) && error instanceof ApiError ? await replayOf(engine, keyed) : null
    if (earlier === null) throw error
    return earlier
  })
  if ('replayed' in ready) return sendReply(http, call.reply, claim, ready)
  // Nobody can ask again under a key that was made for this request alone.
  const made = isOwn(claim.key)
    ? await once(engine, { ...keyed, make: () => pass(engine, ready) })
    : replyTo(await pass(engine, ready))
  return sendReply(http, call.reply, claim, made)
}

/** A key that the caller chose. */
const isOwn = (key: string): boolean => !key.startsWith('auto_')

function replyTo(made: Made): Reply {
  if (made.kind === 'not_done') throw made.error
  return { ...made, replayed: false, originalRequestId: null }
}

interface Ready {
  readonly service: Service
  readonly credential: Credential
  readonly raw: RawCalls<object>
  readonly asked: RawRequest
}

async function prepare(
  engine: Engine,
  { body, principal }: Call<'requestProvider'>,
  service: Service,
  key: string,
): Promise<Ready> {
  const raw = engine.provider(service)?.raw
  if (raw === undefined || !isAllowed(raw, body.method, body.path)) throw notOnTheList(service)
  const credential = await credentialFor(engine, principal, service, body.environment)
  const asked: RawRequest = {
    method: body.method,
    path: body.path,
    query: body.query ?? {},
    body: body.body ?? null,
    key: keyFor(principal, credential, key),
  }
  return { service, credential, raw, asked }
}

/** One call. A write whose answer was lost may have been made: that is what is answered, and it is not made again. */
async function pass(engine: Engine, { service, credential, raw, asked }: Ready): Promise<Made> {
  const startedMs = engine.now()
  const result = await raw.call(contextFor(engine, credential, 'first', CALL), asked)
  const providerMs = engine.now() - startedMs
  const place = { service, environment: credential.environment }
  if (!result.ok && (asked.method === 'GET' || !result.sent)) {
    const detail = `${service} did not answer (${result.reason}), and nothing was changed there.`
    return { kind: 'not_done', error: new ApiError('provider_unavailable', detail, { provider: service }) }
  }
  const text = result.ok ? result.response.text : ''
  const truncated = text.length > ANSWER_CHARS_MAX
  const answer = answerFor(place, {
    status: result.ok ? result.response.status : null,
    body: result.ok && !truncated ? parsed(withoutSecrets(text, credential)) : null,
    truncated,
  })
  return { kind: 'answered', status: result.ok ? 200 : 202, body: JSON.stringify(answer), providerMs }
}

const answerFor = (
  { service, environment }: { readonly service: Service; readonly environment: Environment },
  answer: Pick<ProviderResponse, 'status' | 'body' | 'truncated'>,
): ProviderResponse => ({ object: 'provider_response', provider: service, environment, ...answer })

function notOnTheList(service: Service): ApiError {
  const detail = 'is not a call that may be passed on'
  return new ApiError(
    'capability_unsupported',
    `/path ${detail} to ${service}: only reads, and writes that move no money. Money goes through /v1.`,
    { provider: service, errors: [{ pointer: '/path', detail }] },
  )
}

async function credentialFor(
  engine: Engine,
  principal: Principal,
  service: Service,
  wanted: Environment | undefined,
): Promise<Credential> {
  if (wanted !== undefined) assertEnvironment(principal, wanted)
  const connected = await engine.credentials.connected(principal.accountId)
  const active = connected.find((one) => one.service === service)?.activeEnvironment ?? 'live'
  const environment = principal.environment === 'test' ? 'test' : (wanted ?? active)
  const credential = await engine.credentials.current(principal.accountId, environment, service)
  if (credential !== null) return credential
  throw new ApiError('provider_not_configured', `No ${environment} credentials are stored for ${service}.`)
}

/** One key per account, environment and request of ours: two accounts that share a merchant never share a key. */
function keyFor({ accountId }: Principal, { environment }: Credential, key: string): string {
  return `raw_${createHash('sha256').update([accountId, environment, key].join('\n')).digest('hex').slice(0, 32)}`
}

/** A provider that repeats what it was sent must not tell it to whoever may call it. */
function withoutSecrets(text: string, { credentials }: Credential): string {
  return Object.values(credentials)
    .filter((value): value is string => typeof value === 'string' && value.length >= 16)
    .reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
