import { expect, test } from 'vitest'
import { startReaper } from './reaper.ts'
import { supervise } from './supervised.ts'
import { findWrongClock } from './wrong-clock.ts'

const TELL = `process.send({ now: Date.now(), pid: process.pid }); setInterval(() => undefined, 1_000)`
const SKEW_S = -7_200
const SLACK_MS = 600_000

test('a process with a wrong clock is the process that a kill meets', async (context) => {
  const wrongClock = findWrongClock()
  if (wrongClock === null) {
    console.log('SKIPPED: processes with wrong clocks (no faketime on this machine).')
    context.skip()
    return
  }
  const reaper = startReaper([])
  const order = { name: 'clock', args: ['-e', TELL], env: wrongClock(SKEW_S) }
  const process = supervise(order, () => undefined, reaper)
  await process.whenReady()
  const ready = process.ready()
  expect(ready?.pid).toBe(process.pid())
  expect(Math.abs(Number(ready?.now) - (Date.now() + SKEW_S * 1_000))).toBeLessThan(SLACK_MS)
  await process.stop()
  reaper.dismiss()
}, 60_000)
