/** What we send to Twilio, against its published description and what its official client sends. */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { messagePath, messagesPath, searchPath, toForm } from './to-wire.ts'

const REFERENCE = new URL('../../../../../shared/reference/', import.meta.url)
const present = existsSync(REFERENCE)
if (!present) console.warn('SKIPPED: ../shared/reference is absent (Twilio requests)')

// The files' own shapes, as far as they are read below.
interface Spec {
  readonly components: object
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get?: { readonly parameters: readonly { readonly name: string; readonly in: string }[] }
        readonly post?: { readonly requestBody: { readonly content: Record<string, { schema: object }> } }
      }
    >
  >
}
interface Recorded {
  readonly exchanges: readonly {
    readonly op: string
    readonly request: { readonly method: string; readonly path: string; readonly rawBody: string }
  }[]
}
const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, REFERENCE), 'utf8')) as T

const ACCOUNT = `AC${'0'.repeat(32)}`
const SENT = {
  to: '+15558675310',
  from: '+15557122661',
  body: 'Hi there & +1',
  statusUrl: 'https://router.example/webhooks/twilio/token',
} as const
const LIST = '/2010-04-01/Accounts/{AccountSid}/Messages.json'
const ONE = '/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json'
const template = (path: string): string =>
  (path.split('?')[0] ?? '').replace(/AC[0-9a-f]{32}/, '{AccountSid}').replace(/SM[0-9a-f]{32}/, '{Sid}')

describe.skipIf(!present)('requests', () => {
  test('a message is a form the specification knows, every field of it', () => {
    const { paths, components } = read<Spec>('specs/twilio.subset.json')
    const { post } = paths[template(messagesPath(ACCOUNT))] ?? {}
    const schema = post?.requestBody.content['application/x-www-form-urlencoded']?.schema
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
    const validate = ajv.compile({ ...schema, components, additionalProperties: false })
    for (const statusUrl of [SENT.statusUrl, null]) {
      validate(Object.fromEntries(toForm({ ...SENT, statusUrl })))
      expect(validate.errors).toBeNull()
    }
  })

  test('a search asks by parameters the specification knows, and a message is read where it says', () => {
    const { paths } = read<Spec>('specs/twilio.subset.json')
    expect(template(messagesPath(ACCOUNT))).toBe(LIST)
    expect(template(messagePath(ACCOUNT, `SM${'a'.repeat(32)}`))).toBe(ONE)
    const known = paths[LIST]?.get?.parameters.filter(({ in: at }) => at === 'query').map(({ name }) => name)
    const asked = [...new URL(searchPath(ACCOUNT, SENT), 'https://api.twilio.com').searchParams.keys()]
    expect(asked).toEqual(['To', 'PageSize'])
    expect(known).toEqual(expect.arrayContaining(asked))
    expect(paths[ONE]?.get).toBeDefined()
  })

  test('methods, paths and fields are among those of the official client', () => {
    const { exchanges } = read<Recorded>('recorded/twilio.json')
    const official = new Set(exchanges.map(({ request }) => `${request.method} ${template(request.path)}`))
    expect(official).toContain(`POST ${LIST}`)
    expect(official).toContain(`GET ${LIST}`)
    expect(official).toContain(`GET ${ONE}`)
    const fields = new Set(
      exchanges
        .filter(({ request }) => `${request.method} ${template(request.path)}` === `POST ${LIST}`)
        .flatMap(({ request }) => [...new URLSearchParams(request.rawBody).keys()]),
    )
    for (const [name] of toForm(SENT)) expect(fields).toContain(name)
  })
})
