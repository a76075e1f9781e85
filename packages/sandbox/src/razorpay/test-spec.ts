import { Ajv, type ValidateFunction } from 'ajv'
import { isRecord } from '../kernel/http.ts'
import type { Judge } from '../test-witness.ts'
import { hasReference, readReference } from './reference.ts'

/** Test support: judges answers by the description of Razorpay's API, where it is at hand. */

/** OpenAPI 3.0 says `nullable`, JSON Schema says `null`; references move from components to definitions. */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema)
  if (!isRecord(node)) return node
  const { nullable, $ref, ...rest } = node
  const plain: unknown =
    typeof $ref === 'string'
      ? { $ref: $ref.replace('#/components/schemas/', '#/definitions/') }
      : Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, toJsonSchema(value)]))
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain
}

const spec = readReference('specs/razorpay.openapi.json')
const at = (node: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), node)

const ajv = new Ajv({ strict: false, allErrors: true })
const definitions = toJsonSchema(at(spec, 'components', 'schemas'))
const compiled = new Map<string, ValidateFunction>()

export function validator(name: string): ValidateFunction {
  const known = compiled.get(name) ?? ajv.compile({ definitions, $ref: `#/definitions/${name}` })
  compiled.set(name, known)
  return known
}

/** The schema of an answer; `undefined` where the description has none for it. */
export function schemaName(method: string, path: string, status: number): string | undefined {
  const paths = at(spec, 'paths')
  const template = Object.keys(isRecord(paths) ? paths : {}).find((candidate) =>
    new RegExp(`^${candidate.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )
  const schema = at(
    paths,
    template ?? path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
    '$ref',
  )
  return typeof schema === 'string' ? schema.replace('#/components/schemas/', '') : undefined
}

/** What the description has against an answer. */
export const judgeAnswer: Judge = ({ method, path, status, body }) => {
  const name = hasReference ? schemaName(method, path, status) : undefined
  if (name === undefined) return undefined
  const validate = validator(name)
  const operation = `${method} ${path.replaceAll(/\w+_\w{14}(?=\/|$)/g, '{id}')}`
  return { operation, problems: validate(body) ? [] : (validate.errors ?? []) }
}
