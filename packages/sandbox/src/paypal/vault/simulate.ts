import {
  BEHAVIOUR_AFTER,
  type MethodSimulation,
  type SavedMethodEntry,
  type Simulation,
  type SimulationResult,
} from '../../kernel/types.ts'
import type { Paypal } from '../state.ts'
import { approveSetup } from './page.ts'
import { deleteToken } from './tokens.ts'

/** The payer on a setup token's page; undefined when the reference names none. */
export function simulateSetup(
  paypal: Paypal,
  accountId: string,
  ref: string,
  action: Simulation,
): SimulationResult | undefined {
  const token = paypal.setupTokens.get(ref)
  if (token?.accountId !== accountId) return undefined
  if (token.status === 'VAULTED') return { ok: false, reason: 'the setup token has been used' }
  if (action === 'succeed' || action === 'authenticate') approveSetup(paypal, token)
  else if (action !== 'fail' && action !== 'abandon') {
    return { ok: false, reason: `a setup token knows no ${action}` }
  }
  return { ok: true, status: token.status }
}

export function simulateMethod(
  paypal: Paypal,
  accountId: string,
  ref: string,
  action: MethodSimulation,
): SimulationResult {
  const token = paypal.paymentTokens.get(ref)
  if (token?.accountId !== accountId) return { ok: false, reason: `no such payment token: ${ref}` }
  if (token.deleted) return { ok: false, reason: 'the payment token was deleted' }
  if (action === 'remove') deleteToken(paypal, token)
  else token.behaviour = BEHAVIOUR_AFTER[action]
  return { ok: true, status: token.deleted ? 'removed' : token.behaviour }
}

export const savedMethodsOf = (paypal: Paypal, accountId: string): SavedMethodEntry[] =>
  [...paypal.paymentTokens.values()]
    .filter((token) => token.accountId === accountId)
    .map((token) => ({
      accountId,
      methodRef: token.id,
      customerRef: token.customer.id,
      kind: 'paypal',
      status: token.deleted ? 'removed' : 'active',
      behaviour: token.behaviour,
      at: new Date(token.createdAt).toISOString(),
    }))
