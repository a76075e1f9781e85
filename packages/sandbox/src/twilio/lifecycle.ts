import type { MessageSimulation, SimulationResult } from '../kernel/types.ts'
import { tellStatus } from './callbacks.ts'
import { type Course, courseOf } from './magic.ts'
import { isOptedOut } from './opt-outs.ts'
import { priceOf } from './prices.ts'
import { segmentsOf } from './segments.ts'
import type { MessageRow, MessageStatus, Twilio } from './state.ts'

const STEP_TASK = 'twilio.step'
const BILL_TASK = 'twilio.bill'
const STEP_MS = 300
/** Twilio bills "shortly after" sending; long enough that a client sees the price missing first. */
export const BILLED_AFTER_MS = 30_000

interface Step {
  readonly to: MessageStatus
  readonly afterMs: number
}

/** What follows a status by itself; the rest waits for a receipt, a caller or nothing. */
const NEXT: Partial<Record<MessageStatus, (course: Course, row: MessageRow) => Step | null>> = {
  accepted: () => ({ to: 'queued', afterMs: STEP_MS }),
  queued: ({ end }, { validitySeconds }) =>
    end === 'queued'
      ? { to: 'failed', afterMs: validitySeconds * 1_000 }
      : { to: 'sending', afterMs: STEP_MS },
  sending: ({ end }) => ({ to: end === 'failed' ? 'failed' : 'sent', afterMs: STEP_MS }),
  sent: ({ end, receiptMs }) =>
    end === 'delivered' || end === 'undelivered' ? { to: end, afterMs: receiptMs } : null,
}

const WITH_ERROR: ReadonlySet<MessageStatus> = new Set(['undelivered', 'failed'])

function schedule(tw: Twilio, row: MessageRow, step: Step): void {
  tw.world.schedule(tw.world.clock.now() + step.afterMs, {
    kind: STEP_TASK,
    data: { sid: row.sid, from: row.status, to: step.to },
  })
}

/** Sets a fresh message on its way. */
export function start(tw: Twilio, row: MessageRow): void {
  const step = NEXT[row.status]?.(courseOf(row.to), row) ?? null
  if (step !== null) schedule(tw, row, step)
}

/** A scheduled message joins the queue at its time. */
export function startAt(tw: Twilio, row: MessageRow, atMs: number): void {
  tw.world.schedule(atMs, { kind: STEP_TASK, data: { sid: row.sid, from: 'scheduled', to: 'queued' } })
}

/** A Messaging Service picks its sender here, and only here learns of an opt-out. */
function pickSender(tw: Twilio, row: MessageRow): MessageStatus {
  row.from ??= tw.credential(row.account, 'from_number')
  row.segments = row.media > 0 ? 1 : segmentsOf(row.body)
  if (!isOptedOut(tw, row)) return 'queued'
  row.errorCode = 21610
  return 'failed'
}

/** Gives the message a status, tells the callback and plans what follows. */
export function move(tw: Twilio, row: MessageRow, wanted: MessageStatus): void {
  const status = wanted === 'queued' ? pickSender(tw, row) : wanted
  const now = tw.world.clock.now()
  row.status = status
  row.updatedAt = now
  if (WITH_ERROR.has(status)) row.errorCode ??= courseOf(row.to).errorCode ?? 30003
  if (status === 'sent') {
    row.sentAt = now
    tw.world.schedule(now + BILLED_AFTER_MS, { kind: BILL_TASK, data: { sid: row.sid } })
  }
  tellStatus(tw, row)
  start(tw, row)
}

export function registerMessageTasks(tw: Twilio): void {
  tw.world.onTask(STEP_TASK, (data) => {
    const row = tw.state.messages.get(String(data['sid']))
    // A message that was canceled, simulated or deleted meanwhile goes its own way.
    if (row === undefined || row.status !== data['from']) return
    move(tw, row, data['to'] as MessageStatus) // written by `schedule` and `startAt` above
  })
  tw.world.onTask(BILL_TASK, (data) => {
    const row = tw.state.messages.get(String(data['sid']))
    if (row === undefined) return
    row.price = priceOf(row)
    row.updatedAt = tw.world.clock.now()
  })
}

const ON_THE_WAY: ReadonlySet<MessageStatus> = new Set(['accepted', 'queued', 'sending', 'sent'])
export const isOnTheWay = (row: MessageRow): boolean =>
  row.direction === 'outbound-api' && ON_THE_WAY.has(row.status)

const ENDS = { deliver: 'delivered', undeliver: 'undelivered' } as const satisfies Record<
  MessageSimulation,
  MessageStatus
>

/** The carrier's receipt, now; what had to happen before it happens first. */
export function simulateMessage(
  tw: Twilio,
  account: string,
  sid: string,
  action: MessageSimulation,
): SimulationResult {
  const row = tw.state.messages.get(sid)
  if (row?.account !== account) return { ok: false, reason: 'no such message' }
  if (!isOnTheWay(row)) return { ok: false, reason: `the message is ${row.status}` }
  if (row.status === 'accepted') move(tw, row, 'queued')
  if (!isOnTheWay(row)) return { ok: false, reason: `the message is ${row.status}` }
  if (row.status !== 'sent') move(tw, row, 'sent')
  move(tw, row, ENDS[action])
  return { ok: true, status: row.status }
}
