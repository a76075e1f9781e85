import { expect, test } from 'vitest'
import type { DisputeSnapshot } from '../disputes.ts'
import { AMOUNT, pay, REFUSED, refund } from './steps.ts'
import { type Paid, value, type World } from './world.ts'

const HOUR_MS = 3_600_000

/** Opens a dispute of the payment and answers how the provider names it, as its webhook tells. */
async function disputed(world: World, paid: Paid): Promise<string> {
  const known = world.received.length
  expect(world.act(paid.snapshot.orderRef, 'dispute')).toMatchObject({ ok: true })
  await world.settleTime(60_000)
  const told = world.received.slice(known).flatMap(({ body }) => {
    const about = world.webhooks.parse(body)?.about
    return about?.kind === 'dispute' ? [about] : []
  })
  const [first] = told
  if (first === undefined) expect.fail('the provider told of no dispute')
  const { reference, paymentRef } = first
  expect(reference === paid.request.reference || paymentRef === paid.handle.paymentRef).toBe(true)
  expect(new Set(told.map(({ disputeRef }) => disputeRef)).size).toBe(1)
  return first.disputeRef
}

async function open(world: World): Promise<{ readonly paid: Paid; readonly dispute: DisputeSnapshot }> {
  await world.subscribe()
  const paid = await pay(world)
  const ref = await disputed(world, paid)
  return { paid, dispute: value(await world.disputes.fetch(world.ctx(), ref)) }
}

async function decide(world: World, paid: Paid, outcome: 'dispute_won' | 'dispute_lost', ref: string) {
  expect(world.act(paid.snapshot.orderRef, outcome)).toMatchObject({ ok: true })
  await world.settleTime(60_000)
  return value(await world.disputes.fetch(world.ctx(), ref))
}

/** What payers take back through their bank: told by webhook, read by fetch, found again by list. */
export function disputes(openWorld: () => World): void {
  test('a dispute is told with its payment, and says what, why and until when', async () => {
    const world = openWorld()
    const { paid, dispute } = await open(world)
    expect(dispute.status).toBe('open')
    expect(dispute.stage).toBe('chargeback')
    expect(dispute.amount).toEqual(paid.request.amount)
    expect(dispute.reason).not.toBe('other')
    expect(dispute.providerReason).toBeTypeOf('string')
    expect(dispute.respondByMs).toBeGreaterThan(world.sandbox.now())
    expect(dispute.openedAtMs).toBeLessThanOrEqual(world.sandbox.now())
    const named = [dispute.reference, dispute.paymentRef]
    expect(named.includes(paid.request.reference) || named.includes(paid.handle.paymentRef)).toBe(true)
  })

  test('a lost dispute states what the provider took, to the last minor unit', async () => {
    const world = openWorld()
    const { paid, dispute } = await open(world)
    const lost = await decide(world, paid, 'dispute_lost', dispute.disputeRef)
    expect(lost).toMatchObject({ status: 'lost', deducted: paid.request.amount, amount: paid.request.amount })
  })

  test('after a won dispute nothing stays taken', async () => {
    const world = openWorld()
    const { paid, dispute } = await open(world)
    const won = await decide(world, paid, 'dispute_won', dispute.disputeRef)
    expect(won.status).toBe('won')
    expect(won.deducted?.minor ?? 0n).toBe(0n)
  })

  test('what is being disputed is not refunded in part', async () => {
    const world = openWorld()
    const { paid } = await open(world)
    const refused = await refund(world, paid, AMOUNT / 2n, { reference: world.id() })
    expect(REFUSED).toContain(refused.kind)
  })

  test('the list of disputes holds what was opened in the window and nothing else', async () => {
    const world = openWorld()
    const { dispute } = await open(world)
    const now = world.sandbox.now()
    const { listSince } = world.disputes
    const within = { fromMs: now - HOUR_MS, toMs: now + HOUR_MS, cursor: null }
    const listed = value(await listSince(world.ctx(), within))
    expect(listed.items).toMatchObject([{ disputeRef: dispute.disputeRef, status: 'open' }])
    expect(listed.nextCursor).toBeNull()
    const before = { fromMs: now - 2 * HOUR_MS, toMs: now - HOUR_MS, cursor: null }
    expect(value(await listSince(world.ctx(), before)).items).toEqual([])
  })

  test('a dispute that is not there is a refusal, and one that cannot be read is unknown', async () => {
    const world = openWorld()
    const { dispute } = await open(world)
    const { disputeRef } = dispute
    const other = `${disputeRef.slice(0, -2)}00`
    expect(await world.disputes.fetch(world.ctx(), other)).toMatchObject({
      kind: 'rejected',
      reason: 'not_found',
    })
    world.fault('truncated', '', 1)
    expect((await world.disputes.fetch(world.ctx(), disputeRef)).kind).not.toBe('ok')
  })

  test('the link to the evidence leads to the provider and names the dispute', async () => {
    const world = openWorld()
    const { dispute } = await open(world)
    for (const environment of ['test', 'live'] as const) {
      const url = new URL(world.disputes.evidenceUrl(environment, dispute.disputeRef))
      expect(url.protocol).toBe('https:')
      expect(url.hostname).toContain(world.provider.name)
      expect(url.pathname).toContain(dispute.disputeRef)
    }
  })
}
