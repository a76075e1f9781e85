/** The API's operations as tools of the Model Context Protocol, read off its own OpenAPI document: none is written twice. */

export type Json = { readonly [key: string]: unknown }

export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: { readonly type: 'object'; readonly [key: string]: unknown }
  readonly method: string
  readonly path: string
  readonly inPath: readonly string[]
  readonly inQuery: readonly string[]
  readonly hasBody: boolean
}

export interface Allowed {
  /** Tools that change something. */
  readonly writes: boolean
}

/** Keys and credentials are made by people: no tool shows, makes or changes them. */
const NEVER = ['keys:read', 'keys:write', 'services:write', 'providers:write']
const READS = ['get']

/** The tools of an OpenAPI document, in its order. */
export function toolsOf(document: Json, allowed: Allowed): readonly Tool[] {
  return Object.entries(objectOf(document['paths'])).flatMap(([path, operations]) =>
    Object.entries(objectOf(operations)).flatMap(([method, operation]) => {
      const tool = toolOf(document, method, path, objectOf(operation))
      return tool !== null && (READS.includes(method) || allowed.writes) ? [tool] : []
    }),
  )
}

function toolOf(document: Json, method: string, path: string, operation: Json): Tool | null {
  const { operationId, summary } = operation
  const scope = operation['x-scope']
  if (typeof operationId !== 'string' || typeof scope !== 'string' || NEVER.includes(scope)) return null
  // Nobody waits for an answer that goes on.
  if (!answersJson(operation)) return null
  // Further paths of the same operation.
  if (/Alias\d+$/.test(operationId)) return null
  const parameters = listOf(operation['parameters']).filter(({ in: place }) => place !== 'header')
  const body = bodySchema(document, operation)
  const fields = Object.fromEntries(parameters.map(({ name, schema }) => [String(name), schema]))
  const required = parameters.filter((one) => one['required'] === true).map(({ name }) => String(name))
  return {
    name: snake(operationId),
    description: `${String(summary)}. ${method.toUpperCase()} ${path}; needs ${scope}.`,
    inputSchema: {
      type: 'object',
      properties: { ...fields, ...objectOf(body?.['properties']) },
      required: [...required, ...listOf(body?.['required']).map(String)],
      additionalProperties: false,
    },
    method: method.toUpperCase(),
    path,
    inPath: placed(parameters, 'path'),
    inQuery: placed(parameters, 'query'),
    hasBody: body !== null,
  }
}

function answersJson(operation: Json): boolean {
  return Object.entries(objectOf(operation['responses'])).some(
    ([status, answer]) =>
      status.startsWith('2') && 'application/json' in objectOf(objectOf(answer)['content']),
  )
}

const placed = (parameters: readonly Json[], place: string): readonly string[] =>
  parameters.filter((one) => one['in'] === place).map(({ name }) => String(name))

function bodySchema(document: Json, operation: Json): Json | null {
  const content = objectOf(objectOf(operation['requestBody'])['content'])
  const schema = objectOf(objectOf(content['application/json'])['schema'])
  const ref = schema['$ref']
  if (typeof ref === 'string') {
    const schemas = objectOf(objectOf(document['components'])['schemas'])
    return objectOf(schemas[ref.split('/').at(-1) ?? ''])
  }
  return Object.keys(schema).length === 0 ? null : schema
}

export interface ToolRequest {
  readonly path: string
  readonly body: Json | null
}

/** The request a tool's arguments stand for. @throws Error when a path's argument is missing or would lead elsewhere. */
export function requestOf(tool: Tool, args: Json): ToolRequest {
  let path = tool.path
  for (const name of tool.inPath) {
    const value = args[name]
    if (typeof value !== 'string' || /^\.{0,2}$/.test(value)) throw new Error(`${name} must be an id.`)
    path = path.replace(`{${name}}`, encodeURIComponent(value))
  }
  const query = new URLSearchParams()
  for (const name of tool.inQuery) {
    const value = args[name]
    if (value !== undefined && value !== null) query.set(name, String(value))
  }
  const elsewhere = [...tool.inPath, ...tool.inQuery]
  const body = Object.fromEntries(Object.entries(args).filter(([name]) => !elsewhere.includes(name)))
  const text = query.toString()
  return { path: text === '' ? path : `${path}?${text}`, body: tool.hasBody ? body : null }
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {} // just proven
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : []
}
