import { execFile, execFileSync, fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** One kind of request: its text with `{n}` (a running number) and `{id}` (the next of `ids`) in it. */
export interface Shot {
  readonly port: number
  readonly template: string
  /** Numbers below it have been used; the next run begins after it. */
  readonly from: number
  /** Numbers go round within it; 0 = each is new. */
  readonly modulo: number
  readonly ids: readonly string[]
  /** Stands behind `{signature}`, which Stripe would send with the body. */
  readonly stripeSecret?: string
}

export interface Load {
  readonly connections: number
  readonly seconds: number
}

export interface Fired {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that were not 2xx. */
  readonly refused: number
  /** Connections that broke or answered too late. */
  readonly broken: number
}

const run = promisify(execFile)

export const hasWrk = (): boolean => {
  try {
    execFileSync('wrk', ['--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    // wrk answers --version with exit code 1; only a missing program has no status.
    return typeof error === 'object' && error !== null && 'status' in error && error.status !== null
  }
}

/** Fires as fast as the answers come, by `wrk` where the machine has it, else by a client of our own that costs more. */
export function createLoad(folder: string): (shot: Shot, load: Load) => Promise<Fired> {
  return hasWrk() ? (shot, load) => byWrk(folder, shot, load) : byClient
}

async function byWrk(folder: string, shot: Shot, { connections, seconds }: Load): Promise<Fired> {
  const template = join(folder, 'template')
  const ids = join(folder, 'ids')
  await writeFile(template, shot.template)
  await writeFile(ids, shot.ids.map((id) => `${id}\n`).join(''))
  const script = fileURLToPath(new URL('./wrk.lua', import.meta.url))
  const options = [`-t1`, `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', script]
  const args = [...options, `http://127.0.0.1:${shot.port}/`, '--', template, String(shot.from)]
  const { stdout } = await run('wrk', [...args, String(shot.modulo), ids], {
    timeout: (seconds + 60) * 1000,
  })
  const text = /^RESULT (.*)$/m.exec(stdout)?.[1]
  if (text === undefined) throw new Error(`wrk said: ${stdout}`)
  const result = JSON.parse(text) as Record<'requests' | 'us' | 'p50' | 'p99' | 'refused' | 'broken', number>
  return {
    requests: result.requests,
    seconds: result.us / 1e6,
    p50Ms: result.p50 / 1000,
    p99Ms: result.p99 / 1000,
    refused: result.refused,
    broken: result.broken,
  }
}

/** By our own client, which can sign. */
export function byClient(shot: Shot, load: Load): Promise<Fired> {
  return inClient<Fired>({ shot, load })
}

export interface Offered extends Fired {
  readonly overheadP50Ms: number
  readonly overheadP99Ms: number
}

/** Fires at a steady rate, whatever the answers do, and reads `OneRouter-Overhead-Ms`. */
export function offer(shot: Shot, perSecond: number, seconds: number): Promise<Offered> {
  return inClient<Offered>({ shot, load: { connections: 256, seconds }, perSecond })
}

async function inClient<T>(order: object): Promise<T> {
  const child = fork(new URL('./client.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    return await new Promise<T>((resolve, reject) => {
      child.once('message', (message) => resolve(message as T)) // our own client sends one object
      child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)))
      child.send(order)
    })
  } finally {
    child.kill('SIGKILL')
  }
}
