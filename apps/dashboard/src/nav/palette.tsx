'use client'

import { useRouter } from 'next/navigation'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { inputStyle } from '../ui/field.tsx'
import { findPages } from './sections.ts'

interface Choice {
  readonly href: string
  readonly label: string
}
/** Ids name their page by their prefix. */
const BY_ID: readonly (readonly [prefix: string, at: (id: string) => string])[] = [
  ['pay_', (id) => `/payments/${id}`],
  ['sub_', (id) => `/subscriptions/${id}`],
]

function choicesFor(text: string): readonly Choice[] {
  const typed = text.trim()
  const byId = BY_ID.filter(([prefix]) => /^[a-z]+_[0-9A-Za-z]+$/.test(typed) && typed.startsWith(prefix))
  return [...byId.map(([, at]) => ({ href: at(typed), label: `Open ${typed}` })), ...findPages(typed)]
}

/** Go anywhere by typing: Ctrl-K or ⌘K. Arrows choose, Enter goes. */
export function Palette({
  open,
  onOpen,
}: {
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
}) {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      onOpen(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onOpen])
  return (
    <Dialog open={open} onClose={() => onOpen(false)} title="Go to">
      <Search onDone={() => onOpen(false)} />
    </Dialog>
  )
}

function Search({ onDone }: { readonly onDone: () => void }) {
  const router = useRouter()
  const listId = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const choices = choicesFor(text)
  const go = (choice: Choice | undefined) => {
    if (choice === undefined) return
    onDone()
    router.push(choice.href)
  }
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && choices.length > 0) setAt((at + step + choices.length) % choices.length)
    else if (event.key === 'Enter') go(choices[at])
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        role="combobox"
        aria-label="Page or payment id"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={choices.length === 0 ? undefined : `${listId}-${at}`}
        placeholder="A page, or a payment’s id"
        value={text}
        onKeyDown={onKey}
        onChange={({ target }) => {
          setText(target.value)
          setAt(0)
        }}
        className={inputStyle}
      />
      <div id={listId} role="listbox" aria-label="Pages" className="mt-3 text-sm">
        {choices.map((choice, index) => (
          <div
            key={choice.href}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => go(choice)}
            onKeyDown={onKey}
            onMouseMove={() => setAt(index)}
            className={`cursor-pointer rounded-lg px-3 py-2 ${index === at ? 'bg-raised' : ''}`}
          >
            {choice.label}
          </div>
        ))}
      </div>
      {choices.length === 0 && <p className="mt-3 px-3 text-sm text-muted">No page is called that.</p>}
    </>
  )
}
