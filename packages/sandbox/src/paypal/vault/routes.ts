import type { Route } from '../route.ts'
import {
  createPaymentToken,
  createSetupToken,
  getPaymentToken,
  getSetupToken,
  listPaymentTokens,
  removePaymentToken,
  replayPaymentToken,
  replaySetupToken,
} from './api.ts'

/** "The server stores keys for 3 hours" (Payment Method Tokens v3 reference). */
const KEPT_MS = 3 * 3_600_000
const TOKENS = '/v3/vault/payment-tokens'
const SETUPS = '/v3/vault/setup-tokens'

const route = (
  method: Route['method'],
  template: string,
  handle: Route['handle'],
  replay?: NonNullable<Route['repeat']>['replay'],
): Route => ({
  method,
  template,
  scope: 'vault',
  handle,
  ...(replay === undefined ? {} : { repeat: { retentionMs: KEPT_MS, replay } }),
})

export const VAULT_ROUTES: readonly Route[] = [
  route('POST', SETUPS, createSetupToken, replaySetupToken),
  route('GET', `${SETUPS}/{}`, getSetupToken),
  route('POST', TOKENS, createPaymentToken, replayPaymentToken),
  route('GET', TOKENS, listPaymentTokens),
  route('GET', `${TOKENS}/{}`, getPaymentToken),
  route('DELETE', `${TOKENS}/{}`, removePaymentToken),
]
