/** What strangers and hostile pages may try on somebody who is signed in, with a real browser. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpsOnly, webPage } from '../../apps/dashboard/src/ui/safe-link.ts'
import { openBrowser } from '../harness/browser.ts'
import { type Console, type Member, newMember, openConsole } from '../harness/dashboard.ts'
import { signedIn } from '../harness/pages.ts'

let dashboard: Console
let browser: Browser
let member: Member
/** Another site: `localhost` and `127.0.0.1` share no cookies, which is what a foreign origin is. */
let evil: Server
let evilOrigin: string
let page = ''
beforeAll(async () => {
  evil = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page))
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
  evilOrigin = `http://localhost:${(evil.address() as AddressInfo).port}` // a TCP listener has a port
  ;[dashboard, browser] = await Promise.all([openConsole(), openBrowser()])
  member = await newMember(dashboard)
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
  evil?.close()
})

const keysOf = async () => ((await member.call('GET', '/api/keys')).body as { data: unknown[] }).data.length

test('CSRF: a form of another site, sent with the visitor’s own browser, makes nothing', async () => {
  const { page: tab } = await signedIn(browser, dashboard, member)
  const before = await keysOf()
  page = `<form method="post" enctype="text/plain" action="${dashboard.origin}/api/keys">
    <input name='{"name":"' value='evil"}'></form><button onclick="document.forms[0].submit()">Win</button>`
  await tab.goto(evilOrigin)
  const [answer] = await Promise.all([
    tab.waitForResponse((response) => response.url().endsWith('/api/keys')),
    tab.getByRole('button').click(),
  ])
  expect(answer.status()).toBeGreaterThanOrEqual(400)
  const fetched = await tab.evaluate(
    (url) =>
      fetch(`${url}/api/keys`, {
        method: 'POST',
        mode: 'no-cors',
        credentials: 'include',
        body: '{"name":"evil"}',
      }).then(
        () => 'sent',
        () => 'refused',
      ),
    dashboard.origin,
  )
  expect(['sent', 'refused']).toContain(fetched)
  expect(await keysOf()).toBe(before)
  await tab.context().close()
})

test('clickjacking: no page shows itself inside another site', async () => {
  const { page: tab } = await signedIn(browser, dashboard, member)
  page = `<iframe src="${dashboard.origin}/keys" width="800" height="600"></iframe>`
  await tab.goto(evilOrigin)
  const frame = tab.frames().find((one) => one !== tab.mainFrame())
  expect(frame?.url() ?? 'none').not.toContain('/keys')
  expect(await tab.frameLocator('iframe').getByRole('heading', { name: 'API keys' }).count()).toBe(0)
  await tab.context().close()
})

test('open redirect: nothing in an address leads to another site, signed in or not', async () => {
  const targets = ['//evil.example', '/\\evil.example', '/%2f%2fevil.example', '/sign-in?next=//evil.example']
  const { page: tab } = await signedIn(browser, dashboard, member)
  for (const target of targets) {
    await tab.goto(dashboard.origin + target)
    await tab.locator('h1').first().waitFor()
    expect(new URL(tab.url()).origin, target).toBe(dashboard.origin)
  }
  await tab.context().close()
  const stranger = await browser.newPage()
  await stranger.goto(`${dashboard.origin}/sign-in?next=//evil.example&callbackUrl=https://evil.example`)
  await stranger.getByLabel('E-mail').fill(member.email)
  await stranger.getByLabel('Password').fill(member.password)
  await stranger.getByRole('button', { name: 'Sign in' }).click()
  await stranger.getByRole('heading', { name: 'Home', exact: true }).waitFor()
  expect(new URL(stranger.url()).origin).toBe(dashboard.origin)
  await stranger.close()
})

test('session fixation: a cookie that was planted before the sign-in is not the session afterwards', async () => {
  const context = await browser.newContext()
  const planted = 'A'.repeat(43)
  await context.addCookies([{ name: 'onerouter_session', value: planted, url: dashboard.origin }])
  const tab = await context.newPage()
  await tab.goto(`${dashboard.origin}/sign-in`)
  await tab.getByLabel('E-mail').fill(member.email)
  await tab.getByLabel('Password').fill(member.password)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.getByRole('heading', { name: 'Home', exact: true }).waitFor()
  const cookie = (await context.cookies()).find(({ name }) => name === 'onerouter_session')
  expect(cookie?.value).not.toBe(planted)
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
  const answer = await fetch(`${dashboard.origin}/api/auth/session`, {
    headers: { cookie: `onerouter_session=${planted}` },
  })
  expect(answer.status).toBe(401)
  await context.close()
})

test('no secret is in the browser: neither storage nor scripts can reach the session', async () => {
  const { page: tab } = await signedIn(browser, dashboard, member)
  const kept = await tab.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
  )
  expect(kept).not.toMatch(/session["=]|csrf|unf_|password/i)
  await tab.context().close()
})

test('inline scripts do not run, even where somebody gets markup into a page', async () => {
  const { page: tab } = await signedIn(browser, dashboard, member)
  const ran = await tab.evaluate(async () => {
    const host = document.createElement('div')
    host.innerHTML = '<img src="x" onerror="window.pwned = 1">'
    document.body.append(host)
    const image = host.querySelector('img')
    await new Promise((resolve) => image?.addEventListener('error', resolve, { once: true }))
    return 'pwned' in window
  })
  expect(ran).toBe(false)
  await tab.context().close()
})

test('brute force: guesses at one address are cut off', async () => {
  const victim = await newMember(dashboard)
  const statuses: number[] = []
  for (let guess = 0; guess < 12; guess++) {
    const answer = await fetch(`${dashboard.origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: dashboard.origin },
      body: JSON.stringify({ email: victim.email, password: `guess-${guess}` }),
    })
    statuses.push(answer.status)
  }
  expect(new Set(statuses)).toEqual(new Set([401, 429]))
}, 60_000)

test('a link from a provider is one only to the web, and of its own pages only where it is encrypted', () => {
  const odd = ['javascript:alert(1)', 'data:text/html,x', 'x', ' javascript:x', 'blob:https://x.example/1']
  expect(odd.map(httpsOnly)).toEqual(odd.map(() => undefined))
  expect(odd.map(webPage)).toEqual(odd.map(() => undefined))
  expect(httpsOnly('http://x.example')).toBeUndefined()
  expect(httpsOnly('https://dashboard.example/d/1')).toBe('https://dashboard.example/d/1')
  expect(webPage('http://127.0.0.1:8010/pay/1')).toBe('http://127.0.0.1:8010/pay/1')
})
