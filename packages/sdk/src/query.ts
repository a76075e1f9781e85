import { snake } from './case.ts'

/** Query parameters by their TypeScript names; `created: { gte }` becomes `created[gte]`. */
export function queryString(params: object | undefined): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value === undefined || value === null) continue
    if (typeof value !== 'object' || value instanceof Date) query.append(snake(name), text(value))
    else {
      for (const [bound, limit] of Object.entries(value)) {
        if (limit !== undefined) query.append(`${snake(name)}[${bound}]`, text(limit))
      }
    }
  }
  const encoded = query.toString()
  return encoded === '' ? '' : `?${encoded}`
}

function text(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}
