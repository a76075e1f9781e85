import type { MoneyStore } from '../store/money-store.ts'

type WithEvents = 'recordCreate' | 'recordRefund' | 'settlePayment' | 'settleRefund' | 'adoptRefund'

/** The same store, which tells when a commit has made events: delivery then begins without waiting for a poll. */
export function announcing(store: MoneyStore, wake: () => void): MoneyStore {
  const told = async (done: Promise<boolean>, events: readonly unknown[]): Promise<boolean> => {
    const written = await done
    if (written && events.length > 0) wake()
    return written
  }
  return {
    ...store,
    recordCreate: (intent) => told(store.recordCreate(intent), intent.events),
    recordRefund: (intent) => told(store.recordRefund(intent), intent.events),
    settlePayment: (change) => told(store.settlePayment(change), change.events),
    settleRefund: (change) => told(store.settleRefund(change), change.events),
    adoptRefund: (refund, events) => told(store.adoptRefund(refund, events), events),
  } satisfies Pick<MoneyStore, WithEvents>
}
