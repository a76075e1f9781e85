/** Which fields of requests take any text, by the contract, and which of them a request has filled. */
import { ROUTES, type RouteSpec } from '@onerouter/contract'

/** The parts of JSON Schema that say what a text is. */
interface Shape {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly format?: string
  readonly anyOf?: readonly Shape[]
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: boolean | Shape
}

const SPECS: readonly (readonly [name: string, route: RouteSpec])[] = Object.entries(ROUTES)

/** `createPayment.metadata.*`: every field of every body whose schema asks for no more than a text. */
export const textFields = (): readonly string[] =>
  // Schemas are plain JSON Schema.
  SPECS.flatMap(([name, { body }]) => (body === undefined ? [] : [...new Set(textsOf(body as Shape, name))]))

function textsOf(shape: Shape, at: string): readonly string[] {
  if (shape.anyOf !== undefined) return shape.anyOf.flatMap((one) => textsOf(one, at))
  const { properties = {}, items, additionalProperties: rest } = shape
  return [
    ...(isFree(shape) ? [at] : []),
    ...Object.entries(properties).flatMap(([name, one]) => textsOf(one, `${at}.${name}`)),
    ...(items === undefined ? [] : textsOf(items, `${at}.*`)),
    ...(typeof rest === 'object' ? textsOf(rest, `${at}.*`) : []),
  ]
}

const isFree = ({ type = [], pattern, format, enum: words, const: word }: Shape): boolean =>
  [type].flat().includes('string') && [pattern, format, words, word].every((one) => one === undefined)

/** The fields of this request whose value has `mark` in it, named as `textFields` does. */
export function filledFields(method: string, path: string, body: object, mark: string): readonly string[] {
  const found = SPECS.find(([, route]) => route.method === method && patternOf(route).test(path))
  if (found === undefined) throw new Error(`The contract has no ${method} ${path}.`)
  const free = new Set(textFields())
  return marked(body, found[0], mark).filter((field) => free.has(field))
}

const patternOf = ({ path }: RouteSpec): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)

/** Names of one's own, as in metadata and lists, are `*`. */
function marked(value: unknown, at: string, mark: string): readonly string[] {
  if (typeof value === 'string') return value.includes(mark) ? [at] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) => [
    ...marked(one, `${at}.${name}`, mark),
    ...marked(one, `${at}.*`, mark),
  ])
}
