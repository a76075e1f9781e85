/** Tells whether a process id still means the same process: ids are reused, above all in containers. */
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'

/** Whether any process has this id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM means that it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A text that two processes never share even when one got the other's id; `undefined` when it is gone. */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined
  if (process.platform === 'win32') return String(pid)
  if (process.platform !== 'linux') return ps(pid, 'lstart=')
  const [boot, status] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
  ])
  if (status === undefined) return undefined
  // Fields after the command's closing bracket; the 20th is the start time in clock ticks (proc(5)).
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z') return undefined
  return `${boot.trim()}:${pid}:${fields[19]}`
}

/** Whether `pid` is the PostgreSQL server of `clusterDir`: a server's working directory is its cluster. */
export async function isServerOf(pid: number, clusterDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
    return cwd === clusterDir
  }
  if (process.platform === 'win32') return true
  return ((await ps(pid, 'command=')) ?? '').includes(clusterDir)
}

/** The processes that work in `clusterDir`: a server and its workers. Only Linux can tell; elsewhere none. */
export async function processesIn(clusterDir: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const homes = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)))
  return pids.filter((_, index) => homes[index] === clusterDir)
}

function ps(pid: number, column: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', column, '-p', String(pid)], (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined)
    })
  })
}
