import type { OperationRow, PaymentRow } from '../store/rows.ts'
import type { Engine } from './ports.ts'

/** What tells how things stand with a call: the charge in force, where the one that was begun was left behind. */
export async function inForce(
  engine: Engine,
  begun: OperationRow,
  payment: PaymentRow,
): Promise<OperationRow> {
  if (begun.kind !== 'charge' || begun.reference === payment.reference) return begun
  const operations = await engine.store.listOperations(payment)
  return operations.find((one) => one.reference === payment.reference) ?? begun
}
