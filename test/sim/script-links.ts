/** What merchants and payers do with one payment link. */
import type { Opening } from '../../apps/api/src/links/pay-link.ts'
import { askRepeatedly, type Errand, HOUR, MINUTE } from './asking.ts'
import { look, newAsked, type ScriptedPayment } from './client.ts'
import { askLink, type LinkWish, press, readLink, type ScriptedLink } from './client-links.ts'
import { SIM_SERVICES } from './credentials.ts'
import { clientOf, payAfterAll, playing, playMerchant } from './script-payments.ts'
import { ROUTER_SLOTS } from './slots.ts'
import type { World } from './world.ts'

export function playLink(world: World): void {
  const { choices, loop, shape } = world
  // Money that comes twice is looked for, not waited for; and so is what of it has to be given back again.
  const corrected = choices.chance(0.25)
  if (corrected) Object.assign(world.swarm, { pendingCapture: 0.9, pendingFails: 0.9 })
  const link: ScriptedLink = {
    caller: choices.pick(world.accounts),
    provider: corrected ? 'paypal' : choices.chance(0.75) ? (SIM_SERVICES[choices.int(3)] ?? null) : null,
    amount: BigInt(choices.pick([1_000, 50_000])),
    currency: choices.chance(0.3) ? 'INR' : 'USD',
    reusable: choices.chance(corrected ? 0.1 : 0.3),
    expiresAt: choices.chance(corrected ? 0.1 : 0.35)
      ? new Date(loop.now() + choices.range(MINUTE / 2, 8 * MINUTE))
      : null,
    ...{ wishes: [], payments: new Map(), visitors: new Set(), ref: null, ended: false },
  }
  world.links.push(link)
  const startMs = choices.range(0, 1_000)
  askRepeatedly(world, errandOf(world, link, 'link', 'create'), startMs, choices.pick(shape.creates))
  const openMs = startMs + choices.range(500, 5_000)
  if (choices.chance(corrected ? 0.85 : 0.2)) {
    Object.assign(world.swarm, { pendingRefund: 0.9, refundBounces: 0.8 })
  }
  const ends = choices.chance(corrected ? 0.1 : 0.35)
  playBrowsers(world, link, openMs, ends)
  if (ends) playEnd(world, link, openMs)
  for (let i = choices.pick(shape.looks); i > 0; i--) {
    at(world, openMs + choices.range(0, 5 * MINUTE), () => readLink(clientOf(world), link))
  }
}

/** At that time, or before everything heals. */
function at({ loop, healMs }: World, delayMs: number, act: () => void): void {
  loop.at(Math.min(delayMs, healMs - loop.now() - MINUTE), act)
}

function errandOf(world: World, link: ScriptedLink, kind: LinkWish['kind'], name: string): Errand {
  const index = world.links.indexOf(link)
  const wish: LinkWish = { ...newAsked(link.caller, `l${index}-${name}`), kind }
  link.wishes.push(wish)
  return {
    wish,
    isRipe: () => kind === 'link' || link.ref !== null,
    ask: () => askLink(clientOf(world), link, wish),
  }
}

/** Several people, or one with several tabs: often all at once, sometimes when the first has gone away. */
function playBrowsers(world: World, link: ScriptedLink, openMs: number, ends: boolean): void {
  const { choices } = world
  const together = choices.chance(0.5)
  for (let browser = choices.pick([1, 2, 2, 3]); browser > 0; browser--) {
    const later = choices.chance(0.4) ? choices.range(10 * MINUTE, 13 * MINUTE) : choices.range(0, MINUTE)
    const comesMs = openMs + (together ? choices.range(0, 5) : later)
    for (let tab = choices.pick([1, 1, 2, 3]); tab > 0; tab--) {
      const gapMs = choices.chance(0.5) ? choices.range(0, 5) : choices.range(100, MINUTE)
      pressAt(world, link, `browser ${browser}`, comesMs + gapMs, 3)
      if (choices.chance(ends ? 0.25 : 0.05)) freeze(world, comesMs + gapMs)
    }
  }
}

/** Who may be serving them just then freezes, for longer than anybody waits for what they were about to make. */
function freeze({ choices, loop, slots }: World, aboutMs: number): void {
  const forMs = choices.range(60_000, 150_000)
  const atMs = aboutMs + choices.range(1, 12)
  const slot = choices.pick(ROUTER_SLOTS)
  loop.at(atMs, () => slots.pause(slot, forMs))
}

/** Who got nowhere presses again, a few times. */
function pressAt(world: World, link: ScriptedLink, visitor: string, delayMs: number, tries: number): void {
  at(world, delayMs, () => {
    const again = () => {
      if (tries > 0 && !world.state.healed && world.loop.now() < world.healMs - 2 * MINUTE) {
        pressAt(world, link, visitor, world.choices.range(1_000, MINUTE), tries - 1)
      }
    }
    if (link.ref === null) return again()
    press(clientOf(world), link, {
      visitor,
      onOpening(opening) {
        noteOpening(world, link, opening)
        if (opening.kind === 'checkout') follow(world, link, opening)
        else if (opening.kind !== 'ended') again()
      },
    })
  })
}

function noteOpening({ mark }: World, link: ScriptedLink, opening: Opening): void {
  if (opening.kind === 'taken') mark('link_taken')
  if (opening.kind === 'unavailable') mark('link_unavailable')
  if (opening.kind === 'ended') mark('link_found_ended')
  if (opening.kind !== 'checkout') return
  const known = link.payments.has(opening.payment.id)
  if (known) mark('link_resumed')
  else if (!link.reusable && link.payments.size > 0) mark('link_started_again')
}

/** The browser goes on to the provider's page, where its payer pays or does not. */
function follow(world: World, link: ScriptedLink, { payment }: Extract<Opening, { kind: 'checkout' }>): void {
  const known = link.payments.get(payment.id)
  const shown: ScriptedPayment = known ?? {
    ...{ caller: link.caller, amount: link.amount, currency: link.currency, provider: link.provider },
    ...{ capture: 'automatic', wishes: [], id: payment.id },
  }
  if (payment.provider_order_id !== null) playing(world).onExposed(shown, payment.provider_order_id)
  if (known !== undefined) return
  link.payments.set(payment.id, shown)
  world.payments.push(shown)
  // Should a webhook get lost, the comparison with the provider's lists finds what it told.
  const comparedMs = world.healMs - world.loop.now() + 24 * HOUR
  world.loop.at(comparedMs, () => look(clientOf(world), shown, 'poll'))
  if (!world.state.healed && world.choices.chance(0.2)) playMerchant(world, shown)
}

/** Its merchant wants no more payments, under one key or two. */
function playEnd(world: World, link: ScriptedLink, openMs: number): void {
  const { choices, shape } = world
  const atMs = openMs + choices.pick([choices.range(0, 500), choices.range(0, 15_000)])
  for (let i = choices.chance(0.3) ? 2 : 1; i > 0; i--) {
    const gapMs = choices.chance(0.5) ? choices.range(0, 5) : choices.range(0, 30_000)
    askRepeatedly(
      world,
      errandOf(world, link, 'deactivate', `end${i}`),
      atMs + gapMs,
      choices.pick(shape.asks),
    )
  }
  // A payer who has the page open pays while it is being withdrawn: looked for, not waited for.
  if (!choices.chance(0.6)) return
  at(world, atMs + choices.range(0, 2_500), () => {
    for (const payment of link.payments.values()) payAfterAll(world, payment)
  })
}
