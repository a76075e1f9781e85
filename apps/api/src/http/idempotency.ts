import { hash } from 'node:crypto'
import { ApiError } from '@onerouter/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Claim, Reply } from '../engine/ports.ts'
import { sendAnswer } from './mount.ts'
import type { Principal } from './principal.ts'

const KEY = /^[\x21-\x7e]{1,255}$/

/**
 * The request's idempotency key and fingerprint. The header may be a bare token or an RFC 8941 string; the body
 * field `idempotency_key` means the same. Without either the request gets a key of its own.
 * @throws ApiError idempotency_key_invalid
 */
export function claimOf(request: FastifyRequest): Claim {
  const body = bodyOf(request)
  const inHeader = headerKey(request.headers['idempotency-key'])
  const inBody = typeof body.idempotency_key === 'string' ? checked(body.idempotency_key) : undefined
  if (inHeader !== undefined && inBody !== undefined && inHeader !== inBody) {
    throw invalid('The Idempotency-Key header and the body field idempotency_key differ.')
  }
  return {
    key: inHeader ?? inBody ?? `auto_${request.id}`,
    fingerprint: fingerprint(request, body),
    requestId: request.id,
  }
}

function headerKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header !== 'string') throw invalid('Send one Idempotency-Key header.')
  const quoted = /^"(.*)"$/.exec(header)?.[1]
  return checked(quoted ?? header)
}

function checked(key: string): string {
  if (!KEY.test(key)) throw invalid('An idempotency key is 1 to 255 visible ASCII characters.')
  return key
}

const invalid = (detail: string) => new ApiError('idempotency_key_invalid', detail)

function bodyOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const { body } = request
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {} // schema-checked JSON
}

/** What makes two requests the same: operation, ids in the path, and the body whatever its order and spacing. */
function fingerprint(request: FastifyRequest, body: Readonly<Record<string, unknown>>): Buffer {
  const { idempotency_key: _key, ...content } = body
  const parts = [
    request.routeOptions.config.operation ?? '',
    canonical(request.params ?? {}),
    canonical(request.query ?? {}),
    canonical(content),
  ]
  return hash('sha256', parts.join('\n'), 'buffer')
}

/** JSON with sorted members; amounts arrive as their source text and are compared as such. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const object = value as Readonly<Record<string, unknown>> // JSON has no other objects
  let members = ''
  for (const name of Object.keys(object).sort()) {
    const member = object[name]
    if (member === undefined) continue
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonical(member)}`
  }
  return `{${members}}`
}

export const callerOf = (principal: Principal): Caller => ({
  accountId: principal.accountId,
  keyId: principal.keyId,
  environment: principal.environment,
  services: principal.services,
})

/** Sends a use case's reply with the headers that tell a replay from the first answer. */
export function sendReply(
  request: FastifyRequest,
  reply: FastifyReply,
  claim: Claim,
  made: Reply,
): FastifyReply {
  request.providerMs += made.providerMs
  if (!claim.key.startsWith('auto_')) reply.header('idempotency-key', claim.key)
  if (made.replayed) {
    reply.header('idempotent-replayed', 'true')
    if (made.originalRequestId !== null) reply.header('original-request-id', made.originalRequestId)
  }
  if (made.status >= 400) reply.header('onerouter-should-retry', made.status === 503 ? 'true' : 'false')
  return sendAnswer(reply, made)
}
