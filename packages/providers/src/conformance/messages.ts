import { currency, formatId, uuidV7 } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import type { ProviderContext, RawWebhook } from '../spec.ts'
import { createTokenCache } from '../token-cache.ts'
import { httpFromFetch } from '../transport.ts'
import { proving, publishProofs } from './proofs.ts'
import { type FaultName, type MakeWorld, value } from './world.ts'

/** Numbers by which the emulated provider decides what becomes of a message. */
export interface MessageNumbers {
  readonly ordinary: string
  readonly invalid: string
  readonly optedOut: string
  readonly unreachable: string
}

const START_MS = Date.UTC(2026, 10, 24, 9, 0, 0)
const STATUS_URL = 'https://router.example/webhooks/token'

/** What every adapter that sends text messages promises, against an emulated provider. */
export function messageConformance(name: string, numbers: MessageNumbers, makeWorld: MakeWorld): void {
  describe(`${name} keeps the contract of messages`, () => {
    publishProofs(name, 'messages')
    const open = () => openMessages(makeWorld)
    sending(open, numbers)
    refusals(open, numbers)
    callbacks(open, numbers)
  })
}

type World = ReturnType<typeof openMessages>

function openMessages(makeWorld: MakeWorld) {
  const received: RawWebhook[] = []
  const exchanges: Exchange[] = []
  const made = makeWorld({
    clock: { now: () => START_MS },
    seed: 7,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      received.push({
        headers: Object.fromEntries(request.headers),
        body: new Uint8Array(await request.arrayBuffer()),
        receivedAtMs: START_MS,
        url: request.url,
      })
      return new Response(null, { status: 204 })
    },
    sleep: () => Promise.resolve(),
    deliveryConcurrency: 1,
    warn: () => {},
  })
  const provider = proving(made.provider)
  const { sandbox } = made
  const { messages } = provider
  if (messages === undefined) throw new Error('this suite is for providers that send messages')
  const account = sandbox.account('twilio')
  const parsed = provider.credentials.parse(account.credentials, 'test')
  if (!parsed.ok) throw new Error("the sandbox's credentials are refused")
  const baseUrl = sandbox.urls.api[provider.name] ?? ''
  const http = httpFromFetch(sandbox.fetch('twilio'), baseUrl, {
    now: () => sandbox.now(),
    secrets: [account.credentials.auth_token ?? ''],
    observe: (exchange) => exchanges.push(exchange),
  })
  const ctx = (send: 'first' | 'later' = 'first'): ProviderContext<object> => ({
    credentials: parsed.credentials,
    environment: 'test',
    baseUrl,
    send,
    http,
    tokens: createTokenCache(),
    now: () => sandbox.now(),
  })
  const from = messages.sender(parsed.credentials)
  const send = (to: string, body = 'Your order has left our house.') =>
    messages.send(ctx(), { to, from, body, statusUrl: STATUS_URL })
  return { provider, messages, sandbox, received, exchanges, ctx, from, send, account }
}

async function pass(world: World, ms: number): Promise<void> {
  await world.sandbox.advance(ms)
  await world.sandbox.runDue()
}

function sending(open: () => World, { ordinary }: MessageNumbers): void {
  test('the credentials are tried without sending anything', async () => {
    const world = open()
    value(await world.provider.credentials.check(world.ctx()))
    expect(world.exchanges.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('a message is taken, delivered, counted and billed', async () => {
    const world = open()
    const sent = value(await world.send(ordinary))
    expect(sent).toMatchObject({ to: ordinary, from: world.from, failure: null })
    expect(['queued', 'sent']).toContain(sent.status)
    await pass(world, 60_000)
    const seen = value(await world.messages.fetch(world.ctx(), sent.messageRef))
    expect(seen).toMatchObject({ status: 'delivered', segments: 1, failure: null })
    expect(seen.cost?.micros).toBeGreaterThan(0n)
    expect(seen.cost?.currency).toBe(currency('USD'))
  })

  test('a message nobody saw the end of is found, once, and nothing else is taken for it', async () => {
    const world = open()
    const body = `code ${formatId('sms', uuidV7(START_MS, new Uint8Array(10)))}`
    world.sandbox.faults.add({
      provider: 'twilio',
      fault: 'lost_answer' satisfies FaultName,
      count: 1,
      match: 'POST',
    })
    await world.send(ordinary, 'something else')
    const lost = await world.send(ordinary, body)
    await pass(world, world.messages.lookupLagMs + 1_000)
    const sought = { to: ordinary, from: world.from, body, createdFromMs: START_MS - 1_000 }
    const found = value(await world.messages.find(world.ctx('later'), sought))
    expect(found).toHaveLength(1)
    expect(found[0]?.body).toBe(body)
    if (lost.kind === 'ok') expect(found[0]?.messageRef).toBe(lost.value.messageRef)
    expect(value(await world.messages.find(world.ctx('later'), { ...sought, body: 'never sent' }))).toEqual(
      [],
    )
  })
}

function refusals(open: () => World, numbers: MessageNumbers): void {
  test.each([
    ['is none', 'invalid', 'invalid_recipient'],
    ['has opted out', 'optedOut', 'recipient_opted_out'],
  ] as const)('a number that %s is refused for that reason, and nothing is sent', async (_, key, reason) => {
    const world = open()
    const outcome = await world.send(numbers[key])
    if (outcome.kind !== 'rejected') expect.fail(`expected a refusal, got ${outcome.kind}`)
    expect(outcome.providerCode).toMatch(/^\d{5}$/)
    expect(world.messages.explain(outcome.providerCode)).toBe(reason)
    await pass(world, 60_000)
    expect(world.received).toEqual([])
  })

  test('a phone that cannot be reached ends the message, with the reason', async () => {
    const world = open()
    const sent = value(await world.send(numbers.unreachable))
    await pass(world, 60_000)
    const seen = value(await world.messages.fetch(world.ctx(), sent.messageRef))
    expect(seen).toMatchObject({ status: 'undelivered', failure: { reason: 'recipient_unreachable' } })
  })

  test('a message the provider does not know is refused as not found', async () => {
    const world = open()
    const outcome = await world.messages.fetch(world.ctx(), `SM${'0'.repeat(32)}`)
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'not_found' })
  })

  test('what cannot be a number is refused before anybody is called', () => {
    const world = open()
    for (const to of ['', '12345', '+', '+0123456789', 'somebody', '+1 415 555 0100'])
      expect(world.messages.accepts({ to, from: world.from, body: 'x' }), to).not.toBeNull()
    expect(world.messages.accepts({ to: numbers.ordinary, from: world.from, body: '' })).not.toBeNull()
    expect(world.exchanges).toEqual([])
  })

  test('no secret is in what is logged', async () => {
    const world = open()
    await world.send(numbers.ordinary)
    await world.send(numbers.invalid)
    const secret = world.account.credentials.auth_token ?? ''
    expect(secret.length).toBeGreaterThan(16)
    expect(JSON.stringify(world.exchanges)).not.toContain(secret)
    expect(JSON.stringify(world.exchanges)).not.toContain(btoa(`:${secret}`).slice(4, -4))
  })
}

function callbacks(open: () => World, { ordinary }: MessageNumbers): void {
  test('status callbacks verify against the address they were sent to, and name the message', async () => {
    const world = open()
    const sent = value(await world.send(ordinary))
    await pass(world, 60_000)
    expect(world.received.length).toBeGreaterThan(0)
    for (const webhook of world.received) {
      expect(await world.provider.webhooks.verify(world.ctx(), webhook)).toMatchObject({ ok: true })
      expect(world.provider.webhooks.parse(webhook.body)?.about).toEqual({
        kind: 'message',
        messageRef: sent.messageRef,
      })
    }
  })

  test('a callback that was changed, sent elsewhere or not signed does not verify', async () => {
    const world = open()
    value(await world.send(ordinary))
    await pass(world, 60_000)
    const [webhook] = world.received
    if (webhook === undefined) expect.fail('no callback came')
    const body = new TextEncoder().encode(new TextDecoder().decode(webhook.body).replace('SM', 'SN'))
    const { 'x-twilio-signature': _, ...unsigned } = webhook.headers
    for (const forged of [
      { ...webhook, body },
      { ...webhook, url: 'https://elsewhere.example/webhooks/token' },
      { ...webhook, headers: unsigned },
    ]) {
      expect(await world.provider.webhooks.verify(world.ctx(), forged)).toMatchObject({ ok: false })
    }
  })
}
