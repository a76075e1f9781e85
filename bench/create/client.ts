/** A load generator in a process of its own: for machines without `wrk`, for loads at a steady rate, for what is signed. */
import { createHmac } from 'node:crypto'
import type { Fired, Load, Offered, Shot } from './load.ts'
import { openWire, type Wire } from './wire.ts'

interface Order {
  readonly shot: Shot
  readonly load: Load
  readonly perSecond?: number
}

process.once('message', (order: Order) => {
  void fire(order).then((fired) => process.send?.(fired))
})
process.on('disconnect', () => process.exit())

async function fire({ shot, load, perSecond }: Order): Promise<Offered> {
  const tally = { waits: [] as number[], overheads: [] as number[], refused: 0, broken: 0 }
  let n = shot.from
  const one = async (wire: Wire, dueMs: number): Promise<void> => {
    n += 1
    const number = shot.modulo > 0 ? n % shot.modulo : n
    const text = shot.template
      .replaceAll('{n}', String(number).padStart(8, '0'))
      .replaceAll('{id}', shot.ids[n % Math.max(1, shot.ids.length)] ?? '')
    const answer = await wire.ask(signed(text, shot.stripeSecret))
    tally.waits.push(performance.now() - dueMs)
    if (answer === null) tally.broken += 1
    else if (answer.status >= 300) tally.refused += 1
    else tally.overheads.push(answer.overheadMs)
  }
  const beganMs = performance.now()
  const endMs = beganMs + load.seconds * 1000
  if (perSecond === undefined) {
    const lane = async (): Promise<void> => {
      const wire = openWire(shot.port)
      while (performance.now() < endMs) await one(wire, performance.now())
      wire.close()
    }
    await Promise.all(Array.from({ length: load.connections }, lane))
  } else {
    const free: Wire[] = []
    const onFree = async (dueMs: number): Promise<void> => {
      const wire = free.pop() ?? openWire(shot.port)
      await one(wire, dueMs)
      free.push(wire)
    }
    await atRate(onFree, beganMs, perSecond, load.seconds)
    for (const wire of free) wire.close()
  }
  return { ...summary(tally, (performance.now() - beganMs) / 1000) }
}

/** Stripe docs, "Verify webhook signatures manually": `t.body` under the whole secret. */
function signed(text: string, secret: string | undefined): string {
  if (secret === undefined) return text
  const t = Math.floor(Date.now() / 1000)
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
  return text.replace('{signature}', `t=${t},v1=${v1}`)
}

/** From the moment each was due: a sender that falls behind must not make the answers look quick. */
async function atRate(
  one: (dueMs: number) => Promise<void>,
  beganMs: number,
  perSecond: number,
  seconds: number,
): Promise<void> {
  const running: Promise<void>[] = []
  while (running.length < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, ((performance.now() - beganMs) / 1000) * perSecond)
    while (running.length < due) running.push(one(beganMs + (running.length / perSecond) * 1000))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(running)
}

function summary(
  tally: { waits: number[]; overheads: number[]; refused: number; broken: number },
  seconds: number,
): Offered {
  const { waits, overheads, refused, broken } = tally
  const fired: Fired = {
    requests: waits.length,
    seconds,
    p50Ms: percentile(waits, 0.5),
    p99Ms: percentile(waits, 0.99),
    refused,
    broken,
  }
  return {
    ...fired,
    overheadP50Ms: percentile(overheads, 0.5),
    overheadP99Ms: percentile(overheads, 0.99),
  }
}

function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(p * (sorted.length - 1))] ?? 0
}
