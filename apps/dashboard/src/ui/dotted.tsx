import { Fragment } from 'react'

/** `payment.succeeded`, which may go on in the next line behind a dot: narrow columns do not break its words. */
export function Dotted({ text }: { readonly text: string }) {
  const parts = text.split('.')
  return (
    <span className="break-words">
      {parts.map((part, place) => (
        // Parts have no other name than their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Fragment key={place}>
          {part}
          {place < parts.length - 1 && (
            <>
              .<wbr />
            </>
          )}
        </Fragment>
      ))}
    </span>
  )
}
