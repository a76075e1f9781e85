import type { Detail } from './errors.ts'
import type { IssueOperation } from './issues.ts'
import type { Scope } from './oauth.ts'
import type { Answer, Call } from './state.ts'

/** One operation of the API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** `{}` stands for one path segment. */
  readonly template: string
  readonly scope: Scope
  readonly handle: (call: Call) => Answer
  /** Names the operation in the issue table; webhook management has none. */
  readonly operation?: IssueOperation
  /** Basic client authentication is taken as well as a bearer token. */
  readonly basic?: true
  /** How long a PayPal-Request-Id is remembered, and what a repeated one is answered with. */
  readonly repeat?: { readonly retentionMs: number; readonly replay: (call: Call, id: string) => Answer }
  /** Where an API words its issues in its own way. */
  readonly translate?: (detail: Detail) => Detail
  /** Two requests on one resource at once: the second is refused with 409. */
  readonly exclusive?: true
}
