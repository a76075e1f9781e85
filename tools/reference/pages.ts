/** The reference under `docs/reference`, drawn from the tables the product itself runs on. */
import { VARIABLES, type Variable } from '../../apps/api/src/config-variables.ts'
import { EVENT_MEANINGS } from '../../packages/contract/src/event-meanings.ts'
import { ALL_ROUTES, ERROR_ADVICE, ROLES, type RouteSpec } from '../../packages/contract/src/index.ts'
import { ERRORS, type ErrorCode, EVENT_TYPES, type EventType } from '../../packages/core/src/index.ts'

export interface Page {
  /** From the repository's root. */
  readonly path: string
  readonly text: string
}

const FOLDER = 'docs/reference'
const MADE = '<!-- Made by `npm run gen`. -->\n'

export function referencePages(): readonly Page[] {
  return [...routePages(), errorsPage(), ...errorPages(), eventsPage(), configurationPage()]
}

const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

function routePages(): readonly Page[] {
  const tags = [...new Set([...ALL_ROUTES.values()].map(({ tag }) => tag))].sort()
  const pages = tags.map((tag) => {
    const routes = [...ALL_ROUTES].filter(([, route]) => route.tag === tag)
    const text = `${MADE}# ${tag}\n\n${routes.map(([name, route]) => operation(name, route)).join('\n')}`
    return { path: `${FOLDER}/api/${slug(tag)}.md`, text }
  })
  const rows = tags.map((tag) => {
    const count = [...ALL_ROUTES.values()].filter((route) => route.tag === tag).length
    return `| [${tag}](api/${slug(tag)}.md) | ${count} |`
  })
  const index = `${MADE}# API reference

The same as \`/openapi.json\` of your server, for people. Requests and answers are JSON in snake_case; send
\`Authorization: Bearer unf_…\`. Every POST takes an \`Idempotency-Key\`.

| group | operations |
|---|---|
${rows.join('\n')}

[Errors](errors.md) · [Events](events.md) · [Configuration](configuration.md)
`
  return [{ path: `${FOLDER}/README.md`, text: index }, ...pages]
}

function operation(name: string, route: RouteSpec): string {
  const aliases = (route.aliases ?? []).map((path) => `\`${path}\``)
  const errors = [...new Set(route.errors)].map((code) => `[${code}](../errors/${code}.md)`)
  return [
    `## ${route.summary}\n`,
    `\`${route.method} ${route.path}\` · ${accessOf(route)} · operation \`${name}\`\n`,
    ...(aliases.length === 0 ? [] : [`Also ${aliases.join(', ')}.\n`]),
    ...table('Query', route.query),
    ...table('Body', route.body),
    ...table(`Answer ${route.answer.status}`, route.answer.schema),
    ...(errors.length === 0 ? [] : [`May answer ${errors.join(', ')}.\n`]),
  ].join('\n')
}

function accessOf({ scope, roles }: RouteSpec): string {
  if (scope === 'public') return 'open to all'
  return scope === 'session' ? `people with a session (${(roles ?? ROLES).join(', ')})` : `scope \`${scope}\``
}

type Schema = Readonly<Record<string, unknown>>

function table(title: string, of: object | undefined): readonly string[] {
  const schema = of as Schema | undefined // read member by member below
  const properties = schema?.['properties']
  if (typeof properties !== 'object' || properties === null) return []
  const required = Array.isArray(schema?.['required']) ? (schema['required'] as string[]) : []
  const rows = Object.entries(properties as Readonly<Record<string, Schema>>).map(([name, property]) => {
    const { description } = property
    const optional = title.startsWith('Answer') || required.includes(name) ? '' : ' · optional'
    return `| \`${name}\` | ${kindOf(property)}${optional} | ${cell(typeof description === 'string' ? description : '')} |`
  })
  return rows.length === 0 ? [] : [`**${title}**\n`, '| field | kind | |', '|---|---|---|', ...rows, '']
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function kindOf(schema: Schema): string {
  const words = schema['enum']
  if (Array.isArray(words)) return words.map((word) => `\`${String(word)}\``).join(' ')
  const choices = schema['anyOf']
  if (Array.isArray(choices))
    return [...new Set(choices.map((choice: Schema) => kindOf(choice)))].join(' or ')
  return [schema['type'] ?? 'any'].flat().join(' or ')
}

const CODES = Object.keys(ERRORS) as ErrorCode[] // the keys of a closed table

const RETRY_WORDS = {
  never: 'Do not send the same request again: it will get the same answer.',
  after: 'Send it again after the time in `Retry-After`.',
  same_key: 'Send it again with the same idempotency key; nothing happens twice.',
} as const

function errorsPage(): Page {
  const rows = CODES.map(
    (code) => `| [${code}](errors/${code}.md) | ${ERRORS[code].status} | ${ERRORS[code].title} |`,
  )
  const text = `${MADE}# Errors

Every refusal is \`application/problem+json\` (RFC 9457) with a \`code\` from this closed list, the \`detail\` for people, the
\`request_id\`, and where they apply \`errors\` with a pointer to each field, \`provider\`, \`provider_code\`, \`decline_reason\`,
\`retryable\` and the \`payment\` as it stands.

| code | status | meaning |
|---|---|---|
${rows.join('\n')}
`
  return { path: `${FOLDER}/errors.md`, text }
}

function errorPages(): readonly Page[] {
  return CODES.map((code) => {
    const { status, title, retry } = ERRORS[code]
    const answered = [...ALL_ROUTES.values()].filter((route) => route.errors.includes(code))
    const where = answered.map((route) => `- \`${route.method} ${route.path}\``)
    const text = `${MADE}# ${code}

HTTP ${status}. ${title}.

${ERROR_ADVICE[code]}

${RETRY_WORDS[retry]}
${where.length === 0 ? '' : `\nAnswered by:\n\n${where.join('\n')}\n`}
[All errors](../errors.md)
`
    return { path: `${FOLDER}/errors/${code}.md`, text }
  })
}

function eventsPage(): Page {
  const family = (type: EventType) => type.slice(0, type.indexOf('.'))
  const families = [...new Set(EVENT_TYPES.map(family))]
  const tables = families.map((name) => {
    const rows = EVENT_TYPES.filter((type) => family(type) === name).map(
      (type) => `| \`${type}\` | ${EVENT_MEANINGS[type]} |`,
    )
    return `## ${name}\n\n| type | when |\n|---|---|\n${rows.join('\n')}\n`
  })
  const text = `${MADE}# Events

One event per transition, numbered from 1 for each object (\`sequence\`, without gaps), sent to your endpoints as Standard
Webhooks and kept under \`GET /v1/events\`. The body is \`{id, type, api_version, environment, created_at, sequence, data:
{object, previous?}}\`. An endpoint may subscribe to types, to families such as \`payment.*\`, or to \`*\`.

${tables.join('\n')}`
  return { path: `${FOLDER}/events.md`, text }
}

function configurationPage(): Page {
  const entries = Object.entries(VARIABLES) as [string, Variable][] // names of a closed table
  const groups = [...new Set(entries.map(([, { group }]) => group))]
  const tables = groups.map((group) => {
    const rows = entries
      .filter(([, variable]) => variable.group === group)
      .map(([name, { help, fallback }]) => `| \`${name}\` | ${cell(help)} | ${cell(fallback)} |`)
    return `## ${group}\n\n| variable | | unset |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  const text = `${MADE}# Configuration

Environment variables, or a \`.env\` file in the repository's folder. All problems are told at once, in words.

${tables.join('\n')}`
  return { path: `${FOLDER}/configuration.md`, text }
}
