import type { VaultPlace } from '../saved/ports.ts'
import type { Place } from './seal.ts'

/** What a saved payment method's ciphertext is bound to. */
export const savedMethodPlace = (row: VaultPlace): Place => [
  row.account_id,
  row.environment,
  row.id,
  'saved-payment-method',
]
