import { badParameter, missingParameter, unknownParameters } from './errors.ts'
import type { FormMap, FormNode } from './parse.ts'

/** How one parameter is read: `path` is its name as the error envelope shows it. */
export interface Param<T> {
  readonly required: boolean
  readonly read: (node: FormNode, path: string) => T
}
export type Shape = Readonly<Record<string, Param<unknown>>>
export type Values<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends { readonly required: true; read: (...args: never[]) => infer T }
    ? T
    : S[K] extends Param<infer T>
      ? T | undefined
      : never
}

type Required<T> = Param<T> & { readonly required: true }
type Optional<T> = Param<T> & { readonly required: false }

function optional<T>(read: Param<T>['read']): Optional<T> {
  return { required: false, read }
}

export function required<T>(param: Param<T>): Required<T> {
  return { required: true, read: param.read }
}

function leaf(node: FormNode, path: string): string {
  if (typeof node !== 'string') throw badParameter(`Invalid string: ${path}`, path)
  if (node === '') throw emptyText(path)
  return node
}

function emptyText(path: string) {
  const message =
    `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; ` +
    `however '${path}' cannot be unset. You should remove '${path}' from your request or supply a ` +
    'non-empty value.'
  return badParameter(message, path, 'parameter_invalid_empty')
}

export function text(max = 5_000): Optional<string> {
  return optional((node, path) => {
    const value = leaf(node, path)
    if (value.length <= max) return value
    const message = `Invalid string: ${value.slice(0, 20)}...; must be at most ${max} characters`
    throw badParameter(message, path, 'parameter_invalid_string')
  })
}

export function integer(least?: number): Optional<number> {
  return optional((node, path) => {
    const value = leaf(node, path)
    if (!/^-?[0-9]{1,15}$/.test(value)) {
      throw badParameter(`Invalid integer: ${value}`, path, 'parameter_invalid_integer')
    }
    const read = Number.parseInt(value, 10)
    if (least === undefined || read >= least) return read
    const message = `This value must be greater than or equal to ${least}.`
    throw badParameter(message, path, 'parameter_invalid_integer')
  })
}

export const boolean: Optional<boolean> = optional((node, path) => {
  const value = leaf(node, path)
  if (value === 'true' || value === 'false') return value === 'true'
  throw badParameter(`Invalid boolean: ${value}`, path)
})

export function oneOf<const T extends string>(...allowed: readonly T[]): Optional<T> {
  return optional((node, path) => {
    const value = leaf(node, path)
    const found = allowed.find((word) => word === value)
    if (found !== undefined) return found
    const head = allowed.slice(0, -1).join(', ')
    const tail = allowed.at(-1) ?? ''
    const words = allowed.length > 1 ? `one of ${head}${allowed.length > 2 ? ',' : ''} or ${tail}` : tail
    throw badParameter(`Invalid ${path}: must be ${words}`, path)
  })
}

/** An http or https address; Stripe refuses anything without a scheme. */
export const url: Optional<string> = optional((node, path) => {
  const value = leaf(node, path)
  const scheme = /^https?:\/\/[^\s/]+/i.test(value)
  if (scheme && value.length <= 5_000 && URL.canParse(value)) return value
  throw badParameter('Not a valid URL', path, 'url_invalid')
})

export const email: Optional<string> = optional((node, path) => {
  const value = leaf(node, path)
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) && value.length <= 800) return value
  throw badParameter(`Invalid email address: ${value}`, path, 'email_invalid')
})

/** The empty string unsets the field. */
export function clearable<T>(param: Param<T>): Optional<T | null> {
  return optional((node, path) => (node === '' ? null : param.read(node, path)))
}

export function list<T>(item: Param<T>, max = 100): Optional<T[]> {
  return optional((node, path) => {
    if (typeof node === 'string') throw badParameter('Invalid array', path)
    const keys = [...node.keys()]
    if (keys.some((key) => !/^[0-9]+$/.test(key)) || keys.length > max) {
      throw badParameter('Invalid array', path)
    }
    const ordered = [...node].sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    return ordered.map(([key, child]) => item.read(child, `${path}[${key}]`))
  })
}

export function object<S extends Shape>(shape: S): Optional<Values<S>> {
  return optional((node, path) => {
    if (typeof node === 'string') throw badParameter('Invalid object', path)
    return readParams(node, shape, path)
  })
}

/** Part of the real API that this emulator stores nowhere: accepted in any form, without effect. */
export const ignored: Optional<undefined> = optional(() => undefined)

export type Metadata = Record<string, string>
/** Text to set and `null` to unset, key by key; `null` as a whole unsets all (Stripe docs, Metadata). */
export type MetadataPatch = Readonly<Record<string, string | null>> | null

export const metadata: Optional<MetadataPatch> = optional((node, path) => {
  if (node === '') return null
  if (typeof node === 'string') throw badParameter('Invalid object', path)
  return Object.fromEntries([...node].map(([key, value]) => [key, metadataValue(key, value, path)]))
})

function metadataValue(key: string, value: FormNode, path: string): string | null {
  const here = `${path}[${key}]`
  if (typeof value !== 'string') {
    const message = `Metadata values must be strings, but for key ${key} you passed in a value of type hash.`
    throw badParameter(message, here)
  }
  if (key.length > 40) {
    const message =
      `Metadata keys must be at most 40 characters, but you passed a key of ${key.length}: ` + `${key}`
    throw badParameter(message, here)
  }
  if (value.length > 500) {
    const message = `Metadata values must be at most 500 characters, but ${key} has a longer one.`
    throw badParameter(message, here)
  }
  return value === '' ? null : value
}

/** Applies a patch, keeping at most 50 keys. */
export function withMetadata(current: Metadata, patch: MetadataPatch | undefined): Metadata {
  if (patch === undefined) return current
  if (patch === null) return {}
  const merged = Object.entries({ ...current, ...patch }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  if (merged.length > 50) throw badParameter('Metadata can have at most 50 keys.', 'metadata')
  return Object.fromEntries(merged)
}

/** Reads one level against its shape: unknown names first, then missing ones, then each value. */
export function readParams<S extends Shape>(form: FormMap, shape: S, parent = ''): Values<S> {
  const path = (name: string) => (parent === '' ? name : `${parent}[${name}]`)
  const unknown = [...form.keys()].filter((name) => !Object.hasOwn(shape, name))
  if (unknown.length > 0) throw unknownParameters(unknown.map(path))
  for (const [name, param] of Object.entries(shape)) {
    if (param.required && !form.has(name)) throw missingParameter(path(name))
  }
  const values = Object.entries(shape).map(([name, param]) => {
    const node = form.get(name)
    return [name, node === undefined ? undefined : param.read(node, path(name))]
  })
  return Object.fromEntries(values) as Values<S> // every member was read by the shape's own reader
}

/** Accepted by every operation: which ids of the answer become whole objects. */
export const expand = list(text(), 20)
