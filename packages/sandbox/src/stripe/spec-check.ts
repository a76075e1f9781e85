import { existsSync, readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { expect } from 'vitest'
import type { Judge } from '../test-witness.ts'

/** The machine-readable specification is kept beside the project, not in it. */
export const REFERENCE = new URL('../../../../../shared/reference/', import.meta.url)
const SPEC = new URL('specs/stripe.subset.json', REFERENCE)
export const specPresent = existsSync(SPEC)
if (!specPresent) console.warn('SKIPPED: ../shared/reference is absent, answers are not checked against it')

interface Operation {
  readonly responses: Record<string, { content?: { 'application/json'?: { schema: object } } }>
}
interface Spec {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, object> }
}

let spec: Spec | undefined
let ajv: Ajv | undefined
const compiled = new Map<string, ValidateFunction>()

function load(): { spec: Spec; ajv: Ajv } {
  if (spec === undefined || ajv === undefined) {
    spec = JSON.parse(readFileSync(SPEC, 'utf8')) as Spec // the file's own shape, read by path below
    ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
    const components = asJsonSchema(spec.components)
    ajv.addSchema({ $id: 'stripe', components })
  }
  return { spec, ajv }
}

function pathOf(paths: Spec['paths'], path: string): string | undefined {
  const parts = path.split('/')
  return Object.keys(paths)
    .sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')))
    .find((candidate) => {
      const wanted = candidate.split('/')
      return (
        wanted.length === parts.length && wanted.every((part, i) => part.startsWith('{') || part === parts[i])
      )
    })
}

/** Checks one answer against its operation's schema; counts what was checked. */
export const checked = new Map<string, number>()
export function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  const judged = judgeAnswer({ method, path, status, body })
  if (judged === undefined) return
  const name = `${judged.operation} ${status}`
  expect({ name, problems: judged.problems }).toEqual({ name, problems: [] })
  checked.set(name, (checked.get(name) ?? 0) + 1)
}

/** What the specification has against an answer. */
export const judgeAnswer: Judge = ({ method, path, status, body }) => {
  if (!specPresent) return undefined
  const { spec } = load()
  const template = pathOf(spec.paths, path.split('?', 1)[0] ?? '')
  const described = template === undefined ? undefined : spec.paths[template]?.[method.toLowerCase()]
  const answer = described?.responses[String(status)] ?? described?.responses.default
  const schema = answer?.content?.['application/json']?.schema
  if (schema === undefined) return undefined
  const operation = `${method} ${template}`
  return { operation, problems: problemsOf(`${operation} ${status}`, schema, body) }
}

/** Checks a value against a named schema of the specification. */
export function checkSchema(name: string, value: unknown): void {
  if (specPresent) assertValid(name, { $ref: `#/components/schemas/${name}` }, value)
}

function assertValid(name: string, schema: object, value: unknown): void {
  expect({ name, problems: problemsOf(name, schema, value) }).toEqual({ name, problems: [] })
}

function problemsOf(name: string, schema: object, value: unknown): readonly string[] {
  const validate = compiled.get(name) ?? load().ajv.compile(rooted(schema))
  compiled.set(name, validate)
  if (validate(value)) return []
  return (validate.errors ?? []).slice(0, 5).map((error) => `${error.instancePath} ${error.message}`)
}

function rooted(schema: object): object {
  return JSON.parse(JSON.stringify(asJsonSchema(schema)).replaceAll('"#/components/', '"stripe#/components/'))
}

/** OpenAPI 3.0 says `nullable: true` where JSON Schema lists null among the types. */
function asJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asJsonSchema)
  if (typeof node !== 'object' || node === null) return node
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(node).map(([name, child]) => [name, asJsonSchema(child)]),
  )
  return nullable === true ? { anyOf: [{ type: 'null' }, rest] } : rest
}
