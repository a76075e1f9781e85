/** Starts a Redis that only this test run uses. */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@onerouter/cli'

/** A running Redis; it keeps nothing on disk and listens on loopback only. */
export type RunningRedis = { url: string; stop: () => Promise<void> }

const readyWithinMs = 10_000

/** `undefined` when the machine has no `redis-server`. */
export async function startRedis(): Promise<RunningRedis | undefined> {
  const port = await freePort()
  const flags = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    '/tmp',
  ]
  // Redis lives on the pipe below: the shell ends it when this process dies, however it dies.
  const script = '"$@" & pid=$!; (while read -r _; do :; done; kill "$pid" 2>/dev/null) <&3 & wait "$pid"'
  const server = spawn(
    '/bin/sh',
    ['-c', `command -v redis-server >/dev/null || exit 127; ${script}`, 'redis', 'redis-server', ...flags],
    { stdio: ['ignore', 'pipe', 'ignore', 'pipe'], detached: true },
  )
  const ended = new Promise<number | null>((resolve) => {
    server.once('exit', (code) => resolve(code))
    server.once('error', () => resolve(127))
  })
  const started = new Promise<'ready'>((resolve) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes('Ready to accept connections')) resolve('ready')
    })
  })
  const slow = sleep(readyWithinMs, 'slow', { ref: false })
  const outcome = await Promise.race([started, ended, slow])
  if (outcome === 127) return undefined
  if (outcome !== 'ready') throw new Error(`redis-server did not start (${outcome})`)
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      const pipe = server.stdio[3]
      if (pipe !== null && pipe !== undefined && 'end' in pipe) pipe.end()
      await ended
    },
  }
}
