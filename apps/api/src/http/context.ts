import type { RouteSpec } from '@onerouter/contract'
import type { BegunSpan } from '../observe/spans.ts'
import type { OpenSession } from '../sessions/sessions.ts'
import type { Principal } from './principal.ts'
import type { Schemas } from './schemas.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly compileSchemas: Schemas['compileAll']
  }
  interface FastifyRequest {
    /** Set on every route that is not public, before the body is read. */
    principal: Principal | null
    /** Set on every route that is for people only, before the body is read. */
    openSession: OpenSession | null
    /** Time spent waiting for providers, in milliseconds; taken out of `OneRouter-Overhead-Ms`. */
    providerMs: number
    /** The code of the problem document that was answered, for the log. */
    errorCode: string | null
    /** Where traces are kept. */
    span: BegunSpan | null
  }
  interface FastifyContextConfig {
    /** The scope a caller needs. Every `/v1` and `/api` route declares it, or that it is public. */
    scope?: RouteSpec['scope']
    bodyOptional?: boolean
    /** Routes of one operation, so that the pages and documents can find each other. */
    operation?: string
  }
}
