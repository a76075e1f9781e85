import { readdirSync, readFileSync } from 'node:fs'

export interface Used {
  /** Milliseconds of processor time by process. */
  readonly cpuMs: ReadonlyMap<number, number>
  readonly rssKb: number
}

/** What was used between two looks; a process that ended meanwhile takes its own share with it. */
export function cpuBetween(before: Used, after: Used): number {
  let sum = 0
  for (const [pid, cpuMs] of after.cpuMs) sum += cpuMs - (before.cpuMs.get(pid) ?? 0)
  return sum
}

/**
 * What a process and all its children have used, from `/proc`: far steadier than requests per second on a machine that does
 * other things too. Zeros where there is no `/proc`.
 */
export function usedBy(root: number): Used {
  const all = new Map<number, number>()
  let rssKb = 0
  for (const pid of familyOf(root)) {
    try {
      let cpuMs = 0
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        // The first field is the time on a processor in nanoseconds (kernel documentation, "sched-stats").
        cpuMs += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6
      }
      all.set(pid, cpuMs)
      rssKb += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    } catch {
      // A process or thread that has just ended.
    }
  }
  return { cpuMs: all, rssKb }
}

export function familyOf(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of listProcesses()) {
    const parent = parentOf(Number(name))
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const family = [root]
  for (let i = 0; i < family.length; i++) family.push(...(children.get(family[i] ?? 0) ?? []))
  return family
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
    return parent === undefined ? undefined : Number(parent)
  } catch {
    return undefined
  }
}
