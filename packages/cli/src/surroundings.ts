/** What the command takes from its process: time, chance, the network, the terminal, and the wish to stop. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from './commands/command.ts'
import { terminalAsk } from './commands/terminal.ts'

export function surroundings(
  stop: AbortSignal,
): Omit<World, 'commands' | 'root' | 'nodeFrom' | 'dev' | 'run'> {
  return {
    env: process.env,
    nodeVersion: process.version,
    now: () => Date.now(),
    fetch: (input, init) => fetch(input, init),
    sleep: (ms) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
    random: (bytes) => randomBytes(bytes),
    out: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    ask: terminalAsk(process.stdin, process.stderr),
    stop,
  }
}

/** One Ctrl-C arrives several times (terminal, npm and our own front door each send it): repeats are one wish. */
const repeatMs = 700

export function onStopWish(first: () => void, again: () => void): void {
  let askedAt: number | undefined
  const ask = () => {
    if (askedAt === undefined) {
      askedAt = performance.now()
      first()
    } else if (performance.now() - askedAt > repeatMs) again()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  process.once('disconnect', ask)
}
