/**
 * Virtual time: a heap of what happens when. Events of the same instant run in an order drawn from the choices.
 * After each event all microtasks run, so every continuation stands at its next port call.
 */
import v8 from 'node:v8'
import type { Choices } from './choices.ts'

export interface Loop {
  /** Milliseconds; the one true clock of a history. */
  readonly now: () => number
  at(delayMs: number, run: () => void): Timer
  sleep(delayMs: number): Promise<void>
  /** Runs until `untilMs` or until nothing is left. */
  run(untilMs: number): void
  readonly events: () => number
  /** FNV-1a over everything that happened: equal histories have equal hashes. */
  readonly hash: () => number
  note(value: number): void
}

/** Something that is to happen; `run = null` takes it back. */
export interface Timer {
  readonly at: number
  readonly tie: number
  run: (() => void) | null
}

/** Bounds a history that never comes to rest; far above the busiest honest one. */
const EVENTS_MAX = 400_000

export class RunawayError extends Error {}

export function createLoop(choices: Choices, startMs: number, drain: () => void): Loop {
  const heap: Timer[] = []
  let now = startMs
  let events = 0
  let hash = 0x811c9dc5
  const note = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193)
  }
  const at = (delayMs: number, run: () => void) => {
    const entry: Timer = { at: delayMs > 0 ? now + delayMs : now, tie: choices.u32(), run }
    push(heap, entry)
    return entry
  }
  return {
    now: () => now,
    at,
    sleep: (delayMs) => new Promise((resolve) => void at(delayMs, resolve)),
    run(untilMs) {
      for (;;) {
        const next = heap[0]
        if (next === undefined || next.at > untilMs) break
        pop(heap)
        if (next.run === null) continue
        now = next.at
        events += 1
        if (events > EVENTS_MAX) throw new RunawayError('the history never comes to rest')
        note(now | 0)
        next.run()
        drain()
      }
      now = untilMs
    },
    events: () => events,
    hash: () => hash >>> 0,
    note,
  }
}

const before = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.tie < b.tie)

function push(heap: Timer[], entry: Timer): void {
  let i = heap.length
  heap.push(entry)
  while (i > 0) {
    const parent = (i - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !before(entry, above)) break
    heap[i] = above
    i = parent
  }
  heap[i] = entry
}

function pop(heap: Timer[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let i = 0
  for (;;) {
    const left = 2 * i + 1
    let least = left
    const a = heap[left]
    if (a === undefined) break
    const b = heap[left + 1]
    if (b !== undefined && before(b, a)) least = left + 1
    const child = heap[least]
    if (child === undefined || !before(child, last)) break
    heap[i] = child
    i = least
  }
  heap[i] = last
}

/** Runs all microtasks now. Works only outside a microtask: start histories from a timer. */
export function microtaskCheckpoint(): () => void {
  v8.setFlagsFromString('--allow-natives-syntax')
  return new Function('%PerformMicrotaskCheckpoint()') as () => void // V8's own function has no type
}

/** Runs `work` where checkpoints have an effect, after proving that they do. */
export function outsideMicrotasks<T>(work: (drain: () => void) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        const drain = microtaskCheckpoint()
        let ran = false
        void Promise.resolve().then(() => {
          ran = true
        })
        drain()
        if (!ran) throw new Error('microtask checkpoints have no effect here')
        resolve(work(drain))
      } catch (error) {
        reject(error)
      }
    }, 0)
  })
}
