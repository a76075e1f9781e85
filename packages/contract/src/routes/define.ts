import type { ErrorCode } from '@onerouter/core'
import type { Role } from '../roles.ts'
import type { Static, TSchema } from '../schema.ts'
import type { Scope } from '../scopes.ts'

export type StreamedMedia = 'text/event-stream' | 'text/csv' | 'application/x-ndjson'

/** One operation of the API. Servers mount it, documents and SDK types are drawn from it. */
export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** OpenAPI notation: `/v1/payments/{id}`. */
  readonly path: string
  /** Further paths with the same parameters that answer the same. */
  readonly aliases?: readonly string[]
  readonly tag: string
  readonly summary: string
  /** The scope a key needs, `public` for what everybody may ask, or `session` for people only: no key reaches it. */
  readonly scope: Scope | 'public' | 'session'
  /** Of a `session` route: whose roles may use it; every member's when left out. */
  readonly roles?: readonly Role[]
  /** Of a `session` route: also for whoever must set up a second factor before anything else. */
  readonly beforeSecondFactor?: true
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  /** A body may be left out altogether. */
  readonly bodyOptional?: true
  readonly answer: {
    readonly status: number
    readonly schema: TSchema
    /** An answer that is read while it arrives; the schema is that of each event, line, or of the whole text. */
    readonly media?: StreamedMedia
  }
  /** Codes beyond those that every authenticated route may answer. */
  readonly errors: readonly ErrorCode[]
}

export const defineRoutes = <const R extends Readonly<Record<string, RouteSpec>>>(routes: R): R => routes

type Part<R, K extends string> = R extends { readonly [key in K]: infer S extends TSchema }
  ? Static<S>
  : undefined
export type ParamsOf<R> = Part<R, 'params'>
export type QueryOf<R> = Part<R, 'query'>
export type BodyOf<R> = R extends { readonly bodyOptional: true }
  ? Part<R, 'body'> | undefined
  : Part<R, 'body'>
export type AnswerOf<R> = R extends { readonly answer: { readonly schema: infer S extends TSchema } }
  ? Static<S>
  : never
