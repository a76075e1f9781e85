import type { SavedPaymentMethod } from 'onerouter'
import { words } from '../ui/badge.tsx'

type Named = Pick<SavedPaymentMethod, 'nickname' | 'brand' | 'type' | 'card'>

/** What a person calls it: the name it was given, else brand and last digits. */
export function methodName({ nickname, brand, type, card }: Named): string {
  if (nickname !== null) return nickname
  const digits = card === null || card.last4 === null ? '' : ` •••• ${card.last4}`
  return words(brand ?? type) + digits
}

/** `08/2030`; `null` for what does not expire. */
export function expiryOf({ card }: Pick<SavedPaymentMethod, 'card'>): string | null {
  if (card === null || card.expMonth === null || card.expYear === null) return null
  return `${String(card.expMonth).padStart(2, '0')}/${card.expYear}`
}
