'use client'

import * as Radix from '@radix-ui/react-dialog'
import { setNonce } from 'get-nonce'
import { type ReactNode, useEffect } from 'react'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: ReactNode
  /** `side` for reading next to a list, `middle` for forms and questions. */
  readonly place?: 'side' | 'middle'
  readonly children?: ReactNode
}

const PLACES = {
  middle:
    'left-1/2 top-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 rounded-xl border',
  side: 'inset-y-0 right-0 h-dvh w-full max-w-xl border-l',
} as const

/** A dialog: the page behind it cannot be reached, Escape closes it, focus returns to where it was. */
export function Dialog({ open, onClose, title, description, place = 'middle', children }: DialogProps) {
  usePageNonce()
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={`fixed z-50 flex flex-col overflow-hidden border-line bg-surface shadow-xl ${PLACES[place]}`}
        >
          <div className="flex items-start gap-4 border-b border-line px-5 py-4">
            <div className="min-w-0 flex-1">
              <Radix.Title className="break-words text-base font-semibold">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-1 text-sm text-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close
              aria-label="Close"
              className="-mr-2 -mt-1 grid size-9 shrink-0 place-items-center rounded-lg text-muted hover:bg-raised hover:text-ink"
            >
              <span aria-hidden="true">✕</span>
            </Radix.Close>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
          <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto px-5 py-4 -outline-offset-2">
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** The style that keeps the page behind from scrolling needs the nonce that the page's scripts carry. */
function usePageNonce(): void {
  useEffect(() => {
    const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce
    if (nonce !== undefined && nonce !== '') setNonce(nonce)
  }, [])
}
