import { ApiError } from '@onerouter/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseJson } from './json.ts'

const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii'])

/**
 * Bodies are JSON. `curl -d '{…}'` without a header claims to send a form; from a caller who proves itself
 * with a key such a body is accepted when it is a JSON object. Browsers' own forms never are: a session's
 * request must say application/json, which no cross-site form can.
 */
export function installBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      checkCharset(request)
      return body.length === 0 ? undefined : parseJson(body)
    },
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length === 0) return undefined
      if (request.principal?.kind !== 'key' || !/^\s*\{/.test(body.subarray(0, 64).toString('latin1'))) {
        throw new ApiError('unsupported_media_type', 'Send the body as application/json.')
      }
      return parseJson(body)
    },
  )
}

function checkCharset(request: FastifyRequest): void {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && !CHARSETS.has(charset.toLowerCase())) {
    throw new ApiError('unsupported_media_type', 'Send the body as UTF-8.')
  }
}
