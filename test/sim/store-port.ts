/** The store as a process sees it: every transaction takes a while, may get lost, and may outlive who asked. */
import { type InboundOutcome, TAKEOVER_MS } from '../../apps/api/src/engine/ports.ts'
import type { AttemptRow } from '../../apps/api/src/links/row.ts'
import type { OperationRow } from '../../apps/api/src/store/rows.ts'
import type { Mark } from './marks.ts'
import type { SimStore } from './memory-context.ts'
import { earliestDue, longWaiting } from './memory-reads.ts'
import { SqlError } from './memory-tables.ts'
import { type Incarnation, type ProcessWorld, resume } from './process.ts'
import { happens } from './swarm.ts'

type Name = keyof SimStore

/**
 * `instant`: answers from what every process keeps in memory, without an event. `read`: changes nothing, so that
 * losing its answer is like losing its question. The others are writes, told apart by what a crash there means.
 */
type Kind = 'instant' | 'read' | 'record' | 'settle' | 'answer' | 'queue' | 'inbox'

const KINDS: Readonly<Record<Name, Kind>> = {
  nextOperationDueMs: 'instant',
  nextInboundDueMs: 'instant',
  addressByToken: 'instant',
  addressesOf: 'instant',
  signingVersions: 'instant',
  reapIdempotency: 'instant',
  getPayment: 'read',
  getPaymentById: 'read',
  getPaymentOfAccount: 'read',
  findPaymentByProviderIds: 'read',
  getOperation: 'read',
  listOperations: 'read',
  getRefund: 'read',
  getRefundOfAccount: 'read',
  findRefundByProviderId: 'read',
  getIdempotency: 'read',
  recordCreate: 'record',
  recordFailover: 'record',
  recordCompletion: 'record',
  recordConfirm: 'record',
  recordRefund: 'record',
  recordLateSuccess: 'settle',
  settlePayment: 'settle',
  settleRefund: 'settle',
  adoptRefund: 'settle',
  freezeAnswer: 'answer',
  releaseClaim: 'answer',
  claimDueOperations: 'queue',
  claimOperation: 'queue',
  postponeOperation: 'queue',
  sendScouts: 'queue',
  fetchWaiting: 'queue',
  claimDueInbound: 'inbox',
  storeInbound: 'inbox',
  finishInbound: 'inbox',
  nextLinkDueMs: 'instant',
  getLink: 'read',
  openAttempt: 'read',
  getAttempt: 'read',
  listNewlyPaid: 'read',
  hasUndecided: 'read',
  listAttempts: 'read',
  recordLink: 'record',
  recordAttempt: 'record',
  writeLink: 'settle',
  moveAttempt: 'settle',
  closeUnmade: 'settle',
  holdAttempt: 'queue',
  claimDueLinks: 'queue',
  scheduleLink: 'queue',
}

/** Where the product answers by itself that somebody else went first, it is not thrown. */
const LOST: Readonly<Partial<Record<Name, unknown>>> = { writeLink: 'lost' }

const METHODS = Object.entries(KINDS) as readonly (readonly [Name, Kind])[] // an object literal has no other keys

const CRASHED: Readonly<Record<Exclude<Kind, 'instant'>, Mark>> = {
  read: 'crashed_at_read',
  record: 'crashed_at_record',
  settle: 'crashed_at_settle',
  answer: 'crashed_at_answer',
  queue: 'crashed_at_queue',
  inbox: 'crashed_at_inbox',
}

const ERROR_MARKS: Readonly<Record<string, Mark>> = {
  '40001': 'lost_the_race',
  '23505': 'another_was_live',
  OR001: 'refund_not_available',
}

interface Self {
  readonly inc: Incarnation | null
}

type Act = (...args: readonly unknown[]) => unknown

/** One life's way to the database: its methods are shared by all lives, of which a history has many. */
class StorePort {
  readonly world: ProcessWorld
  readonly self: Self

  constructor(world: ProcessWorld, self: Self) {
    this.world = world
    this.self = self
  }
}

type Method = (this: StorePort, ...args: readonly unknown[]) => Promise<unknown>

const actOf = (world: ProcessWorld, name: Name): Act => world.memory.store[name] as Act // the methods of one store, all alike here

function instant(name: Name): Method {
  return async function (...args) {
    return actOf(this.world, name)(...args)
  }
}

function sent(name: Name, kind: Exclude<Kind, 'instant'>): Method {
  const idle = IDLE[name]
  return function (...args) {
    const { world, self } = this
    // Taking from an empty queue changes nothing: no event is spent on it.
    if (idle?.where(world)) return idle.answer
    return statement(world, self, { name, kind, act: actOf(world, name), args })
  }
}

interface Idle {
  where(world: ProcessWorld): boolean
  readonly answer: Promise<unknown>
}

const nothingDue = (table: 'operation' | 'inbound' | 'payment_link'): Idle => ({
  where({ memory, loop }) {
    const due = earliestDue(memory.tables[table])
    return due === null || due > loop.now()
  },
  answer: Promise.resolve([]),
})

const nobodyWaits: Idle = {
  where: ({ memory, loop }) => longWaiting(memory.tables.operation, loop.now() + TAKEOVER_MS).length === 0,
  answer: Promise.resolve(0),
}

const IDLE: Readonly<Partial<Record<Name, Idle>>> = {
  claimDueOperations: nothingDue('operation'),
  claimDueInbound: nothingDue('inbound'),
  claimDueLinks: nothingDue('payment_link'),
  sendScouts: nobodyWaits,
  fetchWaiting: nobodyWaits,
}

for (const [name, kind] of METHODS) {
  Object.defineProperty(StorePort.prototype, name, {
    value: kind === 'instant' ? instant(name) : sent(name, kind),
  })
}

export function storePort(world: ProcessWorld, self: Self): SimStore {
  return new StorePort(world, self) as unknown as SimStore // every method of the store, asynchronous
}

interface Statement {
  readonly name: Name
  readonly kind: Exclude<Kind, 'instant'>
  readonly act: Act
  readonly args: readonly unknown[]
}

function statement(world: ProcessWorld, { inc }: Self, what: Statement): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (inc?.alive !== true) return
    const run = () => {
      try {
        const value = execute(world, inc, what)
        if (value instanceof SqlError) resume(world, inc, () => reject(value))
        else if (!inc.alive) world.mark(CRASHED[what.kind])
        else if (inc.pausedUntilMs <= world.loop.now()) resolve(value)
        else resume(world, inc, () => resolve(value))
      } catch (error) {
        resume(world, inc, () => reject(error))
      }
    }
    if (happens(world, 'crashHere')) world.crashSoon(inc)
    const slow = happens(world, 'dbSlow')
    world.loop.at(slow ? world.choices.range(10, 5_000) : world.choices.range(1, 4), run)
  })
}

/**
 * The statement reaches the database, or does not; its answer comes back, or does not. Errors of the database are
 * answers here: they are frequent, and to throw one costs as much as ten statements.
 */
function execute(world: ProcessWorld, inc: Incarnation, what: Statement): unknown {
  if (happens(world, 'dbLost')) return new SqlError('08006', 'connection lost')
  const isWrite = what.kind !== 'read'
  if (isWrite && happens(world, 'dbConflict')) {
    return LOST[what.name] ?? new SqlError('40001', 'serialization failure')
  }
  const value = applied(world, inc, what)
  if (!isWrite || value instanceof SqlError) return value
  world.trace?.(inc.name, 'database', what.name)
  observe(world, inc, what, value)
  world.onWrite()
  if (happens(world, 'dbUnknown')) return new SqlError('08006', 'connection lost after the commit')
  return value
}

function applied(world: ProcessWorld, inc: Incarnation, { name, act, args }: Statement): unknown {
  try {
    world.loop.note(name.length)
    return act(...args)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const mark = ERROR_MARKS[error.code]
    if (mark !== undefined) world.mark(mark)
    if (error.code === '40001' && inc.pausedUntilMs > 0) world.mark('zombie_came_second')
    world.trace?.('database', inc.name, `${name}: ${error.message}`)
    return error
  }
}

/** Why an inbox entry waits, by the engine's own words. */
const POSTPONED: Readonly<Record<string, Mark>> = { 'object not known yet': 'webhook_unmatched' }

/** What the answer to a write tells about the situation. */
function observe(
  { mark, active, memory }: ProcessWorld,
  inc: Incarnation,
  { name, args }: Statement,
  value: unknown,
): void {
  if (name === 'settlePayment' || name === 'claimDueOperations') active.add(inc.name)
  switch (name) {
    case 'recordCreate':
    case 'recordCompletion':
    case 'recordRefund':
      if (value === false) mark('claim_taken')
      return
    case 'settlePayment':
    case 'settleRefund':
      if (value !== false) return
      mark('settled_elsewhere')
      if (inc.pausedUntilMs > 0) mark('zombie_came_second')
      return
    case 'adoptRefund':
      if (value === true) mark('refund_adopted')
      return
    case 'finishInbound': {
      const { reason } = args[1] as InboundOutcome
      const why = reason === null ? undefined : (POSTPONED[reason] ?? 'webhook_postponed')
      if (why !== undefined) mark(why)
      return
    }
    case 'fetchWaiting':
      if (Number(value) > 0) mark('fetched_by_another')
      return
    case 'closeUnmade':
      if (value === true) mark('link_attempt_never_made')
      return
    case 'recordAttempt':
      if (value === false) mark('link_lost_its_version')
      return
    case 'holdAttempt':
      if (value === true && !memory.tables.payment.has((args[0] as AttemptRow).payment_id)) {
        mark('link_attempt_inherited')
      }
      return
    case 'claimOperation':
      if ((value as OperationRow | null)?.state === 'sent') mark('takeover')
      return
    case 'claimDueOperations':
      for (const row of value as readonly OperationRow[]) if (row.state === 'sent') mark('takeover')
  }
}
