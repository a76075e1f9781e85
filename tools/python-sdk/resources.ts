/** Python classes for the API's resources, once for threads and once for `asyncio`. */

import type { StreamedMedia } from '../../packages/contract/src/index.ts'
import { ALIASES, type Method, methods, pascal } from './methods.ts'
import { createModels, type Models, nameOf, type Schema } from './models.ts'

/** Parameters that Python, or the original SDK, calls otherwise. */
const PARAMETER: Readonly<Record<string, string>> = { from: 'from_number', service: 'service_name' }

/** The original SDK's default, which its documentation relies on. */
const DEFAULTS: Readonly<Record<string, string>> = { 'createPayment.currency': '"INR"' }

export interface PythonSdk {
  readonly models: string
  readonly resources: string
  readonly asyncResources: string
}

export function renderPythonSdk(): PythonSdk {
  const models = createModels()
  const all = methods()
  const resources = renderResources(all, models, SYNC)
  const asyncResources = renderResources(all, models, ASYNC)
  return { models: models.render(), resources, asyncResources }
}

const STANDARD = `from datetime import datetime
from decimal import Decimal
from typing import Any, AsyncIterator, Awaitable, Iterator, Mapping, Optional, Sequence, Union
`
const OWN = 'from .._omit import OMIT, Omit'
const LAST = `from .._request import Operation, path_of
from .._settings import CallOptions
from . import models

Amount = Union[str, int, float, Decimal]
Instant = Union[str, int, datetime]
Headers = Mapping[str, Optional[str]]
`

interface Flavour {
  readonly prefix: string
  readonly call: string
  readonly one: (cls: string) => string
  readonly many: (cls: string) => string
  /** Of an answer that is read while it arrives. */
  readonly stream: (cls: string) => string
  readonly head: string
}

const SYNC: Flavour = {
  prefix: '',
  call: 'Call',
  one: (cls) => `models.${cls}`,
  many: (cls) => `Page[models.${cls}]`,
  stream: (cls) => `Iterator[${cls}]`,
  head: `"""The API's resources, answered at once. Made by \`\`npm run gen\`\`."""

${STANDARD}
from .._call import Call
${OWN}
from .._pages import Page
${LAST}`,
}

const ASYNC: Flavour = {
  prefix: 'Async',
  call: 'AsyncCall',
  one: (cls) => `Awaitable[models.${cls}]`,
  many: (cls) => `AsyncList[models.${cls}]`,
  stream: (cls) => `AsyncIterator[${cls}]`,
  head: `"""The API's resources for \`\`asyncio\`\`. Made by \`\`npm run gen\`\`."""

${STANDARD}
from .._call import AsyncCall
${OWN}
from .._pages import AsyncList
${LAST}`,
}

function renderResources(all: readonly Method[], models: Models, flavour: Flavour): string {
  const byResource = Map.groupBy(all, ({ resource }) => resource)
  const names = [...byResource.keys()]
  const classes = names.map((name) => resourceClass(name, byResource.get(name) ?? [], names, models, flavour))
  const top = names.filter((name) => !name.includes('.'))
  const inner = names.filter((name) => name.includes('.')).map((name) => name.slice(0, name.indexOf('.')))
  const root = [...new Set([...top, ...inner])]
  // A resource that only holds others has no methods of its own.
  const holders = root.filter((name) => !names.includes(name))
  const holderClasses = holders.map((name) => resourceClass(name, [], names, models, flavour))
  // Deeper ones first: their classes are named by those that hold them.
  const ordered = [...classes, ...holderClasses].sort((a, b) => depth(b) - depth(a))
  const members = root.map((name) => `        self.${name} = ${flavour.prefix}${pascal(name)}(call)`)
  const client = `class ${flavour.prefix}Resources:
    def __init__(self, call: ${flavour.call}) -> None:
${members.join('\n')}
`
  return `${flavour.head}\n\n${[...ordered.map(({ text }) => text), client].join('\n\n')}`
}

interface ResourceClass {
  readonly name: string
  readonly text: string
}

const depth = ({ name }: ResourceClass) => name.split('.').length

function resourceClass(
  name: string,
  own: readonly Method[],
  names: readonly string[],
  models: Models,
  flavour: Flavour,
): ResourceClass {
  const inner = names.filter((one) => one.startsWith(`${name}.`))
  const members = inner.map(
    (one) => `        self.${one.slice(name.length + 1)} = ${flavour.prefix}${pascal(one)}(call)`,
  )
  const body = own.map((method) => renderMethod(method, models, flavour))
  const text = `class ${flavour.prefix}${pascal(name)}:
    def __init__(self, call: ${flavour.call}) -> None:
        self._call = call
${members.map((line) => `${line}\n`).join('')}${body.map((one) => `\n${one}`).join('')}`
  return { name, text }
}

interface Parameter {
  readonly wire: string
  readonly python: string
  readonly type: string
  readonly required: boolean
  readonly place: 'path' | 'query' | 'body'
  readonly fallback: string
  readonly description: string | null
}

function renderMethod(method: Method, models: Models, flavour: Flavour): string {
  const { route, name } = method
  const parameters = parametersOf(method)
  const positional = positionalOf(parameters, method.texts)
  const named = parameters
    .filter((one) => !positional.includes(one))
    .sort((a, b) => Number(b.required) - Number(a.required))
  const { cls, many } = answerOf(method, models)
  const signature = [
    'self',
    ...positional.map((one) => `${one.python}: ${one.type}`),
    '*',
    ...named.map((one) => parameterText(one)),
    ...(route.method === 'POST' ? ['idempotency_key: Union[str, Omit] = OMIT'] : []),
    'timeout: Union[float, Omit] = OMIT',
    'max_retries: Union[int, Omit] = OMIT',
    'extra_headers: Union[Headers, Omit] = OMIT',
  ]
  const options = `CallOptions(${route.method === 'POST' ? 'idempotency_key' : 'OMIT'}, timeout, max_retries, extra_headers)`
  const aliases = ALIASES[`${method.resource}.${name}`] ?? []
  const { result, call } = performed(route.answer.media, { cls, many }, flavour)
  return `    def ${name}(
${signature.map((part) => `        ${part},`).join('\n')}
    ) -> ${result}:
${docOf(method, parameters)}
        operation = Operation(
            "${route.method}",
            ${pathOf(route.path, parameters)},
            query=${dictOf(parameters, 'query')},
            body=${route.body === undefined ? 'None' : dictOf(parameters, 'body')},
        )
        return self._call.${call}, ${options})
${aliases.map((alias) => `\n    ${alias} = ${name}\n`).join('')}`
}

const STREAMED = { 'text/event-stream': 'events', 'application/x-ndjson': 'lines' } as const

function performed(
  media: StreamedMedia | undefined,
  { cls, many }: { readonly cls: string; readonly many: boolean },
  flavour: Flavour,
): { readonly result: string; readonly call: string } {
  if (media === 'text/csv') return { result: flavour.stream('str'), call: 'text(operation' }
  if (media !== undefined) {
    const call = `${STREAMED[media]}(operation, models.${cls}`
    return { result: flavour.stream(`models.${cls}`), call }
  }
  return many
    ? { result: flavour.many(cls), call: `many(operation, models.${cls}` }
    : { result: flavour.one(cls), call: `one(operation, models.${cls}` }
}

function positionalOf(parameters: readonly Parameter[], texts: number): readonly Parameter[] {
  const inPath = parameters.filter(({ place }) => place === 'path')
  const required = parameters.filter(({ place, required }) => place === 'body' && required)
  return [...inPath, ...required.slice(0, Math.max(0, texts - inPath.length))]
}

function parameterText({ python, type, required, fallback }: Parameter): string {
  if (required && fallback === '') return `${python}: ${type}`
  return fallback === '' ? `${python}: Union[${type}, Omit] = OMIT` : `${python}: ${type} = ${fallback}`
}

function parametersOf(method: Method): readonly Parameter[] {
  const { route } = method
  const singular = singularOf(method.resource.split('.').at(-1) ?? '')
  const parts = [
    ['path', route.params],
    ['query', route.query],
    ['body', route.body],
  ] as const
  const found = parts.flatMap(([place, schema]) =>
    schema === undefined ? [] : fieldsOf(place, schema as unknown as Schema),
  )
  const inBody = new Set(found.filter(({ place }) => place === 'body').map(({ wire }) => wire))
  return (
    found
      .filter(({ wire, place }) => !(place === 'body' && wire === 'idempotency_key'))
      // What may be said in either place is said in the body.
      .filter(({ wire, place }) => !(place === 'query' && inBody.has(wire)))
      .map((one) => ({
        ...one,
        python: one.wire === 'id' ? `${singular}_id` : (PARAMETER[one.wire] ?? one.wire),
        fallback: DEFAULTS[`${method.operationId}.${one.wire}`] ?? '',
      }))
  )
}

const singularOf = (plural: string) =>
  plural === 'sms' ? 'message' : plural.replace(/ies$/, 'y').replace(/s$/, '')

function fieldsOf(place: Parameter['place'], schema: Schema): readonly Parameter[] {
  const required = (schema['required'] as readonly string[] | undefined) ?? []
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>)
  const fields = properties
    .filter(([wire]) => !wire.includes('['))
    .map(([wire, value]) => ({
      wire,
      python: wire,
      type: inputType(wire, value),
      required: place === 'path' || required.includes(wire),
      place,
      fallback: '',
      description: typeof value['description'] === 'string' ? value['description'] : null,
    }))
  const ranges = new Set(properties.flatMap(([wire]) => /^(\w+)\[/.exec(wire)?.[1] ?? []))
  return [
    ...fields,
    ...[...ranges].map((wire) => ({
      ...{ wire, python: wire, type: 'Mapping[str, Instant]', required: false, place, fallback: '' },
      description: 'A range: `{"gte": …, "lt": …}`',
    })),
  ]
}

/** What may be given; words stay open, because a newer server may know more of them. */
function inputType(wire: string, schema: Schema): string {
  const kinds = inputKinds(wire, schema)
  const types = kinds.filter((kind) => kind !== 'None')
  const [only = 'Any'] = types
  const type = types.length <= 1 ? only : `Union[${types.join(', ')}]`
  return kinds.includes('None') ? `Optional[${type}]` : type
}

function inputKinds(wire: string, schema: Schema): readonly string[] {
  const union = schema['anyOf'] as readonly Schema[] | undefined
  if (union !== undefined) return [...new Set(union.flatMap((one) => inputKinds(wire, one)))]
  const kinds = Array.isArray(schema['type']) ? (schema['type'] as string[]) : [schema['type']]
  if (wire === 'amount' && kinds.includes('string')) return ['Amount']
  return kinds.map((kind) => inputKind(kind, schema))
}

function inputKind(kind: unknown, schema: Schema): string {
  if (kind === 'string') return 'str'
  if (kind === 'integer') return 'int'
  if (kind === 'number') return 'float'
  if (kind === 'boolean') return 'bool'
  if (kind === 'array') return `Sequence[${inputType('', (schema['items'] as Schema | undefined) ?? {})}]`
  if (kind === 'object') return 'Mapping[str, Any]'
  return kind === 'null' ? 'None' : 'Any'
}

function answerOf(method: Method, models: Models): { readonly cls: string; readonly many: boolean } {
  const schema = method.route.answer.schema as unknown as Schema
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined
  const many = properties !== undefined && 'data' in properties && 'has_more' in properties
  const subject = pascal(method.operationId.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  if (!many) return { cls: bare(models.typeOf(schema, nameOf(schema) ?? `${subject}Answer`)), many }
  const items = (properties['data'] as Schema)['items'] as Schema
  return { cls: bare(models.typeOf(items, `${subject}Item`)), many }
}

/** Answers are objects; one without members of its own is read as such. */
function bare(type: string): string {
  return /^[A-Z]\w*$/.test(type) && type !== 'Any' ? type : 'ApiObject'
}

function pathOf(template: string, parameters: readonly Parameter[]): string {
  const inPath = parameters.filter(({ place }) => place === 'path')
  if (inPath.length === 0) return `"${template}"`
  return `path_of("${template}", ${inPath.map(({ wire, python }) => `${wire}=${python}`).join(', ')})`
}

function dictOf(parameters: readonly Parameter[], place: Parameter['place']): string {
  const own = parameters.filter((one) => one.place === place)
  if (own.length === 0) return place === 'body' ? '{}' : 'None'
  return `{${own.map(({ wire, python }) => `"${wire}": ${python}`).join(', ')}}`
}

function docOf({ route }: Method, parameters: readonly Parameter[]): string {
  const described = parameters.filter(({ description }) => description !== null)
  const lines = [
    `${route.summary}.`,
    ...(described.length === 0
      ? []
      : ['', ...described.map(({ python, description }) => `:param ${python}: ${description}`)]),
    ...(route.errors.length === 0 ? [] : ['', `Error codes: ${route.errors.join(', ')}.`]),
  ]
  return ['        """', ...lines.map((line) => (line === '' ? '' : `        ${line}`)), '        """'].join(
    '\n',
  )
}
