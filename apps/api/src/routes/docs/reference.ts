import { ALL_ROUTES, ERROR_ADVICE, ROLES, type RouteSpec } from '@onerouter/contract'
import { ERRORS, type ErrorCode } from '@onerouter/core'
import { type Library, SHELVES } from './library.ts'
import { type Html, html, page } from './page.ts'

type Schema = Readonly<Record<string, unknown>>

/** The reference of the API as one page, drawn from the route table. */
export function referencePage(publicUrl: string, shelves: Html): string {
  const tags = [...new Set([...ALL_ROUTES.values()].map((route) => route.tag))]
  return page(
    'OneRouter API',
    html`<h1>OneRouter API</h1>
<p>One payment API over Stripe, PayPal, Razorpay and Twilio.
Machine-readable: <a href="/openapi.json">openapi.json</a>, <a href="/llms.txt">llms.txt</a>.</p>
<pre><code>${firstCall(publicUrl)}</code></pre>
<p>Amounts are exact: <code>"500.00"</code>, <code>500.00</code>, or <code>amount_minor: 50000</code>. Every POST takes an
<code>Idempotency-Key</code>. Errors are <a href="#errors">problem documents</a>.</p>
${shelves}
<h2>Operations</h2>
<nav><ul>${tags.map((tag) => html`<li><a href="#${slug(tag)}">${tag}</a></li>`)}<li><a href="#errors">Errors</a></li></ul></nav>
${tags.map(section)}
<h2 id="errors">Errors</h2>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
${errorCodes().map(
  (
    code,
  ) => html`<tr><td><a href="/docs/errors/${code}"><code>${code}</code></a></td><td>${ERRORS[code].status}</td>
<td>${ERRORS[code].title}</td></tr>`,
)}</tbody></table>`,
  )
}

/** The table of contents of the library; of the reference only its front page and its overviews. */
export function contents(library: Library): Html {
  const shelf = (name: string) =>
    [...library.values()].filter((one) => one.name === name || one.name.startsWith(`${name}/`))
  const listed = (name: string) => shelf(name).filter((one) => one.name.split('/').length <= 2)
  return html`${Object.entries(SHELVES)
    .filter(([name]) => listed(name).length > 0)
    .map(
      ([name, title]) => html`<h2 id="${name}">${title}</h2>
<nav><ul>${listed(name).map((one) => html`<li><a href="/docs/${one.name}">${one.title}</a></li>`)}</ul></nav>`,
    )}`
}

function firstCall(publicUrl: string): string {
  return `curl ${publicUrl}/v1/payments \\
  -H "Authorization: Bearer unf_test_…" -H "Content-Type: application/json" \\
  -d '{"amount": "500.00", "currency": "USD", "receipt": "order_123"}'`
}

function section(tag: string): Html {
  const routes = [...ALL_ROUTES].filter(([, route]) => route.tag === tag)
  return html`<h2 id="${slug(tag)}">${tag}</h2>${routes.map(([name, route]) => operation(name, route))}`
}

function operation(name: string, route: RouteSpec): Html {
  const aliases = route.aliases ?? []
  return html`<h3 id="${name}"><span class="method">${route.method}</span> <code>${route.path}</code></h3>
<p>${route.summary}. <span class="quiet">${accessOf(route)}</span></p>
${aliases.length === 0 ? [] : html`<p class="quiet">Also: ${aliases.join(', ')}</p>`}
${fields('Query', route.query)}${fields('Body', route.body)}${fields(`Answer ${route.answer.status}`, route.answer.schema)}
${
  route.errors.length === 0
    ? []
    : html`<p class="quiet">May answer ${[...new Set(route.errors)].map(
        (code) => html`<a href="/docs/errors/${code}">${code}</a> `,
      )}</p>`
}`
}

function accessOf({ scope, roles }: RouteSpec): string {
  if (scope === 'public') return 'Open to all.'
  return scope === 'session' ? `People with a session: ${(roles ?? ROLES).join(', ')}.` : `Scope ${scope}.`
}

function fields(title: string, of: object | undefined): Html {
  const schema = of as Schema | undefined // read member by member below
  const properties = schema?.properties
  if (typeof properties !== 'object' || properties === null) return html``
  const required = Array.isArray(schema?.required) ? schema.required : []
  return html`<details><summary>${title}</summary><table><tbody>
${Object.entries(properties).map(
  // Members of `properties` are schemas.
  ([name, property]) => row(name, property as Schema, required.includes(name)),
)}</tbody></table></details>`
}

function row(name: string, schema: Schema, required: boolean): Html {
  const description = typeof schema.description === 'string' ? schema.description : ''
  return html`<tr><td><code>${name}</code></td><td>${kindOf(schema)}${required ? '' : ', optional'}</td>
<td>${description}</td></tr>`
}

function kindOf(schema: Schema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join(' | ')
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((choice: Schema) => kindOf(choice)).join(' | ')
  return [schema.type ?? 'any'].flat().join(' | ')
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

function errorCodes(): ErrorCode[] {
  // Object.keys widens the keys of the closed table.
  return Object.keys(ERRORS) as ErrorCode[]
}

const RETRY_WORDS = {
  never: 'Do not send the same request again: it will get the same answer.',
  after: 'Send it again after the time in Retry-After.',
  same_key: 'Send it again with the same idempotency key; nothing happens twice.',
} as const

/** The page of one code, or `null` when there is no such code. */
export function errorPage(code: string): string | null {
  const known = errorCodes().find((candidate) => candidate === code)
  if (known === undefined) return null
  const { status, title, retry } = ERRORS[known]
  return page(
    `${known}: OneRouter API`,
    html`<p><a href="/docs#errors">All errors</a></p><h1><code>${known}</code></h1>
<p>HTTP ${status}. ${title}.</p><p>${ERROR_ADVICE[known]}</p><p>${RETRY_WORDS[retry]}</p>`,
  )
}

/** The table of contents for programs that read. */
export function llmsText(publicUrl: string, library: Library): string {
  const pages = [...library.values()].map((one) => `- [${one.title}](${publicUrl}/docs/${one.name}.md)`)
  const lines = [...ALL_ROUTES.values()].map((route) => `- ${route.method} ${route.path}: ${route.summary}`)
  return `# OneRouter

> One payment API over Stripe, PayPal, Razorpay and Twilio. Base URL ${publicUrl}. Send Authorization: Bearer unf_test_… .
> Amounts are exact: "amount": "500.00" with "currency", or "amount_minor": 50000. Every POST takes an Idempotency-Key.

- OpenAPI: ${publicUrl}/openapi.json
- Reference: ${publicUrl}/docs

## Pages

${pages.join('\n')}

## Operations

${lines.join('\n')}
`
}
