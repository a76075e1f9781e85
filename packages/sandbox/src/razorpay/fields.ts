import { isRecord } from '../kernel/http.ts'
import { refuse } from './errors.ts'
import type { Notes } from './state.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Razorpay refuses what it does not know: a misspelt field never passes silently. */
export function only(fields: Fields, known: readonly string[]): void {
  const extra = Object.keys(fields).filter((name) => !known.includes(name))
  if (extra.length > 0) refuse(`${extra.join(', ')} is/are not required and should not be sent.`)
}

export function required(fields: Fields, name: string): void {
  if (fields[name] === undefined) refuse(`The ${name} field is required.`, { field: name })
}

/** A whole number of minor units; Razorpay takes neither strings nor fractions. */
export function integer(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    refuse(`The ${name} must be an integer.`, { field: name })
  }
  return value
}

export function optionalText(fields: Fields, name: string, limit: number): string | null {
  const value = fields[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') return refuse(`${name}: must be a string.`, { field: name })
  if (value.length > limit) refuse(`${name}: the length must be no more than ${limit}.`, { field: name })
  return value
}

/** `true`, `1`, `"1"` and `"true"` all occur in Razorpay's own samples. */
export function optionalFlag(fields: Fields, name: string, fallback: boolean): boolean {
  const value = fields[name]
  if (value === undefined) return fallback
  if ([true, 1, '1', 'true'].some((yes) => yes === value)) return true
  if ([false, 0, '0', 'false'].some((no) => no === value)) return false
  return refuse(`The ${name} field must be true or false.`, { field: name })
}

/** At most 15 pairs of short scalar values (API reference, "Notes"). */
export function notes(value: unknown): Notes {
  if (value === undefined || value === null) return {}
  if (Array.isArray(value) && value.length === 0) return {}
  if (!isRecord(value)) return refuse('The notes must be an array.', { field: 'notes' })
  const out: Notes = {}
  const entries = Object.entries(value)
  if (entries.length > 15) {
    refuse('Number of fields in notes should be less than or equal to 15.', { field: 'notes' })
  }
  for (const [key, note] of entries) {
    if (key.length > 255) refuse('Notes key cannot be greater than 255 characters.', { field: 'notes' })
    if (typeof note !== 'string' && typeof note !== 'number' && typeof note !== 'boolean') {
      return refuse('Notes values themselves should not be an array.', { field: 'notes' })
    }
    if (String(note).length > 512)
      refuse('Notes value cannot be greater than 512 characters.', { field: 'notes' })
    Object.defineProperty(out, key, { value: note, enumerable: true, configurable: true, writable: true })
  }
  return out
}

/** The body of a PATCH that may change notes and nothing else. */
export function notesOnly(fields: Fields): Notes {
  only(fields, ['notes'])
  required(fields, 'notes')
  return notes(fields['notes'])
}

/** An id in the path; documentation samples are not all 14 characters long, so length is not checked. */
export function pathId(value: string, prefix: string): string {
  if (!new RegExp(`^${prefix}_[A-Za-z0-9]{6,20}$`).test(value)) refuse(`${value} is not a valid id.`)
  return value
}

export function webUrl(value: string | null): URL | undefined {
  if (value === null || !URL.canParse(value)) return undefined
  const url = new URL(value)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}

/** `a=1&b[c]=2` as PHP reads it: brackets nest, repeated names keep the last, digits become numbers. */
export function parseForm(text: string): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.replace(/\]/g, '').split('[').slice(0, 5)
    let at = root
    for (const part of path.slice(0, -1)) {
      const known = at[part]
      const next: Record<string, unknown> = isRecord(known) ? known : Object.create(null)
      at[part] = next
      at = next
    }
    at[path.at(-1) ?? name] = /^\d{1,15}$/.test(value) ? Number(value) : value
  }
  return root
}
