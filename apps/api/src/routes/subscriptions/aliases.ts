import { ApiError } from '@onerouter/core'

/**
 * One value that may be sent under several names, in the body or in the query: where it is given more than once
 * it must be the same, because a contradiction would cancel at once what was meant to run on.
 * @throws ApiError invalid_request
 */
export function agreed<T extends string | boolean>(
  name: string,
  given: Readonly<Record<string, T | undefined>>,
): T | undefined {
  const found = Object.entries(given).filter((one): one is [string, T] => one[1] !== undefined)
  const [first] = found
  if (first === undefined) return undefined
  const other = found.find(([, value]) => value !== first[1])
  if (other === undefined) return first[1]
  throw new ApiError('invalid_request', `${name} is given twice and contradicts itself.`, {
    errors: [{ pointer: other[0], detail: `differs from ${first[0]}` }],
  })
}

/** A flag of the query string. */
export const flagOf = (text: 'true' | 'false' | undefined): boolean | undefined =>
  text === undefined ? undefined : text === 'true'
