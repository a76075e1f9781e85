/**
 * The one mapping between TypeScript's camelCase and the wire's snake_case. It changes names of members and
 * nothing else; what belongs to you or to a provider keeps its spelling.
 */

/** Members whose keys are yours (the first two) or a provider's: Checkout.js gets its options as they are. */
const OPAQUE: ReadonlySet<string> = new Set([
  'metadata',
  'notes',
  'checkout_options',
  'method_details',
  'request',
  'response',
  'body',
])

/** `amountMinor` → `amount_minor`; what is in snake_case already stays. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `amount_minor` → `amountMinor`. */
export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A request body as the API reads it. */
export function toWire(value: unknown): unknown {
  return rename(value, snake)
}

/** An answer as this package's types describe it. */
export function fromWire(value: unknown): unknown {
  return rename(value, camel)
}

function rename(value: unknown, spell: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, spell))
  // Dates and the like know by themselves how to become JSON.
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      spell(name),
      OPAQUE.has(snake(name)) ? member : rename(member, spell),
    ]),
  )
}
