import { describe, expect, test } from 'vitest'
import type { HttpRequest, HttpResult } from '../spec.ts'
import { credentials } from './credentials.ts'
import { accessToken } from './oauth.ts'
import { payments } from './payments.ts'
import {
  answer,
  handle,
  issue,
  lost,
  NOW_MS,
  notSent,
  orderBody,
  SECRET,
  scripted,
} from './scripted.fixture.ts'

const token = (access_token: string) => answer(200, { access_token, token_type: 'Bearer', expires_in: 1000 })
const invalidToken = answer(401, {
  error: 'invalid_token',
  error_description: 'Token signature verification failed',
})
const invalidClient = answer(401, {
  error: 'invalid_client',
  error_description: 'Client Authentication failed',
})
const bearerOf = (request: HttpRequest) => request.headers?.authorization

describe('PayPal access tokens', () => {
  test('one token serves all calls until 95 % of its life has passed', async () => {
    let nowMs = NOW_MS
    const script = scripted([], { tokens: [token('one'), token('two')], ctx: { now: () => nowMs } })
    await accessToken(script.ctx)
    nowMs += 949_000
    expect(await accessToken(script.ctx)).toEqual({ ok: true, token: 'one' })
    nowMs += 1_000
    expect(await accessToken(script.ctx)).toEqual({ ok: true, token: 'two' })
    expect(script.sent).toHaveLength(2)
  })

  test('asks with HTTP Basic and the client credentials grant', async () => {
    const script = scripted([], { tokens: [token('one')] })
    await accessToken(script.ctx)
    expect(script.sent[0]).toMatchObject({
      method: 'POST',
      path: '/v1/oauth2/token',
      body: { form: [['grant_type', 'client_credentials']] },
    })
    const basic = Buffer.from(`AZclient-identifier-0001:${SECRET}`).toString('base64')
    expect(script.sent[0]?.headers?.authorization).toBe(`Basic ${basic}`)
  })

  test('concurrent first calls share one token request', async () => {
    const script = scripted([], { tokens: [token('one')] })
    const answers = await Promise.all(Array.from({ length: 20 }, () => accessToken(script.ctx)))
    expect(new Set(answers.map((found) => found.ok && found.token))).toEqual(new Set(['one']))
    expect(script.sent).toHaveLength(1)
  })

  test('a rotated secret and the other environment never meet the old token', async () => {
    const script = scripted([], { tokens: [token('one'), token('two'), token('three')] })
    await accessToken(script.ctx)
    const rotated = { ...script.ctx.credentials, client_secret: 'another' }
    expect(await accessToken({ ...script.ctx, credentials: rotated })).toMatchObject({ token: 'two' })
    expect(await accessToken({ ...script.ctx, environment: 'live' })).toMatchObject({ token: 'three' })
  })

  test('a refused token is renewed once and the same request sent again', async () => {
    const script = scripted([invalidToken, answer(201, orderBody('COMPLETED', { captures: [] }))], {
      tokens: [token('old'), token('new')],
    })
    await payments.confirm?.(script.ctx, handle(), 'key-1')
    const [first, second] = script.sent.filter(({ path }) => path.endsWith('/capture'))
    expect(first && bearerOf(first)).toBe('Bearer old')
    expect(second && bearerOf(second)).toBe('Bearer new')
    expect(second?.headers?.['paypal-request-id']).toBe('key-1')
    expect({ ...second, headers: {} }).toEqual({ ...first, headers: {} })
  })

  test('calls refused together renew the token once', async () => {
    const paid = answer(201, orderBody('APPROVED'))
    const script = scripted([invalidToken, invalidToken, paid, paid], {
      tokens: [token('old'), token('new')],
    })
    const outcomes = await Promise.all([1, 2].map(() => payments.fetch(script.ctx, handle())))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'ok'])
  })

  test('a second refusal is an answer, not a loop', async () => {
    const script = scripted([invalidToken, invalidToken], { tokens: [token('a'), token('b')] })
    const outcome = await payments.confirm?.(script.ctx, handle(), 'key-1')
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'bad_credentials' })
    expect(script.calls()).toHaveLength(2)
  })

  test('a closed account is no reason to renew a good token', async () => {
    const script = scripted([issue(401, 'INVALID_ACCOUNT_STATUS', 'AUTHENTICATION_FAILURE')])
    const outcome = await payments.confirm?.(script.ctx, handle(), 'key-1')
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'account_problem',
      providerCode: 'INVALID_ACCOUNT_STATUS',
    })
    expect(script.calls()).toHaveLength(1)
  })

  test('a missing permission drops the token, which may be older than the permission', async () => {
    const denied = issue(403, 'PERMISSION_DENIED', 'NOT_AUTHORIZED')
    const script = scripted([denied], { tokens: [token('old'), token('new')] })
    expect(await payments.fetch(script.ctx, handle())).toMatchObject({ providerCode: 'PERMISSION_DENIED' })
    expect(await accessToken(script.ctx)).toEqual({ ok: true, token: 'new' })
  })
})

describe('a token that cannot be had', () => {
  const cases: readonly (readonly [string, HttpResult])[] = [
    ['no connection', notSent],
    ['no answer', lost],
    ['503', answer(503, 'busy')],
    ['429', answer(429, '{}')],
    ['HTML with 200', answer(200, '<html>')],
    ['a token without a life', answer(200, { access_token: 'x' })],
  ]
  test.each(cases)(
    '%s: the money call was not sent, which is a proof on the first send only',
    async (_n, result) => {
      const first = scripted([], { tokens: [result] })
      expect((await payments.confirm?.(first.ctx, handle(), 'k'))?.kind).toBe('not_sent')
      const later = scripted([], { tokens: [result], ctx: { send: 'later' } })
      expect((await payments.confirm?.(later.ctx, handle(), 'k'))?.kind).toBe('unknown')
      expect([...first.calls(), ...later.calls()]).toEqual([])
    },
  )

  test('refused credentials are rejected, without the secret in the words', async () => {
    const script = scripted([], { tokens: [invalidClient] })
    const outcome = await credentials.check(script.ctx)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'bad_credentials',
      providerCode: 'invalid_client',
    })
    expect(JSON.stringify(outcome)).not.toContain(SECRET)
  })

  test('the check always asks, even with a cached token', async () => {
    const script = scripted([], { tokens: [token('one'), invalidClient] })
    await accessToken(script.ctx)
    expect((await credentials.check(script.ctx)).kind).toBe('rejected')
  })
})

describe('PayPal credentials', () => {
  const good = { client_id: ' AZid-000000000001 ', client_secret: 'secret' }

  test('are trimmed, and unknown or empty fields left out', () => {
    expect(credentials.parse({ ...good, webhook_id: ' ', mode: 'sandbox' }, 'test')).toEqual({
      ok: true,
      credentials: { client_id: 'AZid-000000000001', client_secret: 'secret' },
    })
  })

  test.each([
    ['/client_id', { ...good, client_id: '' }],
    ['/client_id', { ...good, client_id: 'has:colon' }],
    ['/client_secret', { ...good, client_secret: 7 }],
    ['/client_secret', { client_id: 'AZid' }],
    ['/webhook_id', { ...good, webhook_id: 'WEBHOOK_ID' }],
    ['/brand_name', { ...good, brand_name: 'x'.repeat(128) }],
  ])('refuse a bad %s', (pointer, input) => {
    const parsed = credentials.parse(input, 'test')
    expect(parsed.ok ? [] : parsed.errors.map((problem) => problem.pointer)).toEqual([pointer])
  })

  test('the hint never shows the secret', () => {
    const hint = credentials.hint({ client_id: 'AZclient-identifier-0001', client_secret: SECRET })
    expect(hint).toBe('AZcl…0001')
  })
})
