import type { Detail, JsonObject, PaypalRefusal } from './errors.ts'
import type { IssueOperation } from './issues.ts'
import type { Scope } from './oauth.ts'
import type { Answer, Call } from './state.ts'

/** How long a PayPal-Request-Id is remembered, and what a repeated one is answered with. */
export interface Repeat {
  readonly retentionMs: number
  readonly replay: (call: Call, id: string) => Answer
  /** 108 characters unless the operation's reference says less. */
  readonly maxLength?: number
  /** The refusal of an API that compares bodies; the others answer whatever came first. */
  readonly otherBody?: () => PaypalRefusal
}

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
  readonly repeat?: Repeat
  /** Where an API words its issues in its own way. */
  readonly translate?: (detail: Detail) => Detail
  /** Where an API has another envelope for its errors. */
  readonly errorBody?: (refusal: PaypalRefusal, debugId: string) => JsonObject
  /** Two requests on one resource at once: the second is refused with 409. */
  readonly exclusive?: true
}
