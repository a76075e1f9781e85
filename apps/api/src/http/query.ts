import { ApiError } from '@onerouter/core'

const PARAMETERS_MAX = 50

/**
 * Parses a query string strictly: a parameter given twice, broken percent-encoding, NUL and lone surrogates
 * are refused. Numbers stay text except `limit`, the one number a list takes.
 */
export function parseQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = Object.create(null)
  if (text === '') return query
  const pairs = text.split('&').filter((pair) => pair !== '')
  if (pairs.length > PARAMETERS_MAX)
    throw new ApiError('invalid_request', 'The query has too many parameters.')
  for (const pair of pairs) {
    const split = pair.indexOf('=')
    const name = decode(split < 0 ? pair : pair.slice(0, split), '?')
    const value = decode(split < 0 ? '' : pair.slice(split + 1), `?${name}`)
    if (name in query) throw refused(`?${name}`, 'is given twice')
    query[name] = name === 'limit' && /^[0-9]{1,9}$/.test(value) ? Number.parseInt(value, 10) : value
  }
  return query
}

function decode(text: string, pointer: string): string {
  let value: string
  try {
    value = decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw refused(pointer, 'is not percent-encoded UTF-8')
  }
  if (value.includes('\u0000')) throw refused(pointer, 'must not contain NUL')
  return value
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}
