import type { Environment, Outcome } from '@onerouter/core'
import type { MessageSnapshot, Messages } from '@onerouter/providers'
import type { Answered } from '../engine/answers.ts'
import { makeEvent } from '../engine/events.ts'
import type { Claim } from '../engine/ports.ts'
import { unknownDelayMs } from '../engine/schedule.ts'
import { type EventRow, sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import type { StoredAnswer } from '../store/settle.ts'
import { answerForSms } from './answers.ts'
import { decideRefusal, decideSnapshot, type Plan } from './decide.ts'
import type { Sms } from './ports.ts'
import { presentSms } from './present.ts'
import type { SmsRow } from './row.ts'
import { getSms, postponeSms, writeSms } from './store.ts'

/** The request that waits for this outcome; `null` when the resolver settles it. */
export type Waiting = (Claim & { readonly environment: Environment }) | null

export interface Settled {
  readonly sms: SmsRow
  readonly answered: Answered
}

/** Bounds the retries against concurrent writers; each loss means somebody else made progress. */
const ROUNDS_MAX = 16

/**
 * Turns the outcome of the send into the second commit. The request that sent and the resolver that looked
 * come through here alike. Not knowing only puts the message on its schedule.
 */
export async function settleSend(
  sms: Sms,
  row: SmsRow,
  outcome: Outcome<MessageSnapshot>,
  messages: Pick<Messages<object>, 'explain'>,
  waiting: Waiting,
): Promise<Settled> {
  const { engine } = sms
  let current = row
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const plan = planFor(current, outcome, messages, engine.now())
    if (plan === null) return await leaveInTheDark(sms, current, waiting)
    const answered = answerForSms(engine, plan.sms, waiting?.requestId ?? '')
    const stored = storedAnswer(current, answered, waiting)
    const written = await write(sms, plan, stored)
    if (written === 'written') return { sms: plan.sms, answered }
    // Another row holds this very message: which of them sent it cannot be told from here.
    if (written === 'taken') return await leaveInTheDark(sms, current, waiting)
    current = await mustGet(sms, row)
    if (!isOpen(current) && outcome.kind !== 'ok') return settledElsewhere(sms, current, waiting)
  }
  throw new Error(`message ${row.id} changed ${ROUNDS_MAX} times while one outcome was written`)
}

/** Applies what the provider says of a message it is known to have. `false`: nothing was new. */
export async function applySnapshot(sms: Sms, row: SmsRow, snapshot: MessageSnapshot): Promise<boolean> {
  let current = row
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const plan = decideSnapshot(current, snapshot, sms.engine.now())
    if (!plan.changed) {
      await postponeSms(sms.db, current, current.send_state, plan.dueMs)
      return false
    }
    const written = await write(sms, plan, null)
    if (written === 'written') return true
    if (written === 'taken') return false
    current = await mustGet(sms, row)
  }
  throw new Error(`message ${row.id} changed ${ROUNDS_MAX} times while one snapshot was applied`)
}

const isOpen = (row: SmsRow): boolean => row.send_state === 'sent' || row.send_state === 'unknown'

function planFor(
  row: SmsRow,
  outcome: Outcome<MessageSnapshot>,
  messages: Pick<Messages<object>, 'explain'>,
  nowMs: number,
): Plan | null {
  switch (outcome.kind) {
    case 'ok':
      return decideSnapshot(row, outcome.value, nowMs)
    case 'rejected':
    case 'declined': {
      const { message, providerCode } = outcome
      const code =
        outcome.kind === 'rejected' && outcome.reason === 'bad_credentials'
          ? 'bad_credentials'
          : messages.explain(providerCode)
      return decideRefusal(row, 'rejected', { code, message, provider_code: providerCode }, nowMs)
    }
    case 'not_sent': {
      const failure = { code: 'not_sent', message: 'The message was not sent.', provider_code: null } as const
      return decideRefusal(row, 'not_sent', failure, nowMs)
    }
    case 'unknown':
      return null
  }
}

/** Settles as never sent what the provider's list does not hold, long after it should. */
export async function settleAbsent(sms: Sms, row: SmsRow): Promise<void> {
  const failure = {
    code: 'not_sent',
    message: 'The provider holds no such message: it was not sent. Send a new one if it is still wanted.',
    provider_code: null,
  } as const
  await write(sms, decideRefusal(row, 'absent', failure, sms.engine.now()), null)
}

async function leaveInTheDark(sms: Sms, row: SmsRow, waiting: Waiting): Promise<Settled> {
  await postponeSms(sms.db, row, 'unknown', unknownDelayMs(row.tries))
  sms.engine.wake()
  const current = await mustGet(sms, row)
  return { sms: current, answered: answerForSms(sms.engine, current, waiting?.requestId ?? '') }
}

function settledElsewhere(sms: Sms, row: SmsRow, waiting: Waiting): Settled {
  return { sms: row, answered: answerForSms(sms.engine, row, waiting?.requestId ?? '') }
}

/** One commit; `lost`: the row changed since it was read. */
async function write(
  sms: Sms,
  plan: Plan,
  stored: StoredAnswer | null,
): Promise<'written' | 'lost' | 'taken'> {
  const events = eventsOf(sms, plan)
  try {
    const written = await writeSms(sms.db, { sms: plan.sms, dueMs: plan.dueMs, events, stored })
    if (!written) return 'lost'
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) return 'taken'
    throw error
  }
  if (events.length > 0) sms.announce()
  if (plan.dueMs !== null) sms.engine.wake()
  return 'written'
}

function eventsOf({ engine }: Sms, { sms, events }: Plan): readonly EventRow[] {
  const object = presentSms(sms)
  const first = sms.sequence - events.length + 1
  return events.map((type, i) =>
    makeEvent({
      accountId: sms.account_id,
      environment: sms.environment,
      id: engine.newId(),
      type,
      subject: { kind: 'sms', id: sms.id },
      sequence: first + i,
      object,
      at: sms.updated_at,
    }),
  )
}

function storedAnswer(row: SmsRow, answered: Answered, waiting: Waiting): StoredAnswer | null {
  if (waiting === null || answered.keep === 'open') return null
  return {
    claim: { account_id: row.account_id, environment: waiting.environment, key: waiting.key },
    answer: answered.keep === 'freeze' ? answered.answer : null,
  }
}

export async function mustGet(sms: Sms, row: SmsRow): Promise<SmsRow> {
  const found = await getSms(sms.db, row)
  if (found === null) throw new Error('a message that was just written has disappeared')
  return found
}
