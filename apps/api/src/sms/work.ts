import type { MessageWork } from '../engine/ports.ts'
import { unknownDelayMs } from '../engine/schedule.ts'
import { applyMessage } from './apply-message.ts'
import type { Sms } from './ports.ts'
import { tendSms } from './resolve-sms.ts'
import type { SmsRow } from './row.ts'
import { claimDueSms, nextSmsDueMs, postponeSms } from './store.ts'

/** What the worker and the inbox do for messages. */
export function messageWork(sms: Sms): MessageWork {
  return {
    apply: (row, messageRef) => applyMessage(sms, row, messageRef),
    async claimDue(limit, leaseMs) {
      const rows = await claimDueSms(sms.db, limit, leaseMs)
      return rows.map((row) => () => tendOrPostpone(sms, row))
    },
    nextDueMs: () => nextSmsDueMs(sms.db),
  }
}

/** Work that fails comes back later and later, so that a poisoned row costs ever less. */
async function tendOrPostpone(sms: Sms, row: SmsRow): Promise<void> {
  try {
    await tendSms(sms, row)
  } catch (error) {
    sms.engine.log.error({ err: error, sms: row.id }, 'a message could not be tended')
    await postponeSms(sms.db, row, row.send_state, unknownDelayMs(row.tries))
  }
}
