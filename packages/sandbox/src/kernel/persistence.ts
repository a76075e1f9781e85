import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isRecord } from './http.ts'
import type { QueuedTask } from './tasks.ts'

/** Everything the sandbox must remember across a restart; JSON values only. */
export interface Snapshot {
  readonly version: 1
  readonly offsetMs: number
  readonly random: readonly number[]
  readonly tasks: readonly QueuedTask[]
  readonly collections: Readonly<Record<string, readonly (readonly [string, object])[]>>
}

/** Where snapshots are kept between runs. */
export interface SnapshotStore {
  load(): Promise<Snapshot | undefined>
  save(snapshot: Snapshot): Promise<void>
}

/** One JSON file, replaced by write and rename: a crash leaves the old or the new state, never half. */
export function fileStore(path: string, warn: (message: string) => void): SnapshotStore {
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (text === undefined) return undefined
      const snapshot = parseSnapshot(text)
      if (snapshot !== undefined) return snapshot
      const aside = `${path}.corrupt`
      await rename(path, aside)
      warn(`the sandbox's state in ${path} is unreadable; it was moved to ${aside} and a new one begins`)
      return undefined
    },
    async save(snapshot) {
      // Before the first wait: the text is one instant's state, and the saver times this part.
      const text = JSON.stringify(snapshot)
      await mkdir(dirname(path), { recursive: true })
      const part = `${path}.part`
      await writeFile(part, text, { mode: 0o600 })
      await rename(part, path)
    },
  }
}

/** A snapshot, or undefined when the text is not one this version wrote. */
export function parseSnapshot(text: string): Snapshot | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value) || value.version !== 1 || typeof value.offsetMs !== 'number') return undefined
    const { random, tasks, collections } = value
    if (!Array.isArray(random) || random.length !== 4 || !Array.isArray(tasks)) return undefined
    if (!isRecord(collections) || !Object.values(collections).every(isTable)) return undefined
    // Our own writer made it: version and outline agree, the rows are as their collections wrote them.
    return value as unknown as Snapshot
  } catch {
    return undefined
  }
}

const isTable = (table: unknown): boolean =>
  Array.isArray(table) &&
  table.every((row) => Array.isArray(row) && typeof row[0] === 'string' && typeof row[1] === 'object')

/** State on disk is at most this old while writing is quick. */
const SAVE_AFTER_MS = 200

export interface Saver {
  /** The state may have changed; it is written soon. */
  touch(): void
  /** Writes what is pending, now. */
  flush(): Promise<void>
}

/** Debounced saving; a large state stretches the pause, so that saving takes at most a fifth of the time. */
export function createSaver(
  store: SnapshotStore,
  snapshot: () => Snapshot,
  now: () => number,
  warn: (message: string) => void,
): Saver {
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let pauseMs = SAVE_AFTER_MS
  function write(): Promise<void> {
    timer = undefined
    writing = writing.then(async () => {
      const start = now()
      const saved = store.save(snapshot())
      pauseMs = Math.max(SAVE_AFTER_MS, (now() - start) * 4)
      await saved.catch((error: unknown) => warn(`sandbox state not saved: ${String(error)}`))
    })
    return writing
  }
  return {
    touch() {
      timer ??= setTimeout(() => void write(), pauseMs)
    },
    async flush() {
      clearTimeout(timer)
      await write()
    },
  }
}
