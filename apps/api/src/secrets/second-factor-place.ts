import type { Uuid } from '@onerouter/core'
import type { Place } from './seal.ts'

/** What the ciphertext of a second factor's secret is bound to. */
export function secondFactorPlace(ref: { readonly account_id: Uuid; readonly person_id: Uuid }): Place {
  return [ref.account_id, ref.person_id, 'second-factor']
}
