import { existsSync, readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import type { HttpRequest } from '../spec.ts'

const FOLDER = new URL('../../../../../shared/reference/', import.meta.url)

/** Whether the reference data lies beside the project; tests that need it skip visibly where it does not. */
export const referencePresent = existsSync(FOLDER)
if (!referencePresent) console.warn('SKIPPED: ../shared/reference is absent')

/** A JSON file of the reference; tests know its shape, TypeScript cannot. */
export function readReference<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T
}

interface Spec {
  readonly paths: Record<string, Record<string, { requestBody?: { content: object } }>>
}
const SPECS = [
  'paypal.checkout_orders_v2.json',
  'paypal.payments_payment_v2.json',
  'paypal.notifications_webhooks_v1.json',
  'paypal.catalogs_products_v1.json',
  'paypal.billing_subscriptions_v1.json',
]

interface Operation {
  readonly method: string
  readonly path: RegExp
  readonly validate: ValidateFunction
  readonly names: string
}

let operations: readonly Operation[] | undefined

/** What PayPal's specifications have against the body of a request, names they do not know included. */
export function problemsOf(sent: HttpRequest): readonly unknown[] {
  operations ??= readOperations()
  const body = sent.body !== undefined && 'json' in sent.body ? sent.body.json : undefined
  const path = sent.path.split('?')[0] ?? ''
  const found = operations.find((operation) => operation.method === sent.method && operation.path.test(path))
  if (found === undefined) return ['not documented']
  const strangers = (JSON.stringify(body).match(/"[a-z_]+"(?=:)/g) ?? []).filter(
    (name) => !found.names.includes(`${name}:`),
  )
  return found.validate(body) ? strangers : [...strangers, ...(found.validate.errors ?? [])]
}

function readOperations(): readonly Operation[] {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    logger: false,
    validateFormats: false,
  })
  return SPECS.flatMap((file) => {
    const spec = readReference<Spec>(`specs/${file}`)
    ajv.addSchema({ $id: file, ...spec })
    const names = JSON.stringify(spec)
    return Object.entries(spec.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]) => {
        if (requestBody?.content === undefined || !('application/json' in requestBody.content)) return []
        const part = encodeURIComponent(path.replaceAll('/', '~1'))
        const $ref = `${file}#/paths/${part}/${method}/requestBody/content/application~1json/schema`
        const pattern = new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)
        return [{ method: method.toUpperCase(), path: pattern, validate: ajv.compile({ $ref }), names }]
      }),
    )
  })
}
