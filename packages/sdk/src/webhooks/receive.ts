import { WebhookVerificationError } from '../errors.ts'
import type { OneRouterEvent } from '../types/event.ts'
import type { WebhookBody } from './bytes.ts'
import type { WebhookHeaders } from './headers.ts'
import { type VerifyOptions, verify } from './verify.ts'

/** What to do with each type of event; `'*'` gets every event that has no handler of its own. */
export type EventHandlers = {
  readonly [T in OneRouterEvent['type']]?: (event: OneRouterEvent & { readonly type: T }) => unknown
} & { readonly '*'?: (event: OneRouterEvent) => unknown }

export interface WebhookHandlerOptions extends VerifyOptions {
  /** `whsec_…` or `whpk_…`; several while you rotate. */
  readonly secret: string | readonly string[]
  /**
   * Called for what has been verified, and awaited before the answer: throw, and the event is delivered again
   * later. Deliveries are at least once: what you have done for an `event.id`, do not do twice.
   */
  readonly on: EventHandlers
}

/** What a receiver answers; the text is for the sender's log. */
export interface Reply {
  readonly status: number
  readonly text: string
}

/** Far above any event of ours: a longer body is somebody else's. */
export const BODY_BYTES_MAX = 1_048_576

/**
 * 204 for what was handled or is of no interest, 400 for what is not to be believed.
 * @throws whatever a handler throws, and what is wrong with the secret: the server turns it into a 500, and its
 * log shows it
 */
export async function receive(
  options: WebhookHandlerOptions,
  body: WebhookBody,
  headers: WebhookHeaders,
): Promise<Reply> {
  let event: OneRouterEvent
  try {
    event = await verify(body, headers, options.secret, options)
  } catch (error) {
    if (!WebhookVerificationError.isInstance(error) || error.code === 'webhook_secret_malformed') throw error
    return { status: 400, text: `${error.code}: ${error.message}` }
  }
  await handlerOf(options.on, event.type)?.(event)
  return { status: 204, text: '' }
}

export const TOO_LARGE: Reply = { status: 413, text: 'The body is larger than any event.' }
export const NOT_POST: Reply = { status: 405, text: 'Webhooks are sent by POST.' }

function handlerOf(on: EventHandlers, type: string): ((event: OneRouterEvent) => unknown) | undefined {
  // The table's own keys only: the type is the sender's text. Each handler takes the events of its own key.
  const own = Object.hasOwn(on, type) ? on[type as OneRouterEvent['type']] : undefined
  return (own as ((event: OneRouterEvent) => unknown) | undefined) ?? on['*']
}

/** Reads at most so much; `undefined` for more. */
export async function readBytes(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax = BODY_BYTES_MAX,
): Promise<Uint8Array | undefined> {
  const read: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > bytesMax) return undefined
    read.push(chunk)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of read) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
