import type { IssueOperation } from './issues.ts'

/**
 * The fixed English text PayPal sends with an issue code the emulator raises by its own rules (PayPal REST
 * API reference, error messages). Its typing slips are on the wire, so they stay.
 */
const TEXTS: Readonly<Record<string, string>> = {
  MISSING_REQUIRED_PARAMETER: 'A required field / parameter is missing.',
  BILLING_AGREEMENT_NOT_FOUND: 'The requested Billing Agreement token was not found.',
  AGREEMENT_ALREADY_CANCELLED: 'The requested agreement is already canceled.',
  TOKEN_EXPIRED: 'The token is expired and cannot be used for payment.',
  VAULT_INSTRUCTION_REQUIRED:
    'Vault instruction is required. Please use `vault.store_in_vault` to provide vault instruction.',
  INVALID_PARAMETER_SYNTAX: 'The value of a field does not conform to the expected format.',
  INVALID_PARAMETER_VALUE: 'A parameter value is not valid.',
  INVALID_STRING_LENGTH: 'The value of a field is either too short or too long',
  INVALID_STRING_MAX_LENGTH: 'The value of a field is too long.',
  INVALID_ARRAY_MIN_ITEMS: 'The number of items in an array parameter is too small.',
  INVALID_ARRAY_MAX_ITEMS: 'The number of items in an array parameter is too large.',
  MALFORMED_REQUEST_JSON: 'The request JSON is not well formed.',
  PAYPAL_REQUEST_ID_REQUIRED:
    'A PayPal-Request-Id is required if you are trying to process payment for an Order. Please ' +
    "specify a PayPal-Request-Id or Create the Order without a 'payment_source' specified.",
  INVALID_RESOURCE_ID: 'Specified resource ID does not exist. Please check the resource ID and try again.',
  PERMISSION_DENIED: 'You do not have permission to access or perform operations on this resource.',
  PREVIOUS_REQUEST_IN_PROGRESS:
    'A previous request on this resource is currently in progress. Please wait for sometime and try ' +
    'again. It is best to space out the initial and the subsequent request(s) to avoid receiving this' +
    ' error.',
  AMOUNT_MISMATCH:
    'Should equal item_total + tax_total + shipping + handling + insurance - shipping_discount - ' +
    'discount.',
  CANNOT_BE_NEGATIVE:
    'Must be greater than or equal to 0. If the currency supports decimals, only two decimal place ' +
    'precision is supported.',
  CANNOT_BE_ZERO_OR_NEGATIVE:
    'Must be greater than zero. If the currency supports decimals, only two decimal place precision ' +
    'is supported.',
  DECIMAL_PRECISION: 'If the currency supports decimals, only two decimal place precision is supported.',
  DECIMALS_NOT_SUPPORTED:
    'Currency does not support decimals. Please refer to ' +
    'https://developer.paypal.com/docs/api/reference/currency-codes/ for more information.',
  DUPLICATE_REFERENCE_ID: '`reference_id` must be unique if multiple `purchase_unit` are provided.',
  REFERENCE_ID_REQUIRED:
    "'reference_id' is required for each 'purchase_unit' if multiple 'purchase_unit' are provided.",
  INVALID_CURRENCY_CODE:
    'Currency code is invalid or is not currently supported. Please refer ' +
    'https://developer.paypal.com/api/rest/reference/currency-codes/ for list of supported currency ' +
    'codes.',
  ITEM_TOTAL_MISMATCH:
    'Should equal sum of (unit_amount * quantity) across all items for a given purchase_unit.',
  ITEM_TOTAL_REQUIRED:
    'If item details are specified (items.unit_amount and items.quantity) corresponding ' +
    'amount.breakdown.item_total is required.',
  TAX_TOTAL_MISMATCH: 'Should equal sum of (tax * quantity) across all items for a given purchase_unit.',
  TAX_TOTAL_REQUIRED:
    'If item details are specified (items.tax_total and items.quantity) corresponding ' +
    'amount.breakdown.tax_total is required.',
  MAX_VALUE_EXCEEDED: 'Should be less than or equal to 999999999999999.99.',
  MULTI_CURRENCY_ORDER:
    'Multiple differing values of currency_code are not supported. Entire Order request must have the' +
    ' same currency_code.',
  UNSUPPORTED_INTENT:
    '`intent=AUTHORIZE` is not supported for multiple purchase units. Only `intent=CAPTURE` is ' +
    'supported.',
  NOT_ENABLED_FOR_CARD_PROCESSING:
    'The API Caller account is not setup to be able to process card payments. Please contact PayPal ' +
    'customer support.',
  PAYMENT_SOURCE_CANNOT_BE_USED:
    'The provided payment source cannot be used to pay for the order. Please try again with a ' +
    'different payment source by creating a new order.',
  DUPLICATE_INVOICE_ID:
    'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting ' +
    'requires that Invoice Id be unique for each transaction.',
  INSTRUMENT_DECLINED:
    "The instrument presented  was either declined by the processor or bank, or it can't be used for " +
    'this payment.',
  MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED: 'You have exceeded the maximum number of payment attempts.',
  ORDER_ALREADY_CAPTURED:
    "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
  ORDER_ALREADY_AUTHORIZED:
    "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
  ORDER_NOT_APPROVED:
    'Payer has not yet approved the Order for payment. Please redirect the payer to the ' +
    "'rel':'approve' url returned as part of the HATEOAS links within the Create Order call.",
  PAYER_ACTION_REQUIRED: 'Transaction cannot complete successfully, instruct the buyer to return to PayPal.',
  ACTION_DOES_NOT_MATCH_INTENT:
    "Order was created with an intent to 'CAPTURE'. Please use v2/checkout/orders/order_id/capture to" +
    " complete the transaction or alternately Create an order with an intent of 'AUTHORIZE'.",
  NO_PAYMENT_SOURCE_PROVIDED: 'At least one payment method is required within the payment source.',
  ONLY_ONE_PAYMENT_SOURCE_ALLOWED: 'More than one payment method within the payment source is not supported.',
  PAYMENT_ALREADY_APPROVED:
    'The payment has already been approved.  Please capture the order, or create and confirm a new ' +
    'order with this payment source.',
  ORDER_ALREADY_COMPLETED: 'The order cannot be patched after it is completed.',
  NOT_PATCHABLE: 'Cannot be patched.',
  INVALID_JSON_POINTER_FORMAT:
    'Path should be a valid JSON Pointer https://tools.ietf.org/html/rfc6901 that references a ' +
    'location within the request where the operation is performed.',
  PATCH_VALUE_REQUIRED: "Please specify a 'value' to for the field that is being patched.",
  PATCH_PATH_REQUIRED: "Please specify a 'path' for the field for which the operation needs to be performed.",
  REFERENCE_ID_NOT_FOUND:
    'Filter expression value is incorrect. Please check the value of the reference_id and try again.',
  INVALID_PATCH_OPERATION:
    "The operation cannot be honored. Cannot add a property that's already present, use replace. " +
    'Cannot remove a property thats not present, use add. Cannot replace a property thats not ' +
    'present, use add.',
  AUTHORIZATION_VOIDED: 'A voided authorization cannot be captured or reauthorized. ',
  AUTHORIZATION_DENIED: 'An denied authorization cannot be captured.',
  AUTHORIZATION_EXPIRED: 'An expired authorization cannot be captured.',
  AUTHORIZATION_ALREADY_CAPTURED: 'Authorization has previously been captured.',
  MAX_CAPTURE_COUNT_EXCEEDED:
    'Maxmimum number of allowable captures has been reached. No additional captures are possible for ' +
    'this authorization. Contact Customer Service or your account manager to change the number of ' +
    'captures for a given authorization.',
  MAX_CAPTURE_AMOUNT_EXCEEDED:
    'Capture amount exceeds allowable limit. Please contact customer service or your account manager ' +
    'to request the change to your overage limit. The default overage limit is 115%, which allows the' +
    ' sum of all captures to be up to 115% of the order amount. The ability to over capture is ' +
    'subjected to regulatory approvals.',
  AUTH_CAPTURE_CURRENCY_MISMATCH: 'Currency of capture must be the same as currency of authorization.',
  REAUTHORIZATION_NOT_SUPPORTED:
    'A reauthorize cannot be attempted on an authorization_id that is the result of a prior ' +
    'reauthorization or on an authorization made on an Order saved using the `v2/orders/id/save` API.',
  AUTH_CURRENCY_MISMATCH:
    'The currency specified during reauthorization should be the same as the currency specified in ' +
    'the original authorization. Please check the currency of the authorization for which you are ' +
    'trying to reauthorize and try again.',
  TRANSACTION_REFUSED: 'The request was refused.',
  PREVIOUSLY_CAPTURED: 'Authorization has been previously captured and hence cannot be voided.',
  PREVIOUSLY_VOIDED: 'Authorization has been previously voided and hence cannot be voided again.',
  CANNOT_BE_VOIDED: 'A reauthorization cannot be voided. Please void the original parent authorization.',
  CAPTURE_FULLY_REFUNDED: 'The capture has already been fully refunded',
  REFUND_CAPTURE_CURRENCY_MISMATCH: 'Refund must be in the same currency as the capture',
  REFUND_NOT_ALLOWED: 'Capture cannot be refunded.',
  REFUND_TIME_LIMIT_EXCEEDED: 'You are over the time limit to perform a refund on this capture',
  REFUND_AMOUNT_EXCEEDED:
    'The refund amount must be less than or equal to the capture amount that has not yet been ' + 'refunded.',
  MAX_NUMBER_OF_REFUNDS_EXCEEDED: 'You have exceeded the maximum number of refund attempts for this capture.',
  PENDING_CAPTURE:
    'Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer ' +
    'has funded the transaction using e-check/bank funded.',
  TRANSACTION_DISPUTED:
    'Partial refunds cannot be offered at this time because there is an open case on this ' +
    'transaction. Visit the PayPal Resolution Center to review this case.',
  AUTHORIZATION_AMOUNT_EXCEEDED:
    'Authorization amount specified exceeded allowable limit. Specify a different amount and try the ' +
    'request again. Alternately, contact Customer Support to increase your limits. Local regulations ' +
    '(e.g. in PSD2 countries) prohibit overages above the amount authorized by the payer.',
}

/** Operations whose documented text for the same code differs from the usual one. */
const TEXTS_BY_OPERATION: Partial<Record<IssueOperation, Readonly<Record<string, string>>>> = {
  'orders.create': {
    MISSING_REQUIRED_PARAMETER: 'A required parameter is missing.',
  },
  'orders.confirm': {
    MISSING_REQUIRED_PARAMETER: 'A required field / parameter is missing',
    INVALID_PARAMETER_SYNTAX: 'The value of the field does not conform to the expected format.',
    NOT_ENABLED_FOR_CARD_PROCESSING:
      'The recipient for which the API call is made on behalf of is not enabled for card processing. ' +
      'Please contact PayPal customer support.',
  },
  'orders.authorize': {
    MISSING_REQUIRED_PARAMETER: 'A required field / parameter is missing',
    ORDER_ALREADY_AUTHORIZED:
      "Order already authorized.If 'intent=AUTHORIZE' only one authorization per order is allowed.",
  },
  'orders.capture': {
    MISSING_REQUIRED_PARAMETER: 'A required field / parameter is missing',
    ORDER_ALREADY_CAPTURED:
      "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed.",
    ORDER_NOT_APPROVED:
      'Payer has not yet approved the Order for payment. Please redirect the payer to the ' +
      "'rel':'approve' url returned as part of the HATEOAS links within the Create Order call or " +
      'provide a valid `payment_source` in the request.',
  },
  'orders.patch': {
    INVALID_PARAMETER_VALUE: 'The value of a field is invalid.',
  },
  'authorizations.capture': {
    INVALID_PARAMETER_VALUE: 'The value of a field is invalid.',
    INVALID_STRING_LENGTH: 'The value of a field is either too short or too long.',
    INVALID_CURRENCY_CODE:
      'Currency code is invalid or is not currently supported. Please refer ' +
      'https://developer.paypal.com/docs/api/reference/currency-codes/ for list of supported currency' +
      ' codes.',
    DUPLICATE_INVOICE_ID:
      'Requested invoice_id has been previously captured. Possible duplicate transaction.',
    TRANSACTION_REFUSED: "PayPal's internal controls prevent authorization from being captured.",
  },
  'authorizations.reauthorize': {
    INVALID_STRING_LENGTH: 'The value of a field is either too short or too long.',
    INVALID_CURRENCY_CODE:
      'Currency code is invalid or is not currently supported. Please refer ' +
      'https://developer.paypal.com/docs/api/reference/currency-codes/ for list of supported currency' +
      ' codes.',
    TRANSACTION_REFUSED: "PayPal's internal controls prevent authorization from being captured.",
  },
  'captures.refund': {
    DUPLICATE_INVOICE_ID: 'Invoice ID was previously used to refund a capture.',
  },
}

/** The documented text of `issue`; `undefined` for codes only `PayPal-Mock-Response` produces. */
export function describeIssue(issue: string, operation: IssueOperation | undefined): string | undefined {
  const special = operation === undefined ? undefined : TEXTS_BY_OPERATION[operation]?.[issue]
  return special ?? TEXTS[issue]
}
