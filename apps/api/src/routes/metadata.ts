import { ApiError } from '@onerouter/core'

type Pairs = Readonly<Record<string, string>>

/** `notes` is the older name of `metadata`; both at once could only contradict each other. */
export function readMetadata(body: { readonly metadata?: Pairs; readonly notes?: Pairs }): Pairs {
  if (body.metadata !== undefined && body.notes !== undefined) {
    throw new ApiError('invalid_request', 'Send either metadata or notes, not both.', {
      errors: [{ pointer: '/notes', detail: 'metadata is given too' }],
    })
  }
  return body.metadata ?? body.notes ?? {}
}
