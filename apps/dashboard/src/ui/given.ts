type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The fields that have a value: an optional field of the API is left out, never sent empty. */
export function given<T extends object>(fields: T): Given<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(kept) as Given<T> // the same entries without the undefined ones
}

/** The choice that this text names, or `undefined` for any other text: addresses are typed by people too. */
export function choice<T extends string>(choices: readonly T[], text: string | undefined): T | undefined {
  return choices.find((one) => one === text)
}

/** A form's text field; `undefined` when it was left empty. */
export function textOf(form: FormData, name: string): string | undefined {
  const value = form.get(name)
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : text
}
