import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { isRecord } from '../kernel/http.ts'
import { hasReference, readReference } from './reference.ts'
import { type Answer, createStand, HOOK, START_MS } from './test-stand.ts'

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

function checkedStand() {
  const stand = createStand()
  const seen = new Set<string>()
  const call: typeof stand.call = async (method, path, form, headers) => {
    const answer: Answer = await stand.call(method, path, form, headers)
    const template = path.startsWith('/Messages/') ? '/Messages/{Sid}.json' : '/Messages.json'
    const responses = at(
      spec,
      'paths',
      `/2010-04-01/Accounts/{AccountSid}${template}`,
      method.toLowerCase(),
      'responses',
      String(answer.status),
    )
    expect(responses, `${method} ${template} ${answer.status}`).toBeDefined()
    const schema = toJsonSchema(at(responses, 'content', 'application/json', 'schema') ?? {})
    const validate = ajv.compile({ definitions, ...(isRecord(schema) ? schema : {}) })
    const valid = validate(answer.body)
    expect({ path, errors: valid ? [] : validate.errors }).toEqual({ path, errors: [] })
    seen.add(`${method} ${template}`)
    return answer
  }
  return { ...stand, call, seen }
}

/** The schema requires nothing; a resource that lost a property would still pass it. */
const properties = (): string[] => {
  const known = at(spec, 'components', 'schemas', MESSAGE, 'properties')
  return Object.keys(isRecord(known) ? known : {}).sort()
}

test.skipIf(!hasReference)('answers about messages match the specification', async () => {
  const { call, sandbox, from, seen } = checkedStand()
  const create = async (fields: Record<string, string>) => {
    const { body } = await call('POST', '/Messages.json', { Body: 'Hi', ...fields })
    expect(Object.keys(body).sort()).toEqual(properties())
    return String(body['sid'])
  }
  const service = { MessagingServiceSid: 'MG00000000000000000000000000000001' }
  const sids = [
    await create({ To: '+15558675310', From: from, StatusCallback: HOOK }),
    await create({ To: '+15005550101', From: from }),
    await create({ To: '+15005550105', From: from, MediaUrl: 'https://or.example/a.png' }),
    await create({ To: '+15558675310', ...service }),
  ]
  const SendAt = new Date(START_MS + 600_000).toISOString()
  const scheduled = await create({ To: '+15558675310', ...service, ScheduleType: 'fixed', SendAt })
  for (let second = 0; second < 3; second += 1) {
    for (const sid of sids) await call('GET', `/Messages/${sid}.json`)
    await sandbox.advance(second * 45_000 + 700)
  }
  const page = await call('GET', '/Messages.json?PageSize=2')
  expect(page.body['next_page_uri']).toEqual(expect.any(String))
  await call('POST', `/Messages/${scheduled}.json`, { Status: 'canceled' })
  await call('POST', `/Messages/${String(sids[0])}.json`, { Body: '' })
  await call('DELETE', `/Messages/${String(sids[0])}.json`)
  expect(seen.size).toBe(5)
})
