'use client'

import { buttonStyle } from './button.tsx'
import { useFeedback } from './feedback.tsx'

/** Text to be taken elsewhere, with a button that takes it. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  const { tell } = useFeedback()
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => tell('good', `${label} copied.`),
      () => tell('bad', 'The browser did not allow copying; select the text instead.'),
    )
  return (
    <div className="flex items-center gap-2">
      <code className="min-w-0 flex-1 break-all rounded-lg bg-raised px-3 py-2 font-mono text-xs">
        {text}
      </code>
      <button type="button" onClick={copy} aria-label={`Copy ${label}`} className={buttonStyle('plain')}>
        Copy
      </button>
    </div>
  )
}
