import {
  type InputHTMLAttributes,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'

interface Labelled {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with it, as the API says. */
  readonly problem?: string | undefined
}

export const inputStyle =
  'block w-full rounded-lg border border-line bg-page px-3 py-2 text-base sm:text-sm focus-visible:outline-accent'

function useLabels({ label, hint, problem }: Labelled) {
  const id = useId()
  const hintId = `${id}-hint`
  const problemId = `${id}-problem`
  const described = [problem === undefined ? '' : problemId, hint === undefined ? '' : hintId]
  return {
    given: {
      id,
      'aria-describedby': described.filter(Boolean).join(' ') || undefined,
      'aria-invalid': problem === undefined ? undefined : true,
      className: problem === undefined ? inputStyle : `${inputStyle} border-bad`,
    },
    above: (
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
    ),
    below: (
      <>
        {problem !== undefined && (
          <p id={problemId} className="mt-1 text-xs font-medium text-bad">
            {problem}
          </p>
        )}
        {hint !== undefined && (
          <p id={hintId} className="mt-1 text-xs text-muted">
            {hint}
          </p>
        )}
      </>
    ),
  }
}

/** A labelled text field. */
export function Field({ label, hint, problem, ...input }: InputHTMLAttributes<HTMLInputElement> & Labelled) {
  const { given, above, below } = useLabels({ label, hint, problem })
  return (
    <div className="mt-4">
      {above}
      <input {...given} {...input} />
      {below}
    </div>
  )
}

export function TextArea({
  label,
  hint,
  problem,
  ...area
}: TextareaHTMLAttributes<HTMLTextAreaElement> & Labelled) {
  const { given, above, below } = useLabels({ label, hint, problem })
  return (
    <div className="mt-4">
      {above}
      <textarea rows={5} {...given} {...area} />
      {below}
    </div>
  )
}

export type Option = readonly [value: string, label: string]

/** A labelled choice of one. */
export function Select({
  label,
  hint,
  problem,
  options,
  ...select
}: SelectHTMLAttributes<HTMLSelectElement> & Labelled & { readonly options: readonly Option[] }) {
  const { given, above, below } = useLabels({ label, hint, problem })
  return (
    <div className="mt-4">
      {above}
      <select {...given} {...select}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {below}
    </div>
  )
}

export function Check({
  label,
  ...input
}: InputHTMLAttributes<HTMLInputElement> & { readonly label: string }) {
  return (
    <label className="flex items-center gap-2 py-1 text-sm">
      <input type="checkbox" className="size-4 shrink-0 accent-accent-fill" {...input} />
      {label}
    </label>
  )
}
