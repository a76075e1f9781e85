'use client'

import { type LiveState, useLive } from '../session/live.tsx'

const STATES = {
  live: ['bg-good', 'Streaming', 'Changes arrive as they happen.'],
  connecting: ['bg-wait', 'Connecting', 'The stream of events is being opened.'],
  polling: [
    'bg-muted',
    'Polling',
    'There is no stream of events at the moment; pages look again every few seconds.',
  ],
} as const satisfies Record<LiveState, readonly [string, string, string]>

/** Whether pages hear of changes or ask for them. */
export function LiveMark() {
  const { state } = useLive()
  const [dot, name, text] = STATES[state]
  return (
    <span
      role="status"
      title={text}
      data-live={state}
      className="flex items-center gap-1.5 text-xs text-muted"
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      <span className="sr-only xl:not-sr-only">{name}</span>
    </span>
  )
}
