/**
 * Concurrent writes share a statement and its commit. Two flushes are under way at most, and one where it is asked for or is full
 * enough and does not hang; what arrives meanwhile leaves with the next one, so batches grow with the load. When little is under way a
 * write leaves in the same turn of the event loop: one that has no company waits for nobody.
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
  readonly after?: After
}

/** Calls once, that much later, unless it is called off. */
export type After = (ms: number, call: () => void) => () => void

const never: After = () => () => undefined

const LANES = 2
/** A statement costs as much as a dozen of its rows: what would be a second one waits for a first of so many rows or more. */
const COMPANY = 4
/** A flush that takes longer waits for somebody's lock: others do not wait with it. */
const PATIENCE_MS = 200
export const ROWS_MAX = 256

interface Waiting<Row, Answer> {
  readonly row: Row
  readonly name: string
  readonly done: (answer: Answer) => void
  readonly failed: (error: unknown) => void
}

export function groupCommit<Row, Answer>(options: GroupOptions<Row, Answer>): (row: Row) => Promise<Answer> {
  const { nameOf, defer = setImmediate, lanes = LANES, after = never } = options
  const waiting: Waiting<Row, Answer>[] = []
  const busy = new Set<string>()
  let running = 0
  let hanging = 0
  let deferred = false

  const mayLeave = (): boolean =>
    running === 0 || (running < lanes && (busy.size < COMPANY || waiting.length >= ROWS_MAX || hanging > 0))

  const soon = (): void => {
    if (deferred || waiting.length === 0 || !mayLeave()) return
    deferred = true
    defer(() => {
      deferred = false
      const flight = take(waiting, busy)
      if (flight.length > 0) void fly(flight)
    })
  }

  const fly = async (flight: readonly Waiting<Row, Answer>[]): Promise<void> => {
    running += 1
    let hangs = 0
    const callOff = after(PATIENCE_MS, () => {
      hangs = 1
      hanging += 1
      soon()
    })
    try {
      await answerAll(options, flight)
    } finally {
      callOff()
      hanging -= hangs
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

/** A `defer` that begins a flush at most this often; the first leaves in the same turn of the event loop. */
export function spaced(
  everyMs: number,
  timer: (call: () => void, ms: number) => unknown = setTimeout,
): (flush: () => void) => void {
  let resting = false
  let next: (() => void) | null = null
  const begin = (flush: () => void): void => {
    resting = true
    timer(() => {
      resting = false
      const waiting = next
      next = null
      if (waiting !== null) begin(waiting)
    }, everyMs)
    flush()
  }
  return (flush) => {
    if (resting) next = flush
    else setImmediate(begin, flush)
  }
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
