import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordOf } from '../../domains/decide.ts'
import type { TxtAnswer } from '../../domains/dns.ts'
import { domainWork } from '../../domains/look.ts'
import type { DomainRow } from '../../domains/row.ts'
import { claimDueDomains } from '../../domains/store.ts'
import { type OpenedApp, openApp } from '../../testing/open-app.ts'

const DAY_MS = 86_400_000
const START_MS = Date.now()
let api: OpenedApp
let nowMs = START_MS
const zone = new Map<string, TxtAnswer>()
beforeAll(async () => {
  api = await openApp({
    world: {
      now: () => nowMs,
      lookupTxt: async (name) => zone.get(name) ?? { kind: 'absent', reason: 'nxdomain' },
    },
  })
})
beforeEach(() => {
  zone.clear()
  nowMs = START_MS
})
afterAll(() => api.close())

const PATH = '/services/paypal'
const post = (key: string, verb: string, domain: string, more: object = {}) =>
  api.call(key, 'POST', `${PATH}/${verb}-domain`, { domain, ...more })
const publish = (name: string, record: string) =>
  zone.set(name, { kind: 'found', records: ['v=spf1', record] })

/** Whatever is due at this moment of the test's clock, of this account. */
async function workOff(accountId: string, atMs: number): Promise<void> {
  nowMs = atMs
  const { db } = api.deps
  await db.engine.query(
    'update domain_verification set due_at = now() where account_id = $1 and due_at <= $2',
    [accountId, new Date(atMs)],
  )
  const queryable = {
    query: (s: { text: string; values: readonly unknown[] }) =>
      db.engine.query({ ...s, values: [...s.values] }),
  }
  const domains = {
    db: queryable,
    lookup: async (name: string) => zone.get(name) ?? ABSENT,
    now: () => nowMs,
  }
  for (const job of await domainWork(domains).claimDue(100, 60_000)) await job()
}
const ABSENT: TxtAnswer = { kind: 'absent', reason: 'nxdomain' }

describe('a domain', () => {
  test('is proven by its record, and only by that', async () => {
    const { plain } = await api.newKey()
    const asked = await post(plain, 'verify', 'Bücher.example.')
    expect(asked.statusCode, asked.body).toBe(200)
    expect(asked.json()).toMatchObject({
      verification_method: 'dns',
      dns_record: expect.stringMatching(/^paypal-site-verification=[0-9a-f]{40}$/),
      instructions: expect.stringContaining('Add this TXT record to your DNS'),
      domain: 'xn--bcher-kva.example',
      display_name: 'bücher.example',
      state: 'pending',
    })
    const { dns_record: record } = asked.json()
    expect((await post(plain, 'verify', 'xn--bcher-kva.example')).json().dns_record).toBe(record)
    publish('xn--bcher-kva.example', `${record}0`)
    const wrong = await post(plain, 'confirm', 'bücher.example')
    expect(wrong.json()).toMatchObject({
      status: 422,
      code: 'domain_not_verified',
      reason: 'other_token',
      domain: { state: 'pending' },
    })
    publish('xn--bcher-kva.example', record)
    const confirmed = await post(plain, 'confirm', 'bücher.example')
    expect(confirmed.statusCode, confirmed.body).toBe(200)
    expect(confirmed.json()).toMatchObject({ state: 'verified', reason: null })
    const listed = (await api.call(plain, 'GET', `/api${PATH}/domains`)).json()
    expect(listed).toMatchObject({ data: [{ id: asked.json().id, state: 'verified' }], has_more: false })
  })

  test('that is an alias is proven beside it', async () => {
    const { plain } = await api.newKey()
    const { dns_record: record, record_names: names } = (await post(plain, 'verify', 'shop.example')).json()
    expect(names).toEqual(['shop.example', '_onerouter.shop.example'])
    publish('_onerouter.shop.example', record)
    expect((await post(plain, 'confirm', 'shop.example')).json().state).toBe('verified')
  })

  test.each([
    ['nxdomain', ABSENT, 422, 'domain_not_verified'],
    ['no_txt_record', { kind: 'absent', reason: 'no_txt_record' }, 422, 'domain_not_verified'],
    ['no_matching_record', { kind: 'found', records: ['v=spf1'] }, 422, 'domain_not_verified'],
    ['timeout', { kind: 'unavailable', reason: 'timeout' }, 503, 'dns_unavailable'],
    ['servfail', { kind: 'unavailable', reason: 'servfail' }, 503, 'dns_unavailable'],
    ['refused', { kind: 'unavailable', reason: 'refused' }, 503, 'dns_unavailable'],
  ] as const)(
    'that cannot be proven says why, and stays pending: %s',
    async (reason, answer, status, code) => {
      const { plain } = await api.newKey()
      await post(plain, 'verify', 'shop.example')
      zone.set('shop.example', answer)
      const refused = await post(plain, 'confirm', 'shop.example')
      expect(refused.json()).toMatchObject({ status, code, reason, domain: { state: 'pending', reason } })
      if (status === 503) expect(refused.headers['retry-after']).toBe('30')
    },
  )

  test('of another account, or of the other environment, has a record of its own', async () => {
    const first = await api.newKey()
    const second = await api.newKey()
    const live = await api.newKey({ accountId: first.accountId, environment: 'live' })
    const records: string[] = []
    for (const key of [first, second, live]) {
      records.push((await post(key.plain, 'verify', 'shop.example')).json().dns_record)
    }
    expect(new Set(records).size).toBe(3)
    publish('shop.example', records[0] ?? '')
    expect((await post(second.plain, 'confirm', 'shop.example')).json().code).toBe('domain_not_verified')
    expect((await post(live.plain, 'confirm', 'shop.example')).json().code).toBe('domain_not_verified')
    expect((await post(first.plain, 'confirm', 'shop.example')).json().state).toBe('verified')
  })

  test('is forgotten by its name or its id, and by nobody else', async () => {
    const { plain } = await api.newKey()
    const other = await api.newKey()
    const { id } = (await post(plain, 'verify', 'shop.example')).json()
    for (const name of [id, 'shop.example']) {
      expect((await api.call(other.plain, 'DELETE', `${PATH}/domains/${name}`)).statusCode).toBe(404)
    }
    const gone = await api.call(plain, 'DELETE', `${PATH}/domains/shop.example`)
    expect(gone.json()).toEqual({ id, object: 'domain', deleted: true })
    expect((await api.call(plain, 'DELETE', `${PATH}/domains/${id}`)).statusCode).toBe(404)
    expect((await post(plain, 'confirm', 'shop.example')).json().code).toBe('not_found')
  })

  test.each([
    ['an address', 'verify', { domain: '10.0.0.1' }, 400, 'invalid_request'],
    ['this machine', 'verify', { domain: 'localhost' }, 400, 'invalid_request'],
    ['a public suffix', 'confirm', { domain: 'co.uk' }, 400, 'invalid_request'],
    ['no domain', 'verify', {}, 400, 'invalid_request'],
    [
      'live with a test key',
      'verify',
      { domain: 'shop.example', environment: 'live' },
      403,
      'environment_not_allowed',
    ],
  ])('refused: %s', async (_, verb, body, status, code) => {
    const { plain } = await api.newKey()
    const answer = await api.call(plain, 'POST', `${PATH}/${verb}-domain`, body)
    expect(answer.json()).toMatchObject({ status, code })
    expect((await api.call(plain, 'GET', `${PATH}/domains`)).json().data).toEqual([])
  })

  test('of a service that has none is refused', async () => {
    const { plain } = await api.newKey()
    const answer = await api.call(plain, 'POST', '/services/twilio/verify-domain', { domain: 'shop.example' })
    expect(answer.json()).toMatchObject({ status: 422, code: 'capability_unsupported' })
  })
})

describe('looked at again', () => {
  const stateOf = async (key: string) => (await api.call(key, 'GET', `${PATH}/domains`)).json().data[0].state

  test('a pending domain is verified without anybody asking, or expires after a week', async () => {
    const { plain, accountId } = await api.newKey()
    const { dns_record: record } = (await post(plain, 'verify', 'shop.example')).json()
    await workOff(accountId, START_MS + 600_000)
    expect(await stateOf(plain)).toBe('pending')
    publish('shop.example', record)
    await workOff(accountId, START_MS + 3_600_000)
    expect(await stateOf(plain)).toBe('verified')
    const late = await api.newKey()
    const { dns_record: own } = (await post(late.plain, 'verify', 'late.example')).json()
    await workOff(late.accountId, START_MS + 9 * DAY_MS)
    expect(await stateOf(late.plain)).toBe('expired')
    // Asking again begins anew under the same record.
    expect((await post(late.plain, 'verify', 'late.example')).json()).toMatchObject({
      state: 'pending',
      dns_record: own,
    })
  })

  test('a verified domain is lost by its record being gone three days running, never by silence', async () => {
    const { plain, accountId } = await api.newKey()
    publish('shop.example', (await post(plain, 'verify', 'shop.example')).json().dns_record)
    await post(plain, 'confirm', 'shop.example')
    zone.set('shop.example', { kind: 'unavailable', reason: 'timeout' })
    for (let day = 1; day <= 5; day++) await workOff(accountId, START_MS + day * 2 * DAY_MS)
    expect(await stateOf(plain)).toBe('verified')
    zone.clear()
    for (let day = 6; day <= 7; day++) await workOff(accountId, START_MS + day * 2 * DAY_MS)
    expect(await stateOf(plain)).toBe('verified')
    await workOff(accountId, START_MS + 16 * DAY_MS)
    expect(await stateOf(plain)).toBe('failed')
  })
})

test('rows are what the code says they are', async () => {
  const { plain } = await api.newKey()
  const { dns_record: record } = (await post(plain, 'verify', 'shape.example')).json()
  const { db } = api.deps
  await db.engine.query(`update domain_verification set due_at = now() where domain = 'shape.example'`)
  const queryable = {
    query: (s: { text: string; values: readonly unknown[] }) =>
      db.engine.query({ ...s, values: [...s.values] }),
  }
  const rows = await claimDueDomains(queryable, 100, 60_000)
  const row = rows.find(({ domain }) => domain === 'shape.example')
  const columns: Record<keyof DomainRow, true> = {
    account_id: true,
    environment: true,
    id: true,
    service: true,
    domain: true,
    token: true,
    state: true,
    reason: true,
    misses: true,
    tries: true,
    created_at: true,
    checked_at: true,
    verified_at: true,
    expires_at: true,
    due_at: true,
  }
  expect(Object.keys(row ?? {}).sort()).toEqual(Object.keys(columns).sort())
  expect(row && recordOf(row)).toBe(record)
})
