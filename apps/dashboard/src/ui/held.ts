'use client'

import { useEffect, useState } from 'react'

interface WithId {
  readonly id: string
}

/** The rows on view as they are now, in the order and number in which somebody is reading them. */
export function heldRows<T extends WithId>(shown: readonly T[], fresh: readonly T[]): readonly T[] {
  const now = new Map(fresh.map((row) => [row.id, row]))
  return shown.map((row) => now.get(row.id) ?? row)
}

/** How many rows came that are not on view. */
export function countNew<T extends WithId>(shown: readonly T[], fresh: readonly T[]): number {
  const ids = new Set(shown.map(({ id }) => id))
  return fresh.filter(({ id }) => !ids.has(id)).length
}

/** Further down than this somebody is reading, and rows must not move under their eyes. */
const READING_PX = 120

interface Held<T> {
  readonly rows: readonly T[]
  readonly waiting: number
  /** Shows what waits. */
  readonly show: () => void
}

/** Rows of one page that change where they stand, while new ones wait as long as somebody reads. */
export function useHeld<T extends WithId>(fresh: readonly T[], page: string, paused: boolean): Held<T> {
  const [shown, setShown] = useState({ page, rows: fresh })
  useEffect(() => {
    setShown((before) => {
      const reading = paused || window.scrollY > READING_PX
      const holds = before.page === page && before.rows.length > 0 && reading
      return { page, rows: holds ? heldRows(before.rows, fresh) : fresh }
    })
  }, [fresh, page, paused])
  const show = () => {
    setShown({ page, rows: fresh })
    window.scrollTo({ top: 0 })
  }
  return { rows: shown.page === page ? shown.rows : fresh, waiting: countNew(shown.rows, fresh), show }
}
