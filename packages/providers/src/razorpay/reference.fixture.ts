import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { HttpRequest } from '../spec.ts'

const FOLDER = new URL('../../../../../shared/reference/', import.meta.url)

/** Whether the reference data lies beside the project; tests that need it skip visibly where it does not. */
export const referencePresent = existsSync(FOLDER)
if (!referencePresent)
  console.warn('SKIPPED: ../shared/reference is absent (Razorpay texts, schemas, recordings)')

/** A JSON file of the reference; tests know its shape, TypeScript cannot. */
export function readReference<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } }
}
interface Spec {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: object
}

const spec = referencePresent ? readReference<Spec>('specs/razorpay.openapi.json') : undefined

/** What the published schemas have against a request. */
export function problemsOf(request: HttpRequest): readonly unknown[] {
  const [path = '', query] = request.path.split('?')
  const found = Object.entries(spec?.paths ?? {}).find(([template]) =>
    new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
  )
  const operation = found?.[1][request.method.toLowerCase()]
  if (operation === undefined) return ['no such operation']
  const known = operation.parameters?.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const strangers = [...new URLSearchParams(query).keys()].filter((name) => known?.includes(name) !== true)
  const schema = operation.requestBody?.content['application/json'].schema
  const json = request.body !== undefined && 'json' in request.body ? request.body.json : undefined
  if (schema === undefined) return json === undefined ? strangers : [...strangers, 'a body nobody asked for']
  const validate = new Ajv({ strict: false }).compile({ ...schema, components: spec?.components })
  return validate(json) ? strangers : [...strangers, ...(validate.errors ?? [])]
}

interface Recording {
  readonly op: string
  readonly requests: readonly {
    readonly method: string
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly headers_in_order: readonly (readonly [string, string])[]
    readonly body_json?: unknown
  }[]
}

/** What the official SDK sent. */
export const recordings = referencePresent
  ? readReference<{ readonly recordings: readonly Recording[] }>('recorded/razorpay.json').recordings
  : []

/** Method, path with ids cut out, and whether there is a body: what identifies an operation. */
export function shapeOf(method: string, path: string, body: unknown): string {
  const generic = path.split('?')[0]?.replace(/(order|pay|rfnd|plink|plan|sub)_[A-Za-z0-9]+/g, '$1')
  return `${method} ${generic?.replace(/webhooks\/.+/, 'webhooks/id')} ${body === undefined ? 'empty' : 'json'}`
}
