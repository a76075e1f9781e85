/** An instant in the reader's own time zone, with the exact one behind it. */
export function Time({ at, seconds = false }: { readonly at: string; readonly seconds?: boolean }) {
  const text = new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium',
    timeStyle: seconds ? 'medium' : 'short',
  }).format(new Date(at))
  return (
    <time dateTime={at} title={at} className="inline-block min-w-26 text-balance">
      {text}
    </time>
  )
}
