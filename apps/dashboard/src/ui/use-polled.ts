'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { type Live, useLive } from '../session/live.tsx'

const EVERY_MS = 3_000
/** While events tell of changes, this is for what no event tells of. */
const LIVE_EVERY_MS = 30_000
/** However much happens, nobody asks more often than this. */
const APART_MS = 2_000

export interface Polled<T> {
  readonly value: T | null
  /** Why the last look failed; `value` is then the one before. */
  readonly problem: string | null
  readonly refresh: () => void
}

export interface Polling {
  readonly everyMs?: number
  /** Beginnings of the types of events that change it, such as `payment.`: it is looked at again when one happens. */
  readonly topics?: readonly string[]
  /** Hears from here instead of the stream of events. */
  readonly live?: Live
}

/**
 * Looks again when an event says so, and every few seconds where none would, while the page is in sight. `load` must be
 * stable (`useCallback`), and so must `topics`.
 */
export function usePolled<T>(load: () => Promise<T>, { everyMs, topics, live }: Polling = {}): Polled<T> {
  const events = useLive()
  const { state, listen } = live ?? events
  const told = topics !== undefined && state === 'live'
  const waitMs = useRef(EVERY_MS)
  waitMs.current = everyMs ?? (told ? LIVE_EVERY_MS : EVERY_MS)
  const [value, setValue] = useState<T | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [round, setRound] = useState(0)
  const refresh = useCallback(() => setRound((count) => count + 1), [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round starts over.
  useEffect(() => {
    let over = false
    let timer: number | undefined
    let lookedMs = 0
    let looking = false
    let missed = false
    const look = async () => {
      looking = true
      missed = false
      lookedMs = performance.now()
      try {
        const found = await load()
        if (over) return
        setValue(found)
        setProblem(null)
      } catch (error) {
        if (!over) setProblem(error instanceof Error ? error.message : String(error))
      }
      looking = false
      if (!over) lookIn(missed ? APART_MS : waitMs.current)
    }
    const lookIn = (ms: number) => {
      window.clearTimeout(timer)
      timer = window.setTimeout(whenInSight, ms)
    }
    const whenInSight = () => {
      if (document.visibilityState === 'visible') void look()
      else document.addEventListener('visibilitychange', whenInSight, { once: true })
    }
    const happened = (type: string | null) => {
      if (type !== null && topics?.some((topic) => type.startsWith(topic)) !== true) return
      missed = looking
      if (!looking) lookIn(Math.max(0, lookedMs + APART_MS - performance.now()))
    }
    void look()
    const deafen = topics === undefined ? undefined : listen(happened)
    return () => {
      over = true
      deafen?.()
      window.clearTimeout(timer)
      document.removeEventListener('visibilitychange', whenInSight)
    }
  }, [load, round, topics, listen])

  return { value, problem, refresh }
}
