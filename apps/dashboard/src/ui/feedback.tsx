'use client'

import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'
import { buttonStyle } from './button.tsx'
import { Dialog } from './dialog.tsx'

/** A question before something that cannot be taken back, or that matters. */
export interface Question {
  readonly title: string
  /** What will happen, in a sentence. */
  readonly text: string
  /** The verb on the button. */
  readonly confirm: string
  readonly danger?: boolean
}

export interface Feedback {
  readonly tell: (kind: 'good' | 'bad', text: string) => void
  readonly ask: (question: Question) => Promise<boolean>
}

interface Toast {
  readonly id: number
  readonly kind: 'good' | 'bad'
  readonly text: string
}

const TOAST_MS = 6_000
const TOASTS_MAX = 4
const FeedbackContext = createContext<Feedback | null>(null)

/** @throws Error outside of `FeedbackProvider` */
export function useFeedback(): Feedback {
  const feedback = useContext(FeedbackContext)
  if (feedback === null) throw new Error('useFeedback needs FeedbackProvider around it')
  return feedback
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

interface Action {
  readonly busy: boolean
  /** Does it once at a time, and tells how it ended. Answers whether it succeeded. */
  readonly run: (work: () => Promise<unknown>, done?: string) => Promise<boolean>
}

export function useAction(): Action {
  const { tell } = useFeedback()
  const [busy, setBusy] = useState(false)
  const run = useCallback(
    async (work: () => Promise<unknown>, done?: string) => {
      setBusy(true)
      try {
        await work()
        if (done !== undefined) tell('good', done)
        return true
      } catch (error) {
        tell('bad', messageOf(error))
        return false
      } finally {
        setBusy(false)
      }
    },
    [tell],
  )
  return { busy, run }
}

/** Messages that come and go, and the questions of the whole dashboard. */
export function FeedbackProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const [question, setQuestion] = useState<Question | null>(null)
  const answer = useRef<(yes: boolean) => void>(() => {})
  const count = useRef(0)
  const tell = useCallback<Feedback['tell']>((kind, text) => {
    count.current += 1
    const id = count.current
    setToasts((shown) => [...shown, { id, kind, text }].slice(-TOASTS_MAX))
    window.setTimeout(() => setToasts((shown) => shown.filter((toast) => toast.id !== id)), TOAST_MS)
  }, [])
  const ask = useCallback<Feedback['ask']>((asked) => {
    setQuestion(asked)
    return new Promise((resolve) => {
      answer.current = resolve
    })
  }, [])
  const settle = (yes: boolean) => {
    setQuestion(null)
    answer.current(yes)
  }
  const feedback = useMemo(() => ({ tell, ask }), [tell, ask])
  return (
    <FeedbackContext value={feedback}>
      {children}
      <Dialog
        open={question !== null}
        onClose={() => settle(false)}
        title={question?.title ?? ''}
        description={question?.text}
      >
        <div className="flex flex-wrap justify-end gap-3">
          <button type="button" className={buttonStyle('plain')} onClick={() => settle(false)}>
            Keep as it is
          </button>
          <button
            type="button"
            className={buttonStyle(question?.danger === true ? 'danger' : 'main')}
            onClick={() => settle(true)}
          >
            {question?.confirm}
          </button>
        </div>
      </Dialog>
      <div
        role="status"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-4 bottom-4 z-60 flex flex-col items-end gap-2"
      >
        {toasts.map(({ id, kind, text }) => (
          <p
            key={id}
            className={`pointer-events-auto max-w-md break-words rounded-lg border border-line px-4 py-3 text-sm shadow-lg ${
              kind === 'good' ? 'bg-good-fill text-good' : 'bg-bad-fill text-bad'
            }`}
          >
            {text}
          </p>
        ))}
      </div>
    </FeedbackContext>
  )
}
