/**
 * Concurrent writes share a statement and its commit. One or two flushes are under way at most; what arrives meanwhile leaves
 * with the next one, so batches grow with the load. When nothing is under way a write leaves in the same turn of the
 * event loop: one that has no company waits for nobody.
 */
export interface GroupOptions<Row, Answer> {
  /** Rows of one name never travel at once: the later one finds what the earlier one has committed. */
  readonly nameOf: (row: Row) => string
  /** All of them in one statement; an answer for each row, in their order. */
  readonly many: (rows: readonly Row[]) => Promise<readonly Answer[]>
  /** What a row gets that shared a flush with one that failed. */
  readonly one: (row: Row) => Promise<Answer>
  readonly defer?: (flush: () => void) => void
  /** Flushes under way at most. */
  readonly lanes?: number
}

const LANES = 2
export const ROWS_MAX = 256

interface Waiting<Row, Answer> {
  readonly row: Row
  readonly name: string
  readonly done: (answer: Answer) => void
  readonly failed: (error: unknown) => void
}

export function groupCommit<Row, Answer>(options: GroupOptions<Row, Answer>): (row: Row) => Promise<Answer> {
  const { nameOf, defer = setImmediate, lanes = LANES } = options
  const waiting: Waiting<Row, Answer>[] = []
  const busy = new Set<string>()
  let running = 0
  let deferred = false

  const soon = (): void => {
    if (deferred || running >= lanes || waiting.length === 0) return
    deferred = true
    defer(() => {
      deferred = false
      const flight = take(waiting, busy)
      if (flight.length > 0) void fly(flight)
    })
  }

  const fly = async (flight: readonly Waiting<Row, Answer>[]): Promise<void> => {
    running += 1
    try {
      await answerAll(options, flight)
    } finally {
      running -= 1
      for (const { name } of flight) busy.delete(name)
      soon()
    }
  }

  return (row) =>
    new Promise((done, failed) => {
      waiting.push({ row, name: nameOf(row), done, failed })
      soon()
    })
}

/** The oldest ones that may travel now; they are marked as under way. */
function take<Row, Answer>(waiting: Waiting<Row, Answer>[], busy: Set<string>): Waiting<Row, Answer>[] {
  const taken: Waiting<Row, Answer>[] = []
  const left: Waiting<Row, Answer>[] = []
  let looked = 0
  for (; looked < waiting.length && taken.length < ROWS_MAX; looked++) {
    const one = waiting[looked]
    if (one === undefined) break
    if (busy.has(one.name)) left.push(one)
    else {
      busy.add(one.name)
      taken.push(one)
    }
  }
  waiting.splice(0, looked, ...left)
  return taken
}

async function answerAll<Row, Answer>(
  { many, one }: GroupOptions<Row, Answer>,
  flight: readonly Waiting<Row, Answer>[],
): Promise<void> {
  try {
    const answers = await many(flight.map(({ row }) => row))
    for (const [i, { done }] of flight.entries()) done(answers[i] as Answer) // one for each row, says the contract
  } catch (error) {
    if (!wasUndone(error)) {
      for (const { failed } of flight) failed(error)
      return
    }
    // The statement is undone as a whole: each row tries alone, and only those at fault hear of it.
    await Promise.all(flight.map(({ row, done, failed }) => one(row).then(done, failed)))
  }
}

/**
 * An ERROR aborts its statement and with it the transaction: nothing was written. FATAL and broken connections prove
 * nothing, because the commit may have been on its way.
 */
function wasUndone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error && error.severity === 'ERROR'
}
