import { Ajv } from 'ajv'
import { isRecord } from '../kernel/http.ts'
import type { Judge } from '../test-witness.ts'
import { hasReference, readReference } from './reference.ts'

/** Test support: judges answers by Twilio's published description, where it is at hand. */

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

const at = (node: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), node)
const spec = readReference('specs/twilio.subset.json')
const definitions = toJsonSchema(at(spec, 'components', 'schemas'))
const MESSAGE = 'api.v2010.account.message'
/** The specification's own formats; the patterns beside them say what matters here. */
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })

/** What the description has against an answer; `undefined` where it has no such answer. */
export function problemsWith(
  method: string,
  path: string,
  status: number,
  body: unknown,
): { readonly template: string; readonly errors: readonly unknown[] } | undefined {
  const template = /\/Messages\/[^/]+\.json$/.test(path) ? '/Messages/{Sid}.json' : '/Messages.json'
  const responses = at(
    spec,
    'paths',
    `/2010-04-01/Accounts/{AccountSid}${template}`,
    method.toLowerCase(),
    'responses',
    String(status),
  )
  if (responses === undefined) return undefined
  const schema = toJsonSchema(at(responses, 'content', 'application/json', 'schema') ?? {})
  const validate = ajv.compile({ definitions, ...(isRecord(schema) ? schema : {}) })
  return { template, errors: validate(body) ? [] : (validate.errors ?? []) }
}

/** The schema requires nothing; a resource that lost a property would still pass it. */
export const properties = (): string[] => {
  const known = at(spec, 'components', 'schemas', MESSAGE, 'properties')
  return Object.keys(isRecord(known) ? known : {}).sort()
}

/** What the description has against an answer about messages. */
export const judgeAnswer: Judge = ({ method, path, status, body }) => {
  if (!hasReference || !/\/Messages(?:\/[^/]+)?\.json$/.test(path)) return undefined
  const found = problemsWith(method, path, status, body)
  return found && { operation: `${method} ${found.template}`, problems: found.errors }
}
