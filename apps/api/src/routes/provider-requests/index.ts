import { createHash } from 'node:crypto'
import { ApiError, type Environment, type Service } from '@onerouter/core'
import { isAllowed, type RawRequest } from '@onerouter/providers'
import type { FastifyInstance } from 'fastify'
import { contextFor } from '../../engine/call-provider.ts'
import type { Credential, Engine } from '../../engine/ports.ts'
import { claimOf } from '../../http/idempotency.ts'
import { serviceParam } from '../../http/ids.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { assertEnvironment, assertService } from '../services/allowed.ts'

const ANSWER_CHARS_MAX = 256 * 1024
const CALL = { verb: 'raw.request', paymentId: null, operationId: null }

/** The way past the unified API, for what it does not cover and what moves no money. */
export function providerRequestRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'requestProvider', (call) => request(engine, call))
}

async function request(engine: Engine, { params, body, principal, request: http }: Call<'requestProvider'>) {
  const service = serviceParam(params.provider)
  assertService(principal, service)
  const raw = engine.provider(service)?.raw
  if (raw === undefined || !isAllowed(raw, body.method, body.path)) throw notOnTheList(service)
  const credential = await credentialFor(engine, principal, service, body.environment)
  const asked: RawRequest = {
    method: body.method,
    path: body.path,
    query: body.query ?? {},
    body: body.body ?? null,
    key: keyFor(principal, credential, claimOf(http).key),
  }
  const startedMs = engine.now()
  const result = await raw.call(contextFor(engine, credential, 'first', CALL), asked)
  http.providerMs += engine.now() - startedMs
  if (!result.ok) {
    const detail = `${service} did not answer (${result.reason}).`
    throw new ApiError('provider_unavailable', detail, { provider: service })
  }
  const { status, text } = result.response
  const truncated = text.length > ANSWER_CHARS_MAX
  return {
    object: 'provider_response' as const,
    provider: service,
    environment: credential.environment,
    status,
    body: truncated ? null : parsed(withoutSecrets(text, credential)),
    truncated,
  }
}

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
