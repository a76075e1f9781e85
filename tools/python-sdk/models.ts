/** Pydantic models of what the API answers. */
import { NAMED } from '../../packages/contract/src/openapi.ts'
import { pascal } from './methods.ts'

export type Schema = { readonly [key: string]: unknown }

export interface Models {
  /** The Python type of a schema; objects become models, named after where they stand. */
  typeOf(schema: Schema, name: string): string
  /** All models so far, in the order in which Python must read them. */
  render(): string
}

/** Words that Python or pydantic keep for themselves. */
const RESERVED = new Set([
  ...['from', 'class', 'global', 'import', 'in', 'is', 'not', 'or', 'and', 'pass', 'def', 'None', 'async'],
  ...['copy', 'json', 'dict', 'schema', 'fields', 'validate', 'construct', 'keys', 'get', 'read'],
])

/** A schema's public name, where the contract gives it one. */
export const nameOf = (schema: Schema): string | null => NAMED.get(schema) ?? null

export function createModels(): Models {
  const written = new Map<string, string>()

  function typeOf(schema: Schema, at: string): string {
    const kinds = kindsOf(schema, nameOf(schema) ?? at)
    const types = kinds.filter((kind) => kind !== 'None')
    const [only = 'Any'] = types
    const type = types.length <= 1 ? only : `Union[${types.join(', ')}]`
    return kinds.includes('None') ? `Optional[${type}]` : type
  }

  function kindsOf(schema: Schema, at: string): readonly string[] {
    const union = schema['anyOf'] as readonly Schema[] | undefined
    if (union !== undefined) return [...new Set(union.flatMap((one) => kindsOf(one, nameOf(one) ?? at)))]
    const kinds = Array.isArray(schema['type']) ? (schema['type'] as string[]) : [schema['type']]
    return kinds.map((kind) => plain(kind, schema, at))
  }

  function plain(kind: unknown, schema: Schema, name: string): string {
    if (kind === 'string') return 'str'
    if (kind === 'integer') return 'int'
    if (kind === 'number') return 'float'
    if (kind === 'boolean') return 'bool'
    if (kind === 'array') return `List[${typeOf((schema['items'] as Schema) ?? {}, `${name}Item`)}]`
    if (kind === 'object') {
      const values = schema['additionalProperties']
      if (schema['properties'] !== undefined) return model(name, schema)
      const typed = typeof values === 'object' && values !== null
      return `Dict[str, ${typed ? typeOf(values as Schema, `${name}Value`) : 'Any'}]`
    }
    return kind === 'null' ? 'None' : 'Any'
  }

  function model(name: string, schema: Schema): string {
    if (written.has(name)) return name
    const required = new Set((schema['required'] as readonly string[] | undefined) ?? [])
    const properties = Object.entries(schema['properties'] as Readonly<Record<string, Schema>>)
    const lines = properties.map(([field, value]) =>
      attribute(field, typeOf(value, name + pascal(field)), required.has(field), value),
    )
    const body = lines.length === 0 ? '    pass' : lines.join('\n')
    written.set(name, `class ${name}(ApiObject):\n${body}\n`)
    return name
  }

  return {
    typeOf,
    render: () => `${MODELS_HEAD}\n\n${[...written.values()].join('\n\n')}`,
  }
}

function attribute(field: string, type: string, required: boolean, schema: Schema): string {
  const optional = required || type.startsWith('Optional[') ? type : `Optional[${type}]`
  const renamed = RESERVED.has(field)
  const value = renamed
    ? ` = Field(${required ? '...' : 'None'}, alias="${field}")`
    : required
      ? ''
      : ' = None'
  const { description } = schema
  const doc = typeof description === 'string' ? `    #: ${description.replaceAll('\n', ' ')}\n` : ''
  return `${doc}    ${field}${renamed ? '_' : ''}: ${optional}${value}`
}

const MODELS_HEAD = `"""What the API answers. Made by \`\`npm run gen\`\`."""

from typing import Any, Dict, List, Optional, Union

from pydantic import Field

from .._model import ApiObject as ApiObject
`
