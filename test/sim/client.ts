/** What merchants do: ask once or several times under one key, remember every definitive answer, read and show. */
import { ApiError, currency, type Environment, money, parseId, type Uuid } from '@onerouter/core'
import { cancelPayment, capturePayment, ownPayment } from '../../apps/api/src/engine/complete-payment.ts'
import { createPayment } from '../../apps/api/src/engine/create-payment.ts'
import { createRefund } from '../../apps/api/src/engine/create-refund.ts'
import type { Caller, Claim, Engine, Reply } from '../../apps/api/src/engine/ports.ts'
import { syncPayment } from '../../apps/api/src/engine/sync-payment.ts'
import type { Loop } from './loop.ts'
import type { Mark, Trace } from './marks.ts'
import type { Incarnation } from './process.ts'

/** One request a merchant wants done once, however often it is sent. */
export interface Asked {
  readonly kind: string
  readonly claim: Claim
  readonly caller: Caller
  asked: number
  /** Definitive answers, as text; they must all be the same. */
  readonly answers: Set<string>
  /** What it was told to have made, also by answers that promise nothing yet. */
  readonly objects: Set<Uuid>
  lastStatus: number
  /** The code of the last refusal, if the last answer was one. */
  lastCode: string | null
}

export const newAsked = (caller: Caller, key: string): Omit<Asked, 'kind'> => ({
  ...{ caller, asked: 0, answers: new Set(), objects: new Set(), lastStatus: 0, lastCode: null },
  claim: { key, fingerprint: Buffer.from(key.padEnd(32, '.')), requestId: `req_${key}` },
})

/** A wish about a payment. */
export interface Wish extends Asked {
  readonly kind: 'create' | 'capture' | 'cancel' | 'refund'
  readonly amount: bigint
  readonly payment: ScriptedPayment
}

export interface ScriptedPayment {
  readonly caller: Caller
  readonly amount: bigint
  readonly currency: string
  readonly capture: 'automatic' | 'manual'
  readonly provider: 'stripe' | 'paypal' | 'razorpay' | null
  readonly wishes: Wish[]
  /** Learned from an answer. */
  id: Uuid | null
}

export interface ClientWorld {
  readonly loop: Loop
  readonly mark: (name: Mark) => void
  readonly trace?: Trace | undefined
  readonly router: () => Incarnation | null
  /** Somebody outside holds the means to pay this order. */
  readonly onExposed: (payment: ScriptedPayment, orderRef: string) => void
  readonly onViolation: (kind: string, detail: string) => void
}

const GIVE_UP_MS = 90_000

export function ask(world: ClientWorld, wish: Wish): void {
  askWith(world, wish, {
    send: (inc) => send(inc.engine, wish),
    heard(shown, id) {
      if (shown.object !== 'payment') return
      if (wish.kind === 'create') wish.payment.id = id
      show(world, wish.payment, shown)
    },
  })
}

interface Way {
  readonly send: (inc: Incarnation) => Promise<Reply>
  /** An answer that shows an object. */
  readonly heard: (shown: Shown, id: Uuid) => void
}

export function askWith(world: ClientWorld, wish: Asked, way: Way): void {
  const inc = world.router()
  if (inc === null) return
  wish.asked += 1
  world.trace?.('merchant', inc.name, `${wish.kind} ${wish.claim.key}`)
  call(world, inc, () => way.send(inc)).then(
    (reply) => {
      if (reply !== null) heard(world, inc, wish, reply, way)
    },
    (error: unknown) => refusedBy(world, inc, wish, error),
  )
}

/** Calls into a process; `null` when it died or took too long. */
export function call<T>(
  world: Pick<ClientWorld, 'loop'>,
  inc: Incarnation,
  run: (engine: Engine) => Promise<T>,
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const lost = () => {
      inc.mourners.delete(lost)
      resolve(null)
    }
    inc.mourners.add(lost)
    const patience = world.loop.at(GIVE_UP_MS, lost)
    const done = () => {
      patience.run = null
      inc.mourners.delete(lost)
    }
    run(inc.engine).then(
      (value) => {
        done()
        resolve(value)
      },
      (error: unknown) => {
        done()
        reject(error)
      },
    )
  })
}

function send(engine: Engine, wish: Wish): Promise<Reply> {
  const { payment, claim, caller } = wish
  const id = payment.id
  if (wish.kind === 'create') {
    const amount = money(payment.amount, currency(payment.currency))
    const provider = payment.provider === null ? {} : { provider: payment.provider }
    return createPayment(
      engine,
      caller,
      { amount, capture: payment.capture, metadata: {}, ...provider },
      claim,
    )
  }
  if (id === null) throw new Error('asked about a payment nobody knows')
  switch (wish.kind) {
    case 'capture':
      return capturePayment(engine, caller, id, () => wish.amount, claim)
    case 'cancel':
      return cancelPayment(engine, caller, id, claim)
    case 'refund':
      return createRefund(
        engine,
        caller,
        {
          paymentId: id,
          amount: ({ currency: code }) => money(wish.amount, currency(code)),
          speed: 'normal',
          metadata: {},
        },
        claim,
      )
  }
}

/** Not yet an answer, or an answer that gives the key back. */
const OPEN_STATUS: ReadonlySet<number> = new Set([202, 503])

function heard(world: ClientWorld, inc: Incarnation, wish: Asked, reply: Reply, way: Way): void {
  world.trace?.(inc.name, 'merchant', `${reply.status} for ${wish.claim.key}`)
  wish.lastStatus = reply.status
  wish.lastCode = null
  if (reply.replayed) world.mark('answer_replayed')
  if (reply.status === 202) world.mark('answered_not_known_yet')
  if (reply.status === 503) world.mark('answered_unavailable')
  const definitive = !OPEN_STATUS.has(reply.status)
  // A 202 promises nothing: proof that nothing was sent may still give the key back.
  if (definitive) {
    const text = `${reply.status} ${reply.body}`
    if (wish.answers.has(text)) return
    wish.answers.add(text)
    if (wish.answers.size > 1) world.onViolation('answers differ', [...wish.answers].join('\n'))
  }
  if (reply.status > 299) return
  const body = JSON.parse(reply.body) as Shown // an object of the API
  const id = parseId(body.object, body.id)
  if (id === undefined) return world.onViolation('unreadable answer', body.id)
  if (MAKING.has(wish.kind)) wish.objects.add(id)
  way.heard(body, id)
}

const MAKING: ReadonlySet<string> = new Set(['create', 'refund', 'link'])

export interface Shown {
  readonly object: 'payment' | 'refund' | 'payment_link'
  readonly id: string
  readonly environment?: Environment
  readonly status: string
  readonly provider_order_id: string | null
}

const PAYABLE: ReadonlySet<string> = new Set(['created', 'requires_action', 'processing'])

function show(world: ClientWorld, payment: ScriptedPayment, shown: Omit<Shown, 'object' | 'id'>): void {
  if (shown.provider_order_id !== null && PAYABLE.has(shown.status)) {
    world.onExposed(payment, shown.provider_order_id)
  }
}

function refusedBy(world: ClientWorld, inc: Incarnation, wish: Asked, error: unknown): void {
  const word = error instanceof ApiError ? error.code : String(error)
  world.trace?.(inc.name, 'merchant', `${wish.claim.key}: ${word}`)
  if (error instanceof ApiError) {
    wish.lastStatus = 409
    wish.lastCode = error.code
    if (error.code === 'idempotency_request_in_progress') world.mark('answered_in_progress')
    if (error.code === 'conflict') world.mark('answered_conflict')
    return
  }
  wish.lastStatus = 500
  if (typeof error === 'object' && error !== null && 'code' in error) return
  world.onViolation('the engine threw', error instanceof Error ? `${error.stack}` : String(error))
}

/** The merchant, or the payer who came back, looks at the payment; `sync` asks the provider first. */
export function look(world: ClientWorld, payment: ScriptedPayment, sync: 'payer' | 'poll' | null): void {
  const inc = world.router()
  const id = payment.id
  if (inc === null || id === null) return
  world.trace?.(sync === 'payer' ? 'payer' : 'merchant', inc.name, sync === null ? 'read' : 'sync')
  const read = async (engine: Engine) => {
    const row = await ownPayment(engine, payment.caller, id)
    return sync === null ? row : (await syncPayment(engine, row, sync)).payment
  }
  call(world, inc, read).then(
    (row) => {
      if (row !== null) show(world, payment, row)
    },
    () => undefined,
  )
}
