/** What is done with payment links: merchants make and end them, payers open them in as many tabs as they like. */
import { currency, type Environment, money, parseId, type Uuid } from '@onerouter/core'
import type { Caller, Reply } from '../../apps/api/src/engine/ports.ts'
import { clickLink } from '../../apps/api/src/links/click.ts'
import { createLink } from '../../apps/api/src/links/create-link.ts'
import { deactivateLink } from '../../apps/api/src/links/deactivate-link.ts'
import { type Opening, payLink } from '../../apps/api/src/links/pay-link.ts'
import { settleLink } from '../../apps/api/src/links/settle-link.ts'
import { type Asked, askWith, type ClientWorld, call, type ScriptedPayment, type Shown } from './client.ts'
import type { SimService } from './credentials.ts'
import type { Incarnation } from './process.ts'

export interface LinkWish extends Asked {
  readonly kind: 'link' | 'deactivate'
}

export interface ScriptedLink {
  readonly caller: Caller
  readonly amount: bigint
  readonly currency: string
  readonly provider: SimService | null
  readonly reusable: boolean
  readonly expiresAt: Date | null
  readonly wishes: LinkWish[]
  /** What payers were shown of it, by the payments' ids. */
  readonly payments: Map<Uuid, ScriptedPayment>
  /** Browsers that have been here: each is counted once. */
  readonly visitors: Set<string>
  /** Learned from an answer. */
  ref: { readonly account_id: Uuid; readonly environment: Environment; readonly id: Uuid } | null
  /** Somebody was told that it has ended: it never begins again. */
  ended: boolean
}

export function askLink(world: ClientWorld, link: ScriptedLink, wish: LinkWish): void {
  askWith(world, wish, {
    send: (inc) => sendLink(inc, link, wish),
    heard: (shown) => {
      if (shown.object !== 'payment_link') return
      learn(link, shown)
      if (wish.kind === 'deactivate') link.ended = true
    },
  })
}

function sendLink(
  { links }: Incarnation,
  link: ScriptedLink,
  { kind, claim, caller }: LinkWish,
): Promise<Reply> {
  if (kind === 'deactivate') {
    if (link.ref === null) throw new Error('asked about a link nobody knows')
    return deactivateLink(links, caller, link.ref, claim)
  }
  const { provider, reusable, expiresAt } = link
  return createLink(
    links,
    caller,
    {
      amount: money(link.amount, currency(link.currency)),
      ...{ description: null, customer: null, metadata: {}, callbackUrl: null, method: null },
      ...{ provider, environment: null, reusable, expiresAt, notifySms: false },
    },
    claim,
  )
}

function learn(link: ScriptedLink, { id, environment }: Shown): void {
  const uuid = parseId('payment_link', id)
  if (uuid === undefined || environment === undefined) return
  link.ref ??= { account_id: link.caller.accountId, environment, id: uuid }
}

export interface Visit {
  readonly visitor: string
  /** What its browser was sent to. */
  readonly onOpening: (opening: Opening) => void
}

/** Presses the button on the link's page. */
export function press(world: ClientWorld, link: ScriptedLink, { visitor, onOpening }: Visit): void {
  const inc = world.router()
  const { ref, ended } = link
  if (inc === null || ref === null) return
  world.trace?.('payer', inc.name, `${visitor} presses Pay`)
  const isNew = !link.visitors.has(visitor)
  link.visitors.add(visitor)
  const visit = async () => {
    if (isNew) await clickLink(inc.links, ref)
    return await payLink(inc.links, ref, visitor)
  }
  call(world, inc, visit).then(
    (opening) => {
      if (opening === null) return
      world.trace?.(inc.name, 'payer', `${visitor}: ${opening.kind}`)
      if (opening.kind === 'ended') link.ended = true
      else if (ended) world.onViolation('a link that had ended was opened to pay', opening.kind)
      onOpening(opening)
    },
    (error: unknown) => {
      if (typeof error === 'object' && error !== null && 'code' in error) return
      world.onViolation('the engine threw', error instanceof Error ? `${error.stack}` : String(error))
    },
  )
}

/** Its merchant or a payer reads it. */
export function readLink(world: ClientWorld, { ref }: ScriptedLink): void {
  const inc = world.router()
  if (inc === null || ref === null) return
  call(world, inc, () => settleLink(inc.links, ref)).catch(() => undefined)
}
