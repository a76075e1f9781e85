import { expand, readParams, type Shape, type Values } from './params.ts'
import type { FormMap } from './parse.ts'
import type { Context } from './state.ts'

export type Answer = Record<string, unknown>
export type Method = 'GET' | 'POST' | 'DELETE'
/** Checks done before anything happens have passed once this exists; calling it does the work. */
export type Work = () => Answer

export interface Route {
  readonly method: Method
  /** `:id` stands for one path segment. */
  readonly path: string
  prepare(
    context: Context,
    id: string,
    form: FormMap,
    version: string,
  ): { work: Work; expand: readonly string[] }
}

/**
 * One operation: `run` reads the parameters' values and does the work. Parameters are validated before the
 * work begins, because only work that has begun is remembered under an idempotency key.
 */
export function route<S extends Shape>(
  method: Method,
  path: string,
  shape: S,
  run: (context: Context, values: Values<S>, id: string) => Answer,
): Route {
  return {
    method,
    path,
    prepare(context, id, form, version) {
      const paths = form.get('expand')
      const rest = withoutRetiredNames(form, version)
      rest.delete('expand')
      const values = readParams(rest, shape)
      const expanded = paths === undefined ? [] : expand.read(paths, 'expand')
      return { work: () => run(context, values, id), expand: expanded }
    },
  }
}

/** `payment_method_types` left the parameters with 2026-09-30.endive; older pinned versions still send it. */
function withoutRetiredNames(form: FormMap, version: string): FormMap {
  const rest = new Map(form)
  if (version < '2026-09-30') rest.delete('payment_method_types')
  return rest
}

export interface Match {
  readonly route: Route
  readonly id: string
}

export function matchRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  const parts = path.split('/')
  for (const candidate of routes) {
    if (candidate.method !== method) continue
    const wanted = candidate.path.split('/')
    if (wanted.length !== parts.length) continue
    if (wanted.every((part, place) => part === parts[place] || isId(part, parts[place]))) {
      return { route: candidate, id: parts[wanted.indexOf(':id')] ?? '' }
    }
  }
  return undefined
}

function isId(pattern: string, part: string | undefined): boolean {
  return pattern === ':id' && part !== undefined && part !== ''
}
