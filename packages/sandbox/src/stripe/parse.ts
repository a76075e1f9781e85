import { badParameter, StripeError } from './errors.ts'

/** A decoded form: text at the leaves, maps for hashes and arrays alike (an array's keys are its indexes). */
export type FormNode = string | FormMap
export type FormMap = Map<string, FormNode>

const MAX_PAIRS = 2_000
const MAX_DEPTH = 12

/**
 * Reads `a=1&b[c]=2&d[]=3&e[0][f]=4`, with brackets raw or as %5B and %5D, arrays as `[]` or `[n]`
 * (Stripe API reference, Request bodies; the official SDKs leave brackets raw).
 */
export function parseForm(text: string): FormMap {
  const root: FormMap = new Map()
  const pairs = text.split('&').filter((pair) => pair !== '')
  if (pairs.length > MAX_PAIRS) throw badParameter('Too many parameters were sent.', '')
  for (const pair of pairs) {
    const cut = pair.indexOf('=')
    const name = decode(cut < 0 ? pair : pair.slice(0, cut))
    assign(root, segmentsOf(name), cut < 0 ? '' : decode(pair.slice(cut + 1)), name)
  }
  return root
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    const message = 'Invalid request: the body or query holds a broken percent escape.'
    throw new StripeError(400, { type: 'invalid_request_error', message }, false)
  }
}

function segmentsOf(name: string): string[] {
  const open = name.indexOf('[')
  if (open <= 0 || !name.endsWith(']')) return [name]
  const inner = name.slice(open + 1, -1).split('][')
  if (inner.length >= MAX_DEPTH) throw badParameter(`Invalid parameter name: ${name}`, name)
  return [name.slice(0, open), ...inner]
}

function assign(root: FormMap, segments: readonly string[], value: string, name: string): void {
  let here = root
  segments.forEach((segment, depth) => {
    const rest = segments.slice(depth + 1)
    const key = segment === '' && depth > 0 ? nextIndex(here, rest) : segment
    if (rest.length === 0) {
      here.set(key, value)
      return
    }
    const existing = here.get(key)
    if (typeof existing === 'string') throw badParameter(`Invalid hash: ${name}`, name)
    const child = existing ?? new Map<string, FormNode>()
    here.set(key, child)
    here = child
  })
}

/** `items[][price]=a&items[][quantity]=1` is one element: a new one starts when a key comes again. */
function nextIndex(array: FormMap, rest: readonly string[]): string {
  const last = array.get(String(array.size - 1))
  const first = rest[0]
  const sameElement = last instanceof Map && first !== undefined && first !== '' && !last.has(first)
  return String(sameElement ? array.size - 1 : array.size)
}

/** The same text for the same parameters in any order: what an idempotency key is compared by. */
export function canonical(node: FormNode): string {
  if (typeof node === 'string') return JSON.stringify(node)
  const members = [...node].map(([key, child]) => `${JSON.stringify(key)}:${canonical(child)}`)
  return `{${members.sort().join(',')}}`
}
