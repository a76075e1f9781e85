import { emit } from '../events.ts'
import { paymentTokenId } from '../ids.ts'
import type { Order, Paypal } from '../state.ts'
import type { PaymentToken, VaultCustomer, VaultTerms } from './rows.ts'
import { paymentTokenEventView } from './views.ts'

export const SAVE_ORDER_WALLET = 'paypal.save_order_wallet'
/** How long the sandbox's slow bank keeps the vault waiting, too. */
const SLOW_SAVE_MS = 30_000

const SUMMARIES = {
  CREATED: 'A payment token has been created.',
  'DELETION-INITIATED': 'A payment token deletion has been initiated.',
  DELETED: 'A payment token has been deleted.',
} as const

function tell(paypal: Paypal, token: PaymentToken, what: keyof typeof SUMMARIES): void {
  emit(paypal, token.accountId, {
    eventType: `VAULT.PAYMENT-TOKEN.${what}`,
    resourceType: 'payment_token',
    resourceVersion: '3.0',
    resourceId: token.id,
    summary: SUMMARIES[what],
    resource: paymentTokenEventView(paypal, token),
  })
}

export interface NewToken {
  readonly accountId: string
  readonly customer: VaultCustomer
  readonly terms: VaultTerms
  readonly payerId: string
  readonly orderId: string | null
}

export function createToken(paypal: Paypal, by: NewToken): PaymentToken {
  const token: PaymentToken = {
    id: paymentTokenId(paypal.world.random),
    ...by,
    behaviour: 'works',
    deleted: false,
    createdAt: paypal.world.clock.now(),
  }
  paypal.paymentTokens.set(token.id, token)
  tell(paypal, token, 'CREATED')
  return token
}

export function deleteToken(paypal: Paypal, token: PaymentToken): void {
  token.deleted = true
  tell(paypal, token, 'DELETION-INITIATED')
  tell(paypal, token, 'DELETED')
}

/** `store_in_vault: ON_SUCCESS`: the order was captured or authorized. A slow bank makes the vault slow. */
export function saveOnSuccess(paypal: Paypal, order: Order): void {
  if (order.vault == null) return
  if (order.funding !== 'slow_bank') {
    saveWallet(paypal, order)
    return
  }
  const at = paypal.world.clock.now() + SLOW_SAVE_MS
  paypal.world.schedule(at, { kind: SAVE_ORDER_WALLET, data: { id: order.id } })
}

export function saveWallet(paypal: Paypal, order: Order): void {
  if (order.vault == null || order.savedTokenId != null || order.payerId === null) return
  const { terms, customer } = order.vault
  const { accountId, payerId, id: orderId } = order
  order.savedTokenId = createToken(paypal, { accountId, customer, terms, payerId, orderId }).id
}
