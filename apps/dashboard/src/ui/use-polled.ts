'use client'

import { useCallback, useEffect, useState } from 'react'

const EVERY_MS = 3_000

export interface Polled<T> {
  readonly value: T | null
  /** Why the last look failed; `value` is then the one before. */
  readonly problem: string | null
  readonly refresh: () => void
}

/** Looks again every few seconds while the page is in sight. `load` must be stable (`useCallback`). */
export function usePolled<T>(load: () => Promise<T>): Polled<T> {
  const [value, setValue] = useState<T | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [round, setRound] = useState(0)
  const refresh = useCallback(() => setRound((count) => count + 1), [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round starts over.
  useEffect(() => {
    let over = false
    let timer: number | undefined
    const look = async () => {
      try {
        const found = await load()
        if (over) return
        setValue(found)
        setProblem(null)
      } catch (error) {
        if (!over) setProblem(error instanceof Error ? error.message : String(error))
      }
      if (!over) timer = window.setTimeout(whenInSight, EVERY_MS)
    }
    const whenInSight = () => {
      if (document.visibilityState === 'visible') void look()
      else document.addEventListener('visibilitychange', whenInSight, { once: true })
    }
    void look()
    return () => {
      over = true
      window.clearTimeout(timer)
      document.removeEventListener('visibilitychange', whenInSight)
    }
  }, [load, round])

  return { value, problem, refresh }
}
