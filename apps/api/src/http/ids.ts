import { ApiError, type IdKind, isService, parseId, type Service, type Uuid } from '@onerouter/core'

/** An id from a path: anything that is no id of this kind names nothing that exists. @throws ApiError not_found */
export function idParam(kind: IdKind, text: string): Uuid {
  const uuid = parseId(kind, text)
  if (uuid === undefined) throw notFound()
  return uuid
}

export function serviceParam(text: string): Service {
  if (!isService(text)) throw new ApiError('not_found', 'There is no such service.')
  return text
}

/** The one answer for what does not exist and what belongs to somebody else. */
export function notFound(): ApiError {
  return new ApiError('not_found', 'There is no such object.')
}
