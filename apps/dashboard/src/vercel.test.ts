import { NextRequest } from 'next/server.js'
import { afterEach, expect, test, vi } from 'vitest'
import { proxy } from './proxy.vercel.ts'

afterEach(() => vi.unstubAllEnvs())

test('on Vercel each page has the policy that our own server gives, with a nonce of its own', () => {
  const [one, other] = ['/payments', '/'].map((path) => {
    const headers = { 'content-security-policy': "script-src 'unsafe-inline'" }
    return proxy(new NextRequest(new URL(path, 'https://pay.example.com'), { headers }))
  })
  const policy = one?.headers.get('content-security-policy')
  expect(policy).toMatch(/script-src 'nonce-[\w+/=]+' 'strict-dynamic';/)
  expect(policy).not.toContain('unsafe-inline')
  expect(policy).not.toBe(other?.headers.get('content-security-policy'))
  expect(one?.headers.get('x-frame-options')).toBe('DENY')
  // What the page is rendered with, in the form in which Next.js hands changed headers on.
  expect(one?.headers.get('x-middleware-request-content-security-policy')).toBe(policy)
})

test('on Vercel the API is reached through the same origin, and a missing address stops the build', async () => {
  vi.stubEnv('VERCEL', '1')
  vi.stubEnv('NEXT_PUBLIC_API_URL', 'https://api.example.com')
  const { default: config } = await import('../next.config.mjs')
  expect(config.distDir).toBe('.next')
  expect(await config.rewrites?.()).toEqual([
    { source: '/api/:path*', destination: 'https://api.example.com/api/:path*' },
    { source: '/v1/:path*', destination: 'https://api.example.com/v1/:path*' },
    { source: '/l/:id/qr.svg', destination: 'https://api.example.com/l/:id/qr.svg' },
  ])
  vi.stubEnv('NEXT_PUBLIC_API_URL', '')
  vi.resetModules()
  await expect(import('../next.config.mjs')).rejects.toThrow('NEXT_PUBLIC_API_URL')
})
