import type { DeclineReason, RejectReason } from '@onerouter/core'
import { parseBody, type Refusal } from '../classify.ts'
import type { HttpResult } from '../spec.ts'
import { isRecord, linkOf, recordsOf, textOf } from './wire.ts'

/**
 * What PayPal's issue codes prove (PayPal REST API reference, Orders v2 and Payments v2 error messages).
 * A code that is in no table proves nothing: the outcome is then unknown.
 */
export type Verdict =
  /** The payer or the payer's bank said no; this order is of no further use. */
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  /** The order survives and the payer may try again; `null` = the payer has not decided yet. */
  | { readonly kind: 'repeatable'; readonly reason: DeclineReason | null }
  /** Nothing happened, and nothing will for this request. */
  | { readonly kind: 'rejected'; readonly reason: RejectReason }
  /** The effect may exist already: look, and refuse with `reason` only if it does not. */
  | { readonly kind: 'look'; readonly reason: RejectReason }
  /** An earlier request is still at work: look, and stay unknown if nothing shows. */
  | { readonly kind: 'running' }

const DECLINED = {
  AGREEMENT_ALREADY_CANCELLED: 'method_not_supported',
  ALIAS_DECLINED_BY_PROCESSOR: 'card_declined',
  AUTHORIZATION_DENIED: 'card_declined',
  BILLING_AGREEMENT_NOT_FOUND: 'method_not_supported',
  CARD_BRAND_NOT_SUPPORTED: 'method_not_supported',
  CARD_EXPIRED: 'expired_card',
  COMPLIANCE_VIOLATION: 'payer_account_problem',
  DECLINED_DUE_TO_RELATED_TXN: 'processing_error',
  DOMESTIC_TRANSACTION_REQUIRED: 'method_not_supported',
  MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED: 'limit_exceeded',
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: 'payer_account_problem',
  PAYER_ACCOUNT_RESTRICTED: 'payer_account_problem',
  PAYER_CANNOT_PAY: 'card_declined',
  PAYMENT_SOURCE_CANNOT_BE_USED: 'method_not_supported',
  PAYMENT_SOURCE_DECLINED_BY_PROCESSOR: 'card_declined',
  PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED: 'incorrect_details',
  REFERENCED_CARD_EXPIRED: 'expired_card',
  TRANSACTION_LIMIT_EXCEEDED: 'limit_exceeded',
  TRANSACTION_REFUSED: 'card_declined',
} as const satisfies Record<string, DeclineReason>

const REPEATABLE = {
  INSTRUMENT_DECLINED: 'card_declined',
  ORDER_NOT_APPROVED: null,
  PAYER_ACTION_REQUIRED: 'authentication_failed',
  REDIRECT_PAYER_FOR_ALTERNATE_FUNDING: 'card_declined',
} as const satisfies Record<string, DeclineReason | null>

const LOOK = {
  AUTHORIZATION_ALREADY_CAPTURED: 'invalid_state',
  CAPTURE_FULLY_REFUNDED: 'amount',
  DOMAIN_ALREADY_REGISTERED: 'invalid_state',
  DUPLICATE_INVOICE_ID: 'bad_request',
  MAX_AUTHORIZATION_COUNT_EXCEEDED: 'invalid_state',
  MAX_CAPTURE_COUNT_EXCEEDED: 'invalid_state',
  MAX_NUMBER_OF_REFUNDS_EXCEEDED: 'invalid_state',
  ORDER_ALREADY_AUTHORIZED: 'invalid_state',
  ORDER_ALREADY_CAPTURED: 'invalid_state',
  ORDER_COMPLETED_OR_VOIDED: 'invalid_state',
  PREVIOUSLY_CAPTURED: 'invalid_state',
  PREVIOUSLY_VOIDED: 'invalid_state',
  REFUND_AMOUNT_EXCEEDED: 'amount',
  REFUND_EXCEEDED_TRANSACTION_AMOUNT: 'amount',
  SUBSCRIPTION_CANNOT_BE_ACTIVATED: 'invalid_state',
  SUBSCRIPTION_STATUS_INVALID: 'invalid_state',
  TRANSACTION_ALREADY_REFUNDED: 'amount',
} as const satisfies Record<string, RejectReason>

const RUNNING = ['ORDER_COMPLETION_IN_PROGRESS', 'PREVIOUS_REQUEST_IN_PROGRESS'] as const

const REJECTED = {
  bad_credentials:
    'NOT_AUTHORIZED PERMISSION_DENIED CONSENT_NEEDED NOT_ELIGIBLE_FOR_TOKEN_PROCESSING ' +
    'PERMISSION_DENIED_FOR_DONATION_ITEMS',
  account_problem:
    'INVALID_ACCOUNT_STATUS AUTH_CAPTURE_NOT_ENABLED NOT_ENABLED_FOR_APPLE_PAY NOT_ENABLED_FOR_BANK_PROCESSING ' +
    'NOT_ENABLED_FOR_CARD_PROCESSING NOT_ENABLED_FOR_GOOGLE_PAY NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE ' +
    'PAYEE_ACCOUNT_INVALID PAYEE_ACCOUNT_LOCKED_OR_CLOSED PAYEE_ACCOUNT_RESTRICTED PAYEE_BLOCKED_TRANSACTION ' +
    'PAYEE_NOT_ENABLED_FOR_BANK_PROCESSING PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING ' +
    'PAYEE_PRICING_TIER_ID_NOT_ENABLED PLATFORM_FEES_NOT_SUPPORTED PLATFORM_FEE_NOT_ENABLED ' +
    'REFUND_FAILED_INSUFFICIENT_FUNDS REFUND_IS_RESTRICTED SETUP_ERROR_FOR_BANK TRANSACTION_BLOCKED_BY_PAYEE ' +
    'TRANSACTION_RECEIVING_LIMIT_EXCEEDED WEBHOOK_NUMBER_LIMIT_EXCEEDED CARD_SUBSCRIPTIONS_NOT_ENABLED ' +
    'COUNTRY_NOT_SUPPORTED USER_ACCOUNT_CLOSED',
  not_found: 'INVALID_RESOURCE_ID RESOURCE_NOT_FOUND IDENTIFIER_NOT_FOUND',
  invalid_state:
    'ACTION_DOES_NOT_MATCH_INTENT AUTHORIZATION_EXPIRED AUTHORIZATION_VOIDED CANNOT_BE_VOIDED ORDER_EXPIRED ' +
    'PENDING_CAPTURE REFUND_NOT_ALLOWED REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK REFUND_TIME_LIMIT_EXCEEDED ' +
    'TRANSACTION_DISPUTED ORDER_CANNOT_BE_SAVED SAVE_ORDER_NOT_SUPPORTED WEBHOOK_URL_ALREADY_EXISTS ' +
    'DUPLICATE_RESOURCE_IDENTIFIER PLAN_STATUS_INVALID DOMAIN_REGISTERED_WITH_ANOTHER_MERCHANT ' +
    'INCORRECT_DOMAIN_VERIFICATION_FILE',
  amount:
    'AMOUNT_CANNOT_BE_SPECIFIED AMOUNT_MISMATCH AUTHORIZATION_AMOUNT_EXCEEDED CANNOT_BE_NEGATIVE ' +
    'CANNOT_BE_ZERO_OR_NEGATIVE DECIMALS_NOT_SUPPORTED DECIMAL_PRECISION INVALID_PLATFORM_FEES_AMOUNT ' +
    'ITEM_TOTAL_MISMATCH ITEM_TOTAL_REQUIRED MAX_CAPTURE_AMOUNT_EXCEEDED MAX_VALUE_EXCEEDED ' +
    'FULL_REFUND_NOT_ALLOWED_AFTER_PARTIAL_REFUND ' +
    'PARTIAL_REFUND_NOT_ALLOWED PLATFORM_FEE_EXCEEDED PREFERRED_SHIPPING_OPTION_AMOUNT_MISMATCH ' +
    'REFUND_AMOUNT_TOO_LOW TAX_TOTAL_MISMATCH TAX_TOTAL_REQUIRED APPLE_PAY_AMOUNT_MISMATCH',
  currency:
    'AUTHORIZATION_CURRENCY_MISMATCH AUTH_CAPTURE_CURRENCY_MISMATCH CURRENCY_MISMATCH ' +
    'CURRENCY_NOT_SUPPORTED_FOR_BANK INVALID_CURRENCY_CODE MULTI_CURRENCY_ORDER ' +
    'PAYEE_FX_RATE_ID_CURRENCY_MISMATCH REFUND_CAPTURE_CURRENCY_MISMATCH CURRENCY_NOT_SUPPORTED_FOR_RECEIVER',
  bad_request:
    'BANK_NOT_SUPPORTED_FOR_VERIFICATION BILLING_ADDRESS_INVALID BILLING_AGREEMENT_ID_MISMATCH ' +
    'BLIK_ONE_CLICK_MISSING_REQUIRED_PARAMETER CANCEL_URL_REQUIRED CARD_EXPIRY_REQUIRED CARD_NUMBER_REQUIRED ' +
    'CITY_REQUIRED CRYPTOGRAM_REQUIRED DONATION_ITEMS_NOT_SUPPORTED DUPLICATE_REFERENCE_ID EMV_DATA_REQUIRED ' +
    'GOOGLE_PAY_GATEWAY_MERCHANT_ID_MISMATCH IBAN_COUNTRY_NOT_SUPPORTED INCOMPATIBLE_PARAMETER_VALUE ' +
    'INVALID_ARRAY_MAX_ITEMS INVALID_ARRAY_MIN_ITEMS INVALID_COUNTRY_CODE INVALID_EXPIRY_DATE INVALID_FX_RATE_ID ' +
    'INVALID_GOOGLE_PAY_TOKEN INVALID_IBAN INVALID_PARAMETER_SYNTAX INVALID_PARAMETER_VALUE ' +
    'INVALID_PAYEE_PRICING_TIER_ID INVALID_PAYER_ID INVALID_PICKUP_ADDRESS INVALID_PLATFORM_FEES_ACCOUNT ' +
    'INVALID_PREVIOUS_TRANSACTION_REFERENCE INVALID_SECURITY_CODE_LENGTH INVALID_STRING_LENGTH ' +
    'INVALID_STRING_MAX_LENGTH MALFORMED_REQUEST_JSON MERCHANT_INITIATED_WITH_AUTHENTICATION_RESULTS ' +
    'MERCHANT_INITIATED_WITH_MULTIPLE_PURCHASE_UNITS MERCHANT_INITIATED_WITH_SECURITY_CODE ' +
    'MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE MISSING_CRYPTOGRAM MISSING_PICKUP_ADDRESS MISSING_PREVIOUS_REFERENCE ' +
    'MISSING_REQUIRED_PARAMETER MULTIPLE_ITEM_CATEGORIES MULTIPLE_SHIPPING_ADDRESS_NOT_SUPPORTED ' +
    'MULTIPLE_SHIPPING_OPTION_SELECTED MULTIPLE_SHIPPING_TYPE_NOT_SUPPORTED ' +
    'NOT_ELIGIBLE_FOR_PAYPAL_TRANSACTION_ID_PROCESSING NOT_ELIGIBLE_FOR_PNREF_PROCESSING NOT_SUPPORTED ' +
    'ONE_OF_PARAMETERS_REQUIRED ONLY_ONE_BANK_SOURCE_ALLOWED ORDER_COMPLETE_ON_PAYMENT_APPROVAL ' +
    'PAYEE_FX_RATE_ID_EXPIRED PAYMENT_SOURCE_MISMATCH PAYMENT_SOURCE_NOT_SUPPORTED ' +
    'PAYMENT_TYPE_NOT_SUPPORTED_FOR_INTENT PAYPAL_REQUEST_ID_REQUIRED PAYPAL_TRANSACTION_ID_EXPIRED ' +
    'PAYPAL_TRANSACTION_ID_NOT_FOUND PLATFORM_FEE_PAYEE_CANNOT_BE_SAME_AS_PAYER PNREF_EXPIRED PNREF_NOT_FOUND ' +
    'POSTAL_CODE_REQUIRED PREFERRED_PAYMENT_SOURCE_MISMATCH PREVIOUS_TRANSACTION_REFERENCE_HAS_CHARGEBACK ' +
    'PREVIOUS_TRANSACTION_REFERENCE_VOIDED REFERENCE_ID_REQUIRED REQUIRED_PARAMETER_FOR_CUSTOMER_INITIATED_PAYMENT ' +
    'RETURN_URL_REQUIRED SHIPPING_ADDRESS_INVALID SHIPPING_OPTIONS_NOT_SUPPORTED SHIPPING_OPTION_NOT_SELECTED ' +
    'SHIPPING_TYPE_NOT_SUPPORTED_FOR_CLIENT TOKEN_EXPIRED TOKEN_ID_NOT_FOUND UNSUPPORTED_INTENT ' +
    'UNSUPPORTED_INTENT_FOR_PAYMENT_SOURCE UNSUPPORTED_PAYMENT_INSTRUCTION UNSUPPORTED_PROCESSING_INSTRUCTION ' +
    'UNSUPPORTED_SHIPPING_TYPE VALIDATION_ERROR VAULT_INSTRUCTION_DUPLICATED VAULT_INSTRUCTION_REQUIRED ' +
    '3DS_CARDS_NOT_SUPPORTED FIXED_PRICE_NOT_SUPPORTED INVALID_BILLING_CYCLE_SEQUENCE INVALID_INTEGER_MAX_VALUE ' +
    'INVALID_INTEGER_MIN_VALUE INVALID_METADATA_CUSTOM_NOTE INVALID_METADATA_INVOICE_ID INVALID_PRICING_MODEL ' +
    'INVALID_PRICING_SCHEME INVALID_PRICING_TIER_AMOUNT INVALID_PRICING_TIER_QUANTITY INVALID_QUANTITY_SUPPORTED ' +
    'INVALID_STRING_MIN_LENGTH INVALID_TRIAL_BILLING_TOTAL_CYCLES MISSING_PRICING_SCHEME_TIERS ' +
    'MISSING_REGULAR_BILLING_CYCLE MISSING_REQUEST_BODY MORE_THAN_TWO_TRIAL_BILLING_CYCLE_NOT_SUPPORTED ' +
    'MULTIPLE_FREE_TRIAL_BILLING_CYCLES_NOT_SUPPORTED MULTIPLE_REGULAR_BILLING_CYCLES_NOT_SUPPORTED ' +
    'OVERLAPPING_PRICING_SCHEME_TIERS PLAN_PRODUCT_NOT_COMPATIBLE SUBSCRIPTION_CANNOT_HAVE_QUANTITY ' +
    'UNSUPPORTED_MEDIA_TYPE METHOD_NOT_SUPPORTED MEDIA_TYPE_NOT_ACCEPTABLE',
} as const satisfies Partial<Record<RejectReason, string>>

const VERDICTS: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ...entriesOf(DECLINED).map(([code, reason]) => [code, { kind: 'declined', reason }] as const),
  ...entriesOf(REPEATABLE).map(([code, reason]) => [code, { kind: 'repeatable', reason }] as const),
  ...entriesOf(LOOK).map(([code, reason]) => [code, { kind: 'look', reason }] as const),
  ...RUNNING.map((code) => [code, { kind: 'running' }] as const),
  ...entriesOf(REJECTED).flatMap(([reason, codes]) =>
    codes.split(' ').map((code) => [code, { kind: 'rejected', reason }] as const),
  ),
])

export function verdictOf(code: string): Verdict | undefined {
  return VERDICTS.get(code)
}

/** A refusal with a listed code. */
export interface Issue {
  readonly code: string
  readonly verdict: Verdict
  readonly message: string
  /** Where the payer must go before trying again, if the refusal names it. */
  readonly payerUrl: string | null
}

/** The first listed code of a refusal; `undefined` for answers that are no refusal or name none. */
export function issueOf(result: HttpResult): Issue | undefined {
  if (!result.ok || result.response.status < 400 || result.response.status >= 500) return undefined
  const body = parseBody(result.response.text)
  return body === undefined ? undefined : readIssue(body)
}

/** REST errors name a class and, mostly, issues; the webhook API names its codes directly. */
export function readIssue(body: unknown): Issue | undefined {
  if (!isRecord(body)) return undefined
  const details = recordsOf(body.details)
  const named = details.map((detail) => [textOf(detail.issue), textOf(detail.description)] as const)
  const all = [...named, [textOf(body.name), textOf(body.message)] as const]
  for (const [code, text] of all) {
    const verdict = code === null ? undefined : VERDICTS.get(code)
    if (code === null || verdict === undefined) continue
    const message = (text ?? textOf(body.message) ?? code).slice(0, 300)
    return { code, verdict, message, payerUrl: linkOf(body.links, 'payer-action') }
  }
  return undefined
}

/** What the issue means where nobody looks further; `undefined` = it is not known whether anything happened. */
export function refusalOf(issue: Issue): Refusal | undefined {
  const { code: providerCode, message, verdict } = issue
  switch (verdict.kind) {
    case 'declined':
      return { kind: 'declined', reason: verdict.reason, providerCode, message }
    case 'repeatable':
      return { kind: 'declined', reason: verdict.reason ?? 'other', providerCode, message }
    case 'rejected':
    case 'look':
      return { kind: 'rejected', reason: verdict.reason, providerCode, message }
    case 'running':
      return undefined
  }
}

function entriesOf<K extends string, V>(table: Readonly<Record<K, V>>): (readonly [K, V])[] {
  return Object.entries(table) as [K, V][] // Object.entries forgets the keys of a closed literal
}
