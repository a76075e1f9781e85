/** Random domain transactions, sensible and senseless ones, played on two stores at once and compared. */
import { uuidV7 } from '@onerouter/core'
import { sqlState } from '../../apps/api/src/store/rows.ts'
import type { Choices } from './choices.ts'
import type { MemoryStore, SimStore } from './memory-context.ts'
import { drawStep } from './sequence-steps.ts'

export interface Difference {
  readonly seed: number
  readonly step: string
  readonly memory: string
  readonly real: string
}

export interface Stage {
  readonly choices: Choices
  readonly seed: number
  readonly accountId: string
  readonly memory: MemoryStore
  readonly real: SimStore
  readonly rows: (table: string) => Promise<readonly Record<string, unknown>[]>
  readonly pass: (ms: number) => Promise<void>
  readonly passed: () => number
  readonly finish: () => Promise<void>
  /** Compare the tables after every step, to see which one parted them. */
  readonly closely: boolean
}

/** A sequence knows what it made, so that later steps can be about it. */
export interface Play extends Stage {
  readonly newId: () => string
  readonly at: () => Date
}

const LINK_TABLES = ['payment_link', 'payment_link_attempt'] as const
const TABLES = [
  'payment',
  'operation',
  'refund',
  'idempotency',
  'event',
  'inbound',
  'ledger',
  ...LINK_TABLES,
] as const

export async function playSequence(stage: Stage): Promise<{ steps: number; differences: Difference[] }> {
  const { choices, seed } = stage
  let serial = 0
  const play: Play = {
    ...stage,
    newId: () => {
      serial += 1
      const bytes = new Uint8Array(10)
      new DataView(bytes.buffer).setUint32(0, seed)
      new DataView(bytes.buffer).setUint32(6, serial)
      return uuidV7(1_700_000_000_000 + serial, bytes)
    },
    at: () => new Date(1_700_000_000_000 + choices.int(1_000_000)),
  }
  const virtual = () => Date.now() + stage.passed()
  const steps = choices.range(12, 40)
  for (let i = 0; i < steps; i++) {
    if (choices.chance(0.12)) {
      await stage.pass(choices.pick(PASSES))
      continue
    }
    const [name, args] = drawStep(play)
    const real = await answerOf(name, Date.now, () => (stage.real[name] as Method)(...args))
    const memory = await answerOf(name, virtual, () => (stage.memory.store[name] as Method)(...args))
    const step = () => `${i} ${name} ${shown(args, 0)}`
    if (memory !== real) return { steps: i, differences: [{ seed, step: step(), memory, real }] }
    if (!stage.closely) continue
    const difference = await compareTables(stage)
    if (difference !== null) return { steps: i, differences: [{ seed, step: step(), ...difference }] }
  }
  const difference = await compareTables(stage)
  if (difference !== null) return { steps, differences: [{ seed, step: 'the end', ...difference }] }
  await stage.finish()
  return { steps, differences: [] }
}

type Method = (...args: readonly unknown[]) => unknown

async function answerOf(name: string, now: () => number, run: () => unknown): Promise<string> {
  try {
    const value = await run()
    return name.endsWith('DueMs') && typeof value === 'number' ? `${about(value)}` : `${shown(value, now())}`
  } catch (error) {
    return `error ${sqlState(error) ?? error}`
  }
}

/** Times made by a database's clock are compared as "about when", everything else exactly. */
function shown(value: unknown, nowMs: number): string {
  return JSON.stringify(inOrder(value), (key, member: unknown) => {
    if (typeof member === 'bigint') return member.toString()
    if (key === 'finished_at' || key === 'applied_at') return member === null ? null : 'set'
    if (key.endsWith('age_ms') && typeof member === 'number') return about(member)
    if ((key === 'due_at' || key === 'recorded_at') && typeof member === 'string')
      return about(new Date(member).getTime() - nowMs)
    return member instanceof Buffer || typeof member !== 'object' ? member : byName(member)
  })
}

/** Delays are 7 s more than a multiple of the steps in which time passes: no slowness moves one over an edge. */
const STEP_MS = 20_000
const about = (ms: number) => (ms < -1e9 ? 'long ago' : Math.floor((ms + STEP_MS / 2) / STEP_MS))
const PASSES = [20_000, 100_000, 400_000] as const

function byName(value: unknown): unknown {
  if (value === null || Array.isArray(value) || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Rows that were taken together come in no order. */
function inOrder(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const idOf = (row: unknown) =>
    typeof row === 'object' && row !== null && 'id' in row ? String(row.id) : ''
  return [...value].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
}

async function compareTables(stage: Stage): Promise<{ memory: string; real: string } | null> {
  const { tables } = stage.memory
  const ours: Record<(typeof TABLES)[number], readonly object[]> = {
    payment: [...tables.payment.values()],
    operation: [...tables.operation.values()],
    refund: [...tables.refund.values()],
    idempotency: [...tables.idempotency.values()],
    event: tables.event,
    inbound: [...tables.inbound.values()],
    ledger: tables.ledger,
    payment_link: [...tables.payment_link.values()],
    payment_link_attempt: [...tables.payment_link_attempt.values()],
  }
  for (const table of TABLES) {
    const memory = lines(ours[table], table, Date.now() + stage.passed())
    const real = lines(await stage.rows(table), table, Date.now())
    if (memory !== real) return { memory: `${table}: ${memory}`, real: `${table}: ${real}` }
  }
  return null
}

function lines(rows: readonly object[], table: string, nowMs: number): string {
  const texts = rows.map((row) => {
    const { payment_id, kind, amount } = row as Record<string, unknown> // of the ledger, whose hashes are its own
    return shown(table === 'ledger' ? { payment_id, kind, amount } : row, nowMs)
  })
  return texts.sort().join('\n')
}
