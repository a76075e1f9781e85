/** A merchant in an engine world, and the steps that money tests repeat, in the words of a story. */
import { type Environment, parseId, type Uuid } from '@onerouter/core'
import type { BookEntry, Simulation } from '@onerouter/sandbox'
import { expect } from 'vitest'
import { cancelPayment, capturePayment, ownPayment } from '../../apps/api/src/engine/complete-payment.ts'
import { createPayment } from '../../apps/api/src/engine/create-payment.ts'
import { createRefund } from '../../apps/api/src/engine/create-refund.ts'
import type { Claim, Engine, Reply } from '../../apps/api/src/engine/ports.ts'
import { syncPayment, type Trigger } from '../../apps/api/src/engine/sync-payment.ts'
import type { OperationRow, PaymentRow } from '../../apps/api/src/store/rows.ts'
import { runDue } from '../../apps/api/src/worker/worker.ts'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  type EngineWorld,
  inr,
  paymentInput,
  type Tenant,
  usd,
} from './engine.ts'

export type PaymentProvider = 'stripe' | 'paypal' | 'razorpay'
export const PAYMENT_PROVIDERS: readonly PaymentProvider[] = ['stripe', 'paypal', 'razorpay']

const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** What a step may be done with instead of the world's own engine and a key nobody else uses. */
export interface With {
  readonly engine?: Engine
  readonly claim?: Claim
}

export interface Made {
  readonly id: Uuid
  readonly provider: PaymentProvider
  /** The provider's id of the order, which a payer acts on. */
  readonly order: string
}

/** 500.00 in the currency a provider is tested with, or as many minor units as said. */
export const amountAt = (provider: PaymentProvider, minor = 50_000n) =>
  provider === 'razorpay' ? inr(minor) : usd(minor)

export type Shop = Awaited<ReturnType<typeof openShop>>

export async function openShop(seed: number) {
  const world = await createEngineWorld(seed)
  const tenant = await world.tenant()
  return { ...stepsOf(world, tenant), ...viewsOf(world, tenant), world, tenant, close: () => world.close() }
}

function stepsOf(world: EngineWorld, tenant: Tenant) {
  const { caller } = tenant
  const views = viewsOf(world, tenant)
  /** Asks for a payment and answers whatever the API would. */
  const ask = (provider: PaymentProvider, more: With & { capture?: 'automatic' | 'manual' } = {}) =>
    createPayment(
      more.engine ?? world.engine,
      caller,
      paymentInput({ provider, amount: amountAt(provider), capture: more.capture ?? 'automatic' }),
      more.claim ?? claimFor(),
    )
  const create = async (provider: PaymentProvider, capture?: 'automatic' | 'manual', more: With = {}) => {
    const reply = await ask(provider, { ...more, ...(capture !== undefined && { capture }) })
    expect(reply.status, reply.body).toBe(201)
    return madeOf(provider, reply)
  }
  const pay = (made: Made, act: Simulation = 'succeed') => tenant.simulate(made.provider, made.order, act)
  const sync = async (made: Made, trigger: Trigger = 'payer', engine = world.engine) =>
    await syncPayment(engine, await views.payment(made), trigger)
  return {
    ask,
    create,
    /** Created at whichever provider the routing chooses. */
    async createRouted({ engine = world.engine, claim = claimFor() }: With = {}) {
      const reply = await createPayment(engine, caller, paymentInput(), claim)
      expect(reply.status, reply.body).toBe(201)
      return madeOf(bodyOf<{ provider: PaymentProvider }>(reply).provider, reply)
    },
    /** Lets the payer act at the provider. */
    pay,
    sync,
    /** Created, paid and known to be. */
    async paid(provider: PaymentProvider, capture?: 'automatic' | 'manual') {
      const made = await create(provider, capture)
      pay(made)
      await sync(made)
      return made
    },
    capture: (made: Made, more: With & { amount?: bigint } = {}): Promise<Reply> => {
      const { engine = world.engine, claim = claimFor(), amount } = more
      return capturePayment(engine, caller, made.id, amount === undefined ? null : () => amount, claim)
    },
    cancel: (made: Made, { engine = world.engine, claim = claimFor() }: With = {}): Promise<Reply> =>
      cancelPayment(engine, caller, made.id, claim),
    /** `amount` in minor units; absent = all that is left. */
    refund: (made: Made, more: With & { amount?: bigint } = {}): Promise<Reply> => {
      const { engine = world.engine, claim = claimFor(), amount } = more
      const wanted = amount === undefined ? null : () => amountAt(made.provider, amount)
      const input = { paymentId: made.id, amount: wanted, speed: 'normal', metadata: {} } as const
      return createRefund(engine, caller, input, claim)
    },
    /** The next look at a payment is due now. */
    makeDue: (made: Made) =>
      world.db.engine.query(
        'update operation set due_at = clock_timestamp() where payment_id = $1 and due_at is not null',
        [made.id],
      ),
    /** One round of what is due, with another engine than the world's. */
    workWith: (engine: Engine): Promise<number> => runDue(engine),
    /** Time passes in steps, and what comes due is worked off after each. No webhook ever arrives. */
    async live(steps: number, stepMs: number) {
      for (let step = 0; step < steps; step++) {
        await world.pass(stepMs)
        await world.settle()
      }
    },
  }
}

function viewsOf(world: EngineWorld, tenant: Tenant) {
  const payment = (made: { readonly id: Uuid }): Promise<PaymentRow> =>
    ownPayment(world.engine, tenant.caller, made.id)
  return {
    payment,
    /** Our calls for a payment, oldest first. */
    operations: async (made: Made): Promise<OperationRow[]> =>
      await world.engine.store.listOperations(await payment(made)),
    /** What the provider's own books say. */
    async book(made: Made): Promise<BookEntry> {
      const { reference } = await payment(made)
      const entry = world.sandbox.book(made.provider).find((one) => one.reference === reference)
      if (entry === undefined) throw new Error(`${made.provider} has no order for ${reference}`)
      return entry
    },
    async count(what: string, values: readonly unknown[] = []): Promise<number> {
      const { rows } = await world.db.engine.query<{ n: number }>(`select count(*)::int as n from ${what}`, [
        ...values,
      ])
      return rows[0]?.n ?? -1
    },
  }
}

/** The payment a reply tells of. */
export function madeOf(provider: PaymentProvider, reply: Reply): Made {
  const body = bodyOf<{ id: string; provider_order_id: string; environment: Environment }>(reply)
  return { id: parseId('payment', body.id) ?? '', provider, order: body.provider_order_id }
}

/** What many requests at once were answered: each status or error code, and how often. */
export async function tally(replies: readonly Promise<Reply>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const outcome of await Promise.all(replies.map(codeOf))) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** The status of a reply, or the code it was refused with. */
export const codeOf = (reply: Promise<Reply>): Promise<string> =>
  reply.then(
    ({ status }) => String(status),
    (error: { code?: string; message?: string }) => error.code ?? `threw ${error.message}`,
  )
