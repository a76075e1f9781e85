import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'

const RUN = new URL('./reaper.fixture.ts', import.meta.url)
const WITHIN_MS = 20_000

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a run that ends by %s leaves no process, not even a frozen one',
  async (signal) => {
    const run = fork(RUN, { stdio: 'ignore' })
    const [{ pid }] = (await once(run, 'message')) as [{ pid: number }] // what the fixture sends
    expect(isAlive(pid)).toBe(true)
    run.kill(signal)
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: WITHIN_MS, interval: 20 })
  },
  60_000,
)

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // There is no such process.
    return false
  }
}
