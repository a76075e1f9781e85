import { type Environment, formatId, type Uuid } from '@onerouter/core'
import type { EventRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { paymentText, presentRefund } from './present.ts'

/** The version of the objects inside events; it changes when their shape does. */
export const API_VERSION = '2026-11-01'

/** Event rows for what just happened to a payment; they share its transaction and number without gaps. */
export function paymentEvents(
  payment: PaymentRow,
  types: readonly string[],
  newId: () => Uuid,
): readonly EventRow[] {
  if (types.length === 0) return []
  return numbered(types, newId, { kind: 'payment', row: payment, text: paymentText(payment) })
}

export function refundEvents(
  refund: RefundRow,
  types: readonly string[],
  newId: () => Uuid,
): readonly EventRow[] {
  if (types.length === 0) return []
  return numbered(types, newId, { kind: 'refund', row: refund, text: JSON.stringify(presentRefund(refund)) })
}

interface Subject {
  readonly kind: EventRow['subject_kind']
  readonly row: Pick<PaymentRow, 'account_id' | 'environment' | 'id' | 'sequence' | 'updated_at'>
  readonly text: string
}

function numbered(
  types: readonly string[],
  newId: () => Uuid,
  { kind, row, text }: Subject,
): readonly EventRow[] {
  const first = row.sequence - types.length + 1
  return types.map((type, i) =>
    eventWith(text, {
      accountId: row.account_id,
      environment: row.environment,
      id: newId(),
      type,
      subject: { kind, id: row.id },
      sequence: first + i,
      at: row.updated_at,
    }),
  )
}

export interface NewEvent {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly type: string
  readonly subject: { readonly kind: EventRow['subject_kind']; readonly id: Uuid }
  readonly sequence: number
  /** As the API shows it. */
  readonly object: object
  /** What its changed members were before. */
  readonly previous?: object
  readonly at: Date
}

/** The body is made here, once: what is signed and sent later are these bytes and no others. */
export const makeEvent = (event: NewEvent): EventRow => eventWith(JSON.stringify(event.object), event)

function eventWith(object: string, event: Omit<NewEvent, 'object'>): EventRow {
  const previous = event.previous === undefined ? '' : `,"previous":${JSON.stringify(event.previous)}`
  // Words, ids and times of ours, in which nothing needs an escape.
  const head =
    `{"id":"${formatId('event', event.id)}","object":"event","type":"${event.type}","api_version":"${API_VERSION}",` +
    `"environment":"${event.environment}","created_at":"${event.at.toISOString()}","sequence":${event.sequence}`
  return {
    account_id: event.accountId,
    environment: event.environment,
    id: event.id,
    type: event.type,
    subject_kind: event.subject.kind,
    subject_id: event.subject.id,
    sequence: event.sequence,
    payload: `${head},"data":{"object":${object}${previous}}}`,
    created_at: event.at,
  }
}
