const TONES = {
  good: 'bg-good-fill text-good',
  bad: 'bg-bad-fill text-bad',
  wait: 'bg-wait-fill text-wait',
  calm: 'bg-calm-fill text-calm',
} as const
export type Tone = keyof typeof TONES

/** A state in a word or two; the word says it, the colour only repeats it. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span
      className={`inline-block whitespace-nowrap rounded-full px-2.5 py-0.5 text-xs font-medium ${TONES[tone]}`}
    >
      {children}
    </span>
  )
}

/** `past_due` and `missingHere` as people write them. */
export function words(name: string): string {
  const apart = name.replaceAll(/[a-z][A-Z]/g, ([end, begin]) => `${end} ${begin?.toLowerCase()}`)
  const text = apart.replaceAll(/[_.]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
