/** Remembers which processes a run consists of, so that the next run can clear up after a killed one. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processIdentity } from '../postgres/process-identity.ts'

type Member = { pid: number; identity: string }
type Run = { supervisor: Member; children: Member[] }

/** The record of this run. */
export type RunFile = { add: (pid: number) => Promise<void>; remove: () => Promise<void> }

const fileName = 'running.json'
const graceMs = 6_000

/** Refuses a second run on the same folder, ends what a killed run left alive, and opens a new record. */
export async function openRunFile(dataDir: string, log: (line: string) => void): Promise<RunFile> {
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const file = join(dataDir, fileName)
  const earlier = parseRun(await readFile(file, 'utf8').catch(() => ''))
  if (earlier !== undefined && (await lives(earlier.supervisor)) && earlier.supervisor.pid !== process.pid) {
    throw new Error(
      `OneRouter already runs on ${dataDir} (process ${earlier.supervisor.pid}). ` +
        'Stop it first, or give this one its own ONEROUTER_DATA_DIR and ports.',
    )
  }
  if (earlier !== undefined) await endLeftovers(earlier.children, log)
  const run: Run = { supervisor: await member(process.pid), children: [] }
  const save = async () => {
    await writeFile(`${file}.new`, `${JSON.stringify(run)}\n`, { mode: 0o600 })
    await rename(`${file}.new`, file)
  }
  await save()
  let last: Promise<void> = Promise.resolve()
  return {
    add: (pid) => {
      last = last.then(async () => {
        const alive = []
        for (const child of run.children) if (await lives(child)) alive.push(child)
        run.children = [...alive, await member(pid)]
        await save()
      })
      return last
    },
    remove: () => rm(file, { force: true }),
  }
}

async function endLeftovers(children: Member[], log: (line: string) => void): Promise<void> {
  let told = false
  for (let waited = 0; waited < graceMs; waited += 100) {
    const alive = []
    for (const child of children) if (await lives(child)) alive.push(child)
    if (alive.length === 0) return
    if (!told) log('Ending what an interrupted run left behind.')
    told = true
    for (const child of alive) signal(child.pid, waited < graceMs / 2 ? 'SIGTERM' : 'SIGKILL')
    await sleep(100)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone between the look and the signal: just what was wanted.
  }
}

async function member(pid: number): Promise<Member> {
  return { pid, identity: (await processIdentity(pid)) ?? '' }
}

async function lives({ pid, identity }: Member): Promise<boolean> {
  return identity !== '' && (await processIdentity(pid)) === identity
}

function parseRun(text: string): Run | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    if (!('supervisor' in value) || !('children' in value) || !Array.isArray(value.children)) return undefined
    const supervisor = parseMember(value.supervisor)
    const children = value.children.map(parseMember).filter((child) => child !== undefined)
    return supervisor === undefined ? undefined : { supervisor, children }
  } catch {
    return undefined
  }
}

function parseMember(value: unknown): Member | undefined {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value))
    return undefined
  const { pid, identity } = value
  return typeof pid === 'number' && pid > 0 && typeof identity === 'string' ? { pid, identity } : undefined
}
