import type { Environment, Money, Service } from '@onerouter/core'
import { ApiError } from '@onerouter/core'
import type { Customer } from '@onerouter/providers'
import { type Caller, type Claim, type Reply, TAKEOVER_MS } from '../engine/ports.ts'
import { replyOf } from '../engine/replay.ts'
import { routePayment } from '../engine/route-payment.ts'
import { newCode } from './code.ts'
import { decideCreated } from './decide.ts'
import { notifyPayer } from './notify.ts'
import type { Links } from './ports.ts'
import { presentLink } from './present.ts'
import { claimRow, replayIfClaimed, replayLink } from './replay-link.ts'
import type { LinkRow } from './row.ts'
import { untilExpiryMs } from './tend-link.ts'
import { eventRows, worldOf } from './write.ts'

export interface CreateLinkInput {
  readonly amount: Money
  readonly description: string | null
  readonly customer: Customer | null
  readonly metadata: Readonly<Record<string, string>>
  readonly callbackUrl: string | null
  readonly provider: Service | null
  readonly method: string | null
  readonly environment: Environment | null
  readonly reusable: boolean
  readonly expiresAt: Date | null
  readonly notifySms: boolean
}

/**
 * Makes a payment link. Refused while nobody is connected who could take such a payment; no provider is called.
 * Errors: an `ApiError` before anything was recorded; afterwards the link, whatever becomes of its message.
 */
export async function createLink(
  links: Links,
  caller: Caller,
  input: CreateLinkInput,
  claim: Claim,
): Promise<Reply> {
  const earlier = await replayIfClaimed(links, caller, claim)
  if (earlier !== null) return earlier
  const link = newLink(links, caller, input, await environmentFor(links, caller, input))
  const plan = decideCreated(link, worldOf(links))
  // Without a message to send the answer is known before the link is written.
  const answer = input.notifySms ? null : answerFor(links, link)
  const recorded = await links.store.recordLink({
    link,
    claim: claimRow(caller, claim, link, answer, link.created_at),
    dueMs: input.notifySms ? TAKEOVER_MS : untilExpiryMs(links, link),
    events: eventRows(links, plan),
  })
  if (!recorded) return await replayLink(links, caller, claim)
  links.announce()
  links.engine.wake()
  if (answer !== null) return replyOf({ answer, keep: 'freeze' })
  return await tellPayer(links, caller, claim, link)
}

async function tellPayer(links: Links, caller: Caller, claim: Claim, link: LinkRow): Promise<Reply> {
  const startedMs = links.engine.now()
  const told = await notifyPayer(links, link)
  await links.store.scheduleLink(told, untilExpiryMs(links, told), 0)
  const answer = answerFor(links, told)
  const row = claimRow(caller, claim, told, answer, told.created_at)
  if (!(await links.engine.store.freezeAnswer(row, answer))) return await replayLink(links, caller, claim)
  return replyOf({ answer, keep: 'freeze' }, { providerMs: links.engine.now() - startedMs })
}

const answerFor = (links: Links, link: LinkRow) => ({
  status: 201,
  body: JSON.stringify(presentLink(link, links.publicUrl)),
})

/** Where its payments will live, decided once; whether anybody can take them is told now, not to the payer. */
async function environmentFor(links: Links, caller: Caller, input: CreateLinkInput): Promise<Environment> {
  const [first] = await routePayment(links.engine, caller, {
    amount: input.amount,
    capture: 'automatic',
    ...(input.provider !== null && { provider: input.provider }),
    ...(input.method !== null && { method: input.method }),
    ...(input.environment !== null && { environment: input.environment }),
  })
  return first.credential.environment
}

function newLink(links: Links, caller: Caller, input: CreateLinkInput, environment: Environment): LinkRow {
  const at = new Date(links.engine.now())
  if (input.expiresAt !== null && input.expiresAt <= at) {
    throw new ApiError('invalid_request', 'expires_at must be in the future.', {
      errors: [{ pointer: '/expires_at', detail: 'must be in the future' }],
    })
  }
  return {
    account_id: caller.accountId,
    environment,
    id: links.engine.newId(),
    version: 1,
    sequence: 1,
    status: 'active',
    code: newCode(links.random),
    amount: input.amount.minor,
    currency: input.amount.currency,
    description: input.description,
    customer: input.customer,
    metadata: input.metadata,
    callback_url: input.callbackUrl,
    provider: input.provider,
    method: input.method,
    services: caller.services === null ? null : [...caller.services],
    reusable: input.reusable,
    expires_at: input.expiresAt,
    clicks: 0,
    payments_count: 0,
    amount_paid: 0n,
    payment_id: null,
    paid_at: null,
    notice: input.notifySms ? { status: 'pending', sms_id: null, error: null } : null,
    api_key_id: caller.keyId,
    tries: 0,
    due_at: null,
    created_at: at,
    updated_at: at,
  }
}
