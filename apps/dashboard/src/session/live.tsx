'use client'

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import type { Environment } from './client.ts'

/** `polling`: no stream can be had, so pages ask by themselves. */
export type LiveState = 'connecting' | 'live' | 'polling'
/** Is told the type of each event as it happens, and `null` when some may have been missed. */
export type Listener = (type: string | null) => void

export interface Live {
  readonly state: LiveState
  readonly listen: (listener: Listener) => () => void
}

const LiveContext = createContext<Live | null>(null)
/** A refused stream is asked for again now and then. */
const AGAIN_MS = 30_000
/** Each connection ends after a minute, and the next one is there sooner than this: nobody need hear of it. */
const LOST_MS = 5_000

/** @throws Error outside of `LiveProvider` */
export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('useLive needs LiveProvider around it')
  return live
}

/** One stream of events for all parts of the page. */
export function LiveProvider(props: { readonly environment: Environment; readonly children: ReactNode }) {
  const { environment, children } = props
  const live = useStream(`/v1/events/stream?environment=${environment}`)
  return <LiveContext value={live}>{children}</LiveContext>
}

/** Hears of what the API tells at this path; the browser connects again by itself, from where it was. */
export function useStream(path: string | null): Live {
  const [state, setState] = useState<LiveState>('connecting')
  const [listeners] = useState(() => new Set<Listener>())
  useEffect(() => {
    if (path === null) return
    let source: EventSource | null = null
    let again: number | undefined
    let slow: number | undefined
    const forget = () => {
      window.clearTimeout(again)
      window.clearTimeout(slow)
      slow = undefined
    }
    const tell: Listener = (type) => {
      for (const listener of listeners) listener(type)
    }
    const lost = (now: LiveState) => {
      setState(now)
      tell(null)
    }
    const connect = () => {
      let first = true
      source = new EventSource(path)
      source.addEventListener('open', () => {
        forget()
        setState('live')
        // What happened between the first look and this nobody was told; from here on the stream goes on where it was.
        if (first) tell(null)
        first = false
      })
      source.addEventListener('message', ({ data }) => tell(typeOf(data)))
      // An entry of the log says that something happened, and not what.
      source.addEventListener('log', () => tell(null))
      source.addEventListener('error', ({ currentTarget }) => {
        // Only a refusal closes it for good; after everything else the browser is connecting already.
        if ((currentTarget as EventSource).readyState !== EventSource.CLOSED) {
          slow ??= window.setTimeout(() => lost('connecting'), LOST_MS)
          return
        }
        forget()
        again = window.setTimeout(connect, AGAIN_MS)
        lost('polling')
      })
    }
    // Browsers open six connections to an origin, over all tabs: one that nobody looks at holds none.
    const whenTurned = () => {
      forget()
      source?.close()
      if (document.visibilityState === 'hidden') return
      setState('connecting')
      connect()
      tell(null)
    }
    document.addEventListener('visibilitychange', whenTurned)
    setState('connecting')
    if (document.visibilityState === 'visible') connect()
    return () => {
      document.removeEventListener('visibilitychange', whenTurned)
      forget()
      source?.close()
    }
  }, [path, listeners])
  // The same for ever: whoever listens must not begin anew because the state is another.
  const listen = useCallback<Live['listen']>(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [listeners],
  )
  return useMemo<Live>(() => ({ state, listen }), [state, listen])
}

/** The type of an event; `null` for what cannot be read, which may be anything. */
function typeOf(text: unknown): string | null {
  try {
    const event: unknown = JSON.parse(String(text))
    const known = typeof event === 'object' && event !== null && 'type' in event
    return known && typeof event.type === 'string' ? event.type : null
  } catch {
    return null
  }
}
