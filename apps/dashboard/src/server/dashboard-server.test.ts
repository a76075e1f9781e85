import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBuilds } from './build.ts'
import { fingerprint } from './fingerprint.ts'
import { createProxy } from './proxy.ts'
import { clerkOriginOf, policyOf } from './security.ts'
import { createDashboardServer, type Standing } from './server.ts'

/** An API that answers what it was asked, with two cookies. */
const api = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    response.setHeader('set-cookie', ['a=1; HttpOnly', 'b=2'])
    response.end(JSON.stringify({ url: request.url, method: request.method, headers: request.headers, body }))
  })
})
let standing: Standing
const errors: unknown[] = []
let nonces = 0
let dashboard: Server
let origin: string

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP listener has no other kind
}

beforeAll(async () => {
  dashboard = createDashboardServer({
    proxy: createProxy(await listen(api)),
    standing: () => standing,
    nonce: () => {
      nonces += 1
      return `nonce${nonces}`
    },
    clerkOrigin: null,
    onError: (error) => errors.push(error),
  })
  origin = await listen(dashboard)
})
afterAll(async () => {
  for (const server of [dashboard, api]) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

describe('the way to the API', () => {
  test('method, path, query, body, cookies and our headers pass unchanged, both ways', async () => {
    const answer = await fetch(`${origin}/v1/payments?limit=1`, {
      method: 'POST',
      headers: { cookie: 'c=3', 'x-csrf-token': 't', 'content-type': 'application/json', origin },
      body: '{"amount":"1.00"}',
    })
    expect(answer.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2'])
    const seen = (await answer.json()) as Record<string, unknown> & { headers: IncomingHttpHeaders }
    expect(seen).toMatchObject({ url: '/v1/payments?limit=1', method: 'POST', body: '{"amount":"1.00"}' })
    expect(seen.headers).toMatchObject({ cookie: 'c=3', 'x-csrf-token': 't', origin })
  })

  test('what a caller claims about addresses stays in front of what we saw', async () => {
    const answer = await fetch(`${origin}/api/keys`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
    const { headers } = (await answer.json()) as { headers: IncomingHttpHeaders }
    expect(headers['x-forwarded-for']).toMatch(/^203\.0\.113\.9, (::ffff:)?127\.0\.0\.1$/)
  })

  test('only the API is reached: other paths are pages', async () => {
    for (const path of ['/webhooks/stripe', '/docs', '/apix/keys', '/v1', '//api/keys']) {
      const answer = await fetch(`${origin}${path}`)
      expect([path, answer.headers.get('set-cookie')]).toEqual([path, null])
    }
  })

  test('an API that is not there is a problem document, not a hanging page', async () => {
    const gone = createServer()
    const url = await listen(gone)
    await new Promise((resolve) => gone.close(resolve))
    const lonely = createDashboardServer({
      proxy: createProxy(url),
      standing: () => undefined,
      nonce: () => 'n',
      clerkOrigin: null,
      onError: () => undefined,
    })
    const answer = await fetch(`${await listen(lonely)}/api/health`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json'])
    lonely.closeAllConnections()
    await new Promise((resolve) => lonely.close(resolve))
  })
})

describe('X4, X10: every page', () => {
  const policy = async (path = '/') =>
    (await fetch(`${origin}${path}`)).headers.get('content-security-policy')

  test('runs only scripts with its own nonce, which the page before did not have', async () => {
    const [first, second] = [await policy(), await policy()]
    expect(first).not.toBe(second)
    expect(first).toMatch(/script-src 'nonce-[\w]+' 'strict-dynamic';/)
    for (const word of ['unsafe-inline', 'unsafe-eval', 'http:', 'https:', '*'])
      expect(first).not.toContain(word)
    expect(first).toContain("frame-ancestors 'none'")
  })

  test('talks to Clerk only where a key names an instance, and a key can name nothing but a host', () => {
    const keyOf = (host: string) => `pk_test_${Buffer.from(host).toString('base64')}`
    expect(policyOf('n', null)).toContain("connect-src 'self';")
    const clerk = clerkOriginOf(keyOf('clerk.shop.example$'))
    expect(policyOf('n', clerk)).toContain("connect-src 'self' https://clerk.shop.example;")
    expect(policyOf('n', clerk).replace(' https://clerk.shop.example', '')).toBe(policyOf('n', null))
    const odd = [
      'clerk.shop.example',
      "a.example; script-src 'unsafe-inline'$",
      '*.example$',
      'a.example:1$',
      '$',
    ]
    for (const host of odd) expect([host, clerkOriginOf(keyOf(host))]).toEqual([host, null])
    for (const key of [undefined, '', 'pk_test_xxx', 'sk_test_Y2xlcmsuc2hvcC5leGFtcGxlJA=='])
      expect([key, clerkOriginOf(key)]).toEqual([key, null])
  })

  test('waits in words while it is being built, and says so when that failed', async () => {
    const waiting = await fetch(origin)
    expect([waiting.status, await waiting.text()]).toEqual([
      503,
      expect.stringContaining('http-equiv="refresh"'),
    ])
    standing = { problem: 'build' }
    const failed = await (await fetch(origin)).text()
    expect(failed).toContain('could not be prepared')
    expect(failed).not.toContain('http-equiv="refresh"')
  })

  test('is rendered under the policy that it is sent with, and a failure is told to the log alone', async () => {
    standing = {
      pages: async (incoming, outgoing) => {
        outgoing.end(incoming.headers['content-security-policy'])
      },
    }
    const answer = await fetch(origin)
    expect(await answer.text()).toBe(answer.headers.get('content-security-policy'))
    standing = { pages: () => Promise.reject(new Error('broken inside')) }
    const broken = await fetch(origin)
    expect([broken.status, await broken.text()]).toEqual([500, ''])
    expect(errors).toHaveLength(1)
    expect((await fetch(origin, { method: 'POST' })).status).toBe(405)
    standing = undefined
  })
})

describe('builds', () => {
  test('have the name of their sources: the same twice, without what only the server reads', async () => {
    const root = join(import.meta.dirname, '../..')
    const name = await fingerprint(root)
    expect(name).toMatch(/^[0-9a-f]{16}$/)
    expect(await fingerprint(root)).toBe(name)
  })

  test('a folder without its mark is half a build, and a builder that cannot begin says why', async () => {
    const root = await mkdtemp(join(tmpdir(), 'onerouter-dashboard-'))
    const builds = createBuilds({ root, env: {}, sleep: async () => undefined, now: () => 0 })
    expect(await builds.exists('0123456789abcdef')).toBe(false)
    await expect(builds.make('0123456789abcdef')).rejects.toThrow(/next/)
    expect(await builds.exists('0123456789abcdef')).toBe(false)
    await rm(root, { recursive: true })
  })
})
