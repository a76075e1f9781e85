import { expect, test } from 'vitest'
import { openApp } from '../testing/open-app.ts'

test('N10: behind one proxy the last address of X-Forwarded-For counts, not what the caller wrote before it', async () => {
  const api = await openApp({ env: { TRUSTED_PROXY_HOPS: '1' } })
  const { plain } = await api.newKey({ ipAllowlist: ['203.0.113.1'] })
  const from = (forwarded: string) =>
    api.app.inject({
      url: '/api/services',
      headers: { authorization: `Bearer ${plain}`, 'x-forwarded-for': forwarded },
      remoteAddress: '10.0.0.1',
    })
  expect((await from('203.0.113.1')).statusCode).toBe(200)
  expect((await from('198.51.100.1, 203.0.113.1')).statusCode).toBe(200)
  expect((await from('203.0.113.1, 198.51.100.1')).statusCode).toBe(403)
  await api.close()
})

test('a database that is away makes a 503 with the word to try again, and health says what is wrong', async () => {
  const api = await openApp()
  const { plain } = await api.newKey()
  const query = api.deps.db.engine.query
  const away = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' })
  Object.assign(api.deps.db.engine, { query: () => Promise.reject(away) })
  const answer = await api.call(plain, 'GET', '/api/services')
  expect(answer.json()).toMatchObject({ status: 503, code: 'overloaded', retryable: true })
  expect(answer.headers['retry-after']).toBe('1')
  const health = await api.app.inject({ url: '/api/health' })
  expect(health.json()).toMatchObject({ status: 'failed', checks: { database: { status: 'failed' } } })
  expect(health.statusCode).toBe(503)
  expect((await api.app.inject({ url: '/api/health/ready' })).statusCode).toBe(503)
  expect((await api.app.inject({ url: '/api/health/live' })).statusCode).toBe(200)
  expect(answer.body + health.body).not.toContain('10.1.2.3')
  Object.assign(api.deps.db.engine, { query })
  expect((await api.call(plain, 'GET', '/api/services')).statusCode).toBe(200)
  await api.close()
})
