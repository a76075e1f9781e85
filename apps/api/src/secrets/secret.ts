import { inspect } from 'node:util'

/** A value that must never be printed: every way of turning it into text answers `[secret]`. */
export interface Secret<T = string> {
  reveal(): T
  toString(): string
  toJSON(): string
}

export function secret<T>(value: T): Secret<T> {
  return Object.freeze({
    reveal: () => value,
    toString: () => '[secret]',
    toJSON: () => '[secret]',
    [inspect.custom]: () => '[secret]',
  })
}
