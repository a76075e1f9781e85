/**
 * PostgreSQL refuses to run as root. Started by root (containers, CI), it runs as an unprivileged user of the
 * machine, and its files live where that user can reach them.
 */
import { createHash } from 'node:crypto'
import { access, chown, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { PostgresBinaries } from './binaries.ts'

/** Who PostgreSQL runs as; `undefined` means: as the present user. */
export type RunAs = { uid: number; gid: number } | undefined

/** Root's fallback place for files that an unprivileged user must reach. */
const sharedRoot = '/var/lib/onerouter'

/** In the order of preference; initdb insists that the user has a name in /etc/passwd. */
const candidates = ['postgres', 'nobody', 'daemon']

/**
 * Chooses the user. An existing cluster keeps its owner, so that a user added to the machine later does not
 * lock the data away.
 */
export async function chooseRunAs(clusterDir: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return undefined
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const owner = await stat(clusterDir).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  for (const name of candidates) {
    const found = findUser(passwd, name)
    if (found !== undefined) return found
  }
  throw new Error(
    'PostgreSQL does not run as root and this machine has none of the users ' +
      `${candidates.join(', ')}. Run OneRouter as another user, or set DATABASE_URL.`,
  )
}

/** Reads one user's ids out of the text of /etc/passwd. */
export function findUser(passwd: string, name: string): RunAs {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line[0] === name)
  if (fields?.[2] === undefined || fields[3] === undefined) return undefined
  const [uid, gid] = [Number(fields[2]), Number(fields[3])]
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : undefined
}

/** Where the cluster lives: in `home`, unless root keeps it behind a folder that `runAs` cannot enter. */
export async function placeCluster(home: string, runAs: RunAs): Promise<string> {
  if (runAs === undefined || (await canEnter(home, runAs))) return home
  const place = join(sharedRoot, `postgres-${fingerprint(home)}`)
  await mkdir(place, { recursive: true, mode: 0o755 })
  return place
}

/** The same binaries, copied once to a place `runAs` can enter when npm's copy is out of its reach. */
export async function reachableBinaries(from: PostgresBinaries, runAs: RunAs): Promise<PostgresBinaries> {
  if (runAs === undefined || (await canEnter(join(from.root, 'bin'), runAs))) return from
  const root = join(sharedRoot, `postgresql-${from.version}`)
  const copy = { ...from, root, ...inRoot(from, root) }
  const present = await access(copy.postgres).then(
    () => true,
    () => false,
  )
  if (present) return copy
  const unfinished = `${root}.${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(dirname(unfinished), { recursive: true, mode: 0o755 })
  await cp(from.root, unfinished, { recursive: true, verbatimSymlinks: true })
  // Renamed into place at the end: a copy cut short is never mistaken for a whole one.
  await rename(unfinished, root).catch(() => rm(unfinished, { recursive: true, force: true }))
  return copy
}

/** Creates `dir` for the user that PostgreSQL runs as, closed to everybody else. */
export async function makeOwnDir(dir: string, runAs: RunAs): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  if (runAs !== undefined) await chown(dir, runAs.uid, runAs.gid)
}

async function canEnter(dir: string, runAs: NonNullable<RunAs>): Promise<boolean> {
  for (let at = resolve(dir); ; at = dirname(at)) {
    const entry = await stat(at).catch(() => undefined)
    if (entry !== undefined && !mayTraverse(entry, runAs)) return false
    if (at === dirname(at)) return true
  }
}

/** Whether a folder with these permissions lets the user pass through. */
export function mayTraverse(
  folder: { mode: number; uid: number; gid: number },
  user: NonNullable<RunAs>,
): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0
  return (folder.mode & 0o001) !== 0
}

function inRoot(from: PostgresBinaries, root: string): { initdb: string; postgres: string } {
  return {
    initdb: join(root, from.initdb.slice(from.root.length)),
    postgres: join(root, from.postgres.slice(from.root.length)),
  }
}

function fingerprint(path: string): string {
  return createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16)
}
