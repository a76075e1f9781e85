'use client'

import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'

/** The one time that they are shown. */
export function RecoveryCodes({
  codes,
  onKept,
}: {
  readonly codes: readonly string[]
  readonly onKept: () => void
}) {
  return (
    <div className="grid gap-4 text-sm">
      <p>
        Keep these recovery codes where your phone is not. Each opens the account once when the app is lost.
        They are shown this once.
      </p>
      <ul aria-label="Recovery codes" className="grid grid-cols-2 gap-1 rounded-lg bg-raised p-3 font-mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Copyable text={codes.join(' ')} label="recovery codes" />
      <button type="button" className={buttonStyle('main')} onClick={onKept}>
        I have kept them
      </button>
    </div>
  )
}
