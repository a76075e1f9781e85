import { existsSync, readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

const REFERENCE = new URL('../../../../../shared/reference/', import.meta.url)
export const present = existsSync(REFERENCE)
export const load = (name: string) => JSON.parse(readFileSync(new URL(name, REFERENCE), 'utf8'))

export interface SentRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly form: string
}

const template = (path: string) => path.replace(/\/(cs|pi|re|we|sub|in|pm)_[A-Za-z0-9_]+/, '/{id}')
export const operation = ({ method, path }: Pick<SentRequest, 'method' | 'path'>) =>
  `${method} ${template(path)}`

/** What the specification has against a request; `null` = nothing. */
export function problemsOf(
  spec: ReturnType<typeof load>,
  sent: SentRequest,
): 'not described' | null | ValidateFunction['errors'] {
  const described = spec.paths[template(sent.path)]?.[sent.method.toLowerCase()]
  if (described === undefined) return 'not described'
  const schema =
    sent.method === 'POST'
      ? described.requestBody.content['application/x-www-form-urlencoded'].schema
      : querySchema(described.parameters)
  const validate = compile(spec, schema)
  return validate(nested(sent.method === 'POST' ? sent.form : sent.query)) ? null : validate.errors
}

/** `a[b][0]=x` as the object the specification describes. */
function nested(form: string): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [name, text] of new URLSearchParams(form)) {
    const steps = name.split(/[[\]]+/).filter((step) => step !== '')
    let node = root
    for (const step of steps.slice(0, -1)) {
      node[step] ??= {}
      node = node[step] as Record<string, unknown> // created as such the line above
    }
    node[steps.at(-1) ?? ''] = text
  }
  return arrays(root) as Record<string, unknown> // the root has names, never indexes
}

function arrays(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, arrays(item)] as const)
  const indexed = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))
  return indexed ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

function querySchema(parameters: { name: string; in: string; schema: object }[]): object {
  const query = parameters.filter((parameter) => parameter.in === 'query')
  return { type: 'object', properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])) }
}

function compile(spec: { components: object }, schema: object): ValidateFunction {
  const ajv = new Ajv({ strict: false, coerceTypes: true, allErrors: true, validateFormats: false })
  return ajv.compile(closed({ ...schema, components: spec.components }) as object) // objects stay objects
}

/** Stripe refuses unknown parameters; the specification leaves that unsaid. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, item]) => [key, closed(item)]))
  const shaped =
    copy.type === 'object' && typeof copy.properties === 'object' && !('additionalProperties' in copy)
  return shaped ? { ...copy, additionalProperties: false } : copy
}
