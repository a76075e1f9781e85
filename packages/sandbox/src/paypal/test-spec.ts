import { existsSync, readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { Judge } from '../test-witness.ts'

/** Test support: judges answers by PayPal's published OpenAPI files, where those are at hand. */

const REFERENCE = new URL('../../../../../shared/reference/', import.meta.url)
export const reference = (path: string): URL => new URL(path, REFERENCE)
export const referencePresent = existsSync(REFERENCE)
if (!referencePresent) console.warn('SKIPPED: ../shared/reference is absent (PayPal specs and recordings)')

const SPECS = [
  'specs/paypal.checkout_orders_v2.json',
  'specs/paypal.payments_payment_v2.json',
  'specs/paypal.notifications_webhooks_v1.json',
  'specs/paypal.billing_subscriptions_v1.json',
  'specs/paypal.catalogs_products_v1.json',
] as const

/** Documented since the 2024 files, or by PayPal's guides only: the files lack them for the operation. */
const NEWER_ISSUES = new Set([
  'DECIMALS_NOT_SUPPORTED',
  'ACTION_DOES_NOT_MATCH_INTENT',
  'INSTRUMENT_DECLINED',
  'AUTHORIZATION_AMOUNT_EXCEEDED',
  'PREVIOUS_REQUEST_IN_PROGRESS',
  'AUTHORIZATION_EXPIRED',
])

interface Operation {
  readonly pattern: RegExp
  readonly method: string
  readonly pointer: string
  readonly statuses: readonly string[]
}

const pointerPart = (text: string): string =>
  encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))

function load(): { readonly ajv: Ajv; readonly operations: readonly Operation[] } {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, logger: false })
  // The package is CommonJS; under ESM its function is the `default` of its default.
  const add = addFormats as unknown as { default?: typeof addFormats.default } & typeof addFormats.default
  ;(add.default ?? add)(ajv)
  const operations: Operation[] = []
  for (const file of SPECS) {
    const id = file.replace('specs/', '')
    // The files are OpenAPI documents; only the parts used below are described.
    const spec = JSON.parse(readFileSync(reference(file), 'utf8')) as {
      paths: Record<string, Record<string, { responses?: Record<string, { content?: unknown }> }>>
    }
    ajv.addSchema({ $id: id, ...spec })
    for (const [path, methods] of Object.entries(spec.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const withBody = Object.entries(responses ?? {}).filter(([, answer]) => answer.content !== undefined)
        operations.push({
          pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
          method: method.toUpperCase(),
          pointer: `${id}#/paths/${pointerPart(path)}/${method}/responses`,
          statuses: withBody.map(([status]) => status),
        })
      }
    }
  }
  return { ajv, operations }
}

const loaded = referencePresent ? load() : undefined
const compiled = new Map<string, ValidateFunction>()
/** The simulator sends a month 19 on purpose. */
const isKnownTrap = (path: string, at: string): boolean =>
  path.endsWith('/simulate-event') && at === '/create_time'
/** How many answers were really judged; a suite that judged none proves nothing. */
export const judged = { count: 0 }

/** What the published schema objects to; empty when it has nothing to say about the operation and status. */
export function specProblems(method: string, path: string, status: number, body: unknown): string[] {
  if (loaded === undefined || body === undefined) return []
  const operation = loaded.operations.find((op) => op.method === method && op.pattern.test(path))
  // A repeated request is answered 200 with what the files describe as 201.
  const key = [
    String(status),
    ...(status === 200 ? ['201'] : []),
    ...(path.startsWith('/v1') ? ['default'] : []),
  ].find((candidate) => operation?.statuses.includes(candidate))
  if (operation === undefined || key === undefined) return []
  const issues =
    (body as { details?: { issue?: string }[] }).details?.map((detail) => detail.issue ?? '') ?? []
  if (issues.some((issue) => NEWER_ISSUES.has(issue)) && status >= 400) return []
  // The files require `reason` and list no issue for its absence.
  if (issues.includes('MISSING_REQUIRED_PARAMETER') && /\/(cancel|suspend)$/.test(path)) return []
  const ref = `${operation.pointer}/${key}/content/${pointerPart('application/json')}/schema`
  const validate = compiled.get(ref) ?? loaded.ajv.compile({ $ref: ref })
  compiled.set(ref, validate)
  judged.count += 1
  if (validate(body)) return []
  const errors = (validate.errors ?? []).filter((error) => !isKnownTrap(path, error.instancePath))
  return errors.slice(0, 5).map((error) => `${error.instancePath} ${error.message}`)
}

/** As above, for answers that somebody else was given. */
export const judgeAnswer: Judge = ({ method, path, status, body }) => {
  const before = judged.count
  const problems = specProblems(method, path, status, body)
  const operation = `${method} ${path.replaceAll(/\/(?:[IP]-)?[0-9A-Z]{12,}(?=\/|$)/g, '/{id}')}`
  return judged.count > before ? { operation, problems } : undefined
}
