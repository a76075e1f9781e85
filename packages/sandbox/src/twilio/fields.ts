import { refuse } from './errors.ts'

/** A number as Twilio keeps it: punctuation gone, `+` and at most 15 digits; undefined for anything else. */
export function phoneNumber(text: string): string | undefined {
  const compact = text.replace(/[\s().-]/g, '')
  return /^\+[1-9]\d{6,14}$/.test(compact) ? compact : undefined
}

/** Twilio hides the end of a number it refuses. */
export const masked = (text: string): string => `${text.slice(0, -4)}XXXX`

/** Alphanumeric sender: up to eleven letters, digits and a few signs, at least one letter. */
export const isAlphanumericSender = (text: string): boolean =>
  /^[A-Za-z0-9 &+_-]{1,11}$/.test(text) && /[A-Za-z]/.test(text)

/** The field's text; empty counts as absent, as it does at Twilio. */
export function text(form: URLSearchParams, name: string): string | null {
  const value = form.get(name)
  return value === null || value === '' ? null : value
}

/** A whole number within its documented range. */
export function whole(
  fields: URLSearchParams,
  name: string,
  range: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  const value = text(fields, name)
  if (value === null) return range.fallback
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (number >= range.min && number <= range.max) return number
  return refuse(20001, `Invalid parameter ${name}: must be from ${range.min} to ${range.max}`)
}

/** An absolute web address whose host has no underscore (Message resource, `StatusCallback`). */
export function isCallbackUrl(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return false
  return !new URL(value).hostname.includes('_')
}
