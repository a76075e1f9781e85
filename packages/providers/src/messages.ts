import type { Outcome, SmsFailure, SmsStatus } from '@onerouter/core'
import type { ProviderContext } from './spec.ts'

/** A text message as it is asked for; `from` has been chosen, so that it can be looked up by it. */
export interface SendMessage {
  /** E.164. */
  readonly to: string
  readonly from: string
  readonly body: string
  /** Where the provider reports what becomes of it; `null` where it could not reach us. */
  readonly statusUrl: string | null
}

/** By which a message whose sending nobody saw the end of is recognised. */
export interface SoughtMessage extends Pick<SendMessage, 'to' | 'from' | 'body'> {
  /** Inclusive, by the provider's clock. */
  readonly createdFromMs: number
}

export interface MessageSnapshot {
  readonly messageRef: string
  readonly status: SmsStatus | 'unrecognised'
  /** The provider's own word. */
  readonly providerStatus: string
  readonly to: string
  /** `null` until the provider has picked a sender. */
  readonly from: string | null
  readonly body: string
  readonly createdAtMs: number
  /** `null` until the provider has counted them. */
  readonly segments: number | null
  /** `null` until it is billed, which is after it was sent. */
  readonly cost: MessageCost | null
  readonly failure: MessageFailure | null
}

/** Messages cost fractions of a cent: millionths of the currency's major unit. */
export interface MessageCost {
  readonly micros: bigint
  readonly currency: string
}

export interface MessageFailure {
  readonly reason: SmsFailure
  readonly providerCode: string | null
  readonly message: string
}

/** What cannot be sent at all; refused before anything is recorded. */
export interface UnacceptableMessage {
  readonly pointer: '/to' | '/from' | '/body'
  readonly detail: string
}

/**
 * Text messages. Sending has no idempotency key at any provider we know, so a message is sent once or not at
 * all: what nobody saw the end of is looked up and never sent again.
 */
export interface Messages<C> {
  /** How long the list may miss a message that exists. */
  readonly lookupLagMs: number
  /** The sender where the caller names none. */
  sender(credentials: C): string
  accepts(message: Pick<SendMessage, 'to' | 'from' | 'body'>): UnacceptableMessage | null
  send(ctx: ProviderContext<C>, message: SendMessage): Promise<Outcome<MessageSnapshot>>
  fetch(ctx: ProviderContext<C>, messageRef: string): Promise<Outcome<MessageSnapshot>>
  /** Every message that could be the one sought, oldest first; `unknown` when not all of the list could be looked through. */
  find(ctx: ProviderContext<C>, sought: SoughtMessage): Promise<Outcome<readonly MessageSnapshot[]>>
  /** Pure: what a refusal's code means for the message. */
  explain(providerCode: string | null): SmsFailure
}
