import { notifyStatement } from '../store/invalidation.ts'
import type { Queryable } from '../store/rows.ts'
import type { Wait } from '../worker/worker.ts'

/** Commits closer together than this share a hint. */
const EVERY_MS = 5

export interface Hinting {
  readonly db: Queryable
  readonly wait: (ms: number) => Wait
  readonly log: { warn(fields: object, message: string): void }
}

/**
 * Tells the workers of other processes that deliveries are due. After the commit and not in it: a commit that notifies
 * waits for every other that does. It is no more than a hint, and what it misses is found by the next poll.
 */
export function createHint({ db, wait, log }: Hinting): () => void {
  let telling = false
  let again = false
  const tell = async (): Promise<void> => {
    telling = true
    while (again) {
      again = false
      await db.query({ name: 'hint-deliveries', ...notifyStatement({ kind: 'deliveries' }) })
      await wait(EVERY_MS).done
    }
  }
  return () => {
    again = true
    if (telling) return
    tell()
      .catch((error: unknown) => log.warn({ err: error }, 'workers were not told of deliveries'))
      .finally(() => {
        telling = false
      })
  }
}
