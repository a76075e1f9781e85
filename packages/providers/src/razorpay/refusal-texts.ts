import type { RejectReason } from '@onerouter/core'

/** What a refusal proves. A refusal that is in no table proves nothing: the outcome is then unknown. */
export type Verdict =
  /** Nothing happened, and nothing will for this request. */
  | { readonly kind: 'rejected'; readonly reason: RejectReason }
  /** The effect may exist already: look, and refuse with `reason` only if it does not. */
  | { readonly kind: 'look'; readonly reason: RejectReason }
  /** The effect is said to exist: look, and stay unknown if nothing shows. */
  | { readonly kind: 'done' }
  /** An earlier request is still at work: look, and stay unknown if nothing shows. */
  | { readonly kind: 'running' }
  /** Turned away before any work. */
  | { readonly kind: 'turned_away'; readonly reason: 'locked' | 'rate_limited' }

/**
 * Razorpay answers nearly every refusal with status 400 and `BAD_REQUEST_ERROR`; only the sentence tells them
 * apart (Razorpay API reference, the error tables of each endpoint). `*` stands for a value in the sentence;
 * case and the full stop do not count.
 */
const REJECTED = {
  bad_credentials: ['authentication failed', 'the api * provided is invalid', 'the api provided is invalid'],
  not_found: [
    '* is not a valid id',
    'invalid input [*] = [*]',
    'length of id should be exactly *',
    'no pending update for this subscription',
    'offer not found',
    'order older than 180 days, please use reports',
    'settlement not found',
    'the id provided does not exist',
    'the id provided is invalid or could not be found',
    'the requested url was not found on the server',
  ],
  account_problem: [
    'account number is mandatory for this merchant',
    'cannot create upi links as upi payment method is disabled for the merchant',
    'instant settlements has been blocked for a while',
    'invalid access: cannot create a payment link in live mode, as live mode is disabled for merchant',
    'invalid access: cannot create a payment link, as merchant is suspended',
    'pause is not allowed, feature is not enabled',
    'refunds cannot be created on your account',
    'refunds cannot be created on your account for * payments',
    'resume is not allowed, feature is not enabled',
    'smart settlements not enabled',
    'the requested bank is not enabled for the merchant',
    'upi payment links is not supported in test mode. please experience the product in live mode',
    'you are not enabled for linked instant settlements',
    'your account does not have enough balance to carry out the refund operation',
    'your instant settlements has been disabled',
    'your instant settlements is disabled for using money saver',
  ],
  invalid_state: [
    'add-ons can’t be added for subscriptions when payment mode is *',
    'can’t update subscription when subscription is not in authenticated or active state',
    'cannot cancel or expire an already paid/partially paid link',
    'instant refund not supported for the payment',
    'no more attempts left for today',
    'offer not applicable for this subscription',
    'partial refund is currently not supported for this payment method',
    'payment is pending authorization from approver',
    'payment was not done using card',
    'refund is currently not supported for this payment method',
    'smart settlement timing is *',
    'subscription can’t be paused as subscription is in * state',
    'subscription can’t be resumed as subscription is in * state',
    'subscription cannot be cancelled since no billing cycle is going on',
    'subscription is not cancellable in * status',
    'subscriptions cannot be updated when payment mode is *',
    'subscriptions with active offers can only be downgraded at the end of the billing cycle',
    'the payment status should be captured for action to be taken',
    'the refund on this payment is blocked due to ongoing dispute investigation',
    'the subscription is in its final cycle and cannot be cancelled now',
    'this subscription cannot be resumed at this time',
    'update can only be made in created or partially paid state',
    'void is not supported for partial refunds',
  ],
  amount: [
    'amount cannot be blank',
    'amount exceeds maximum amount allowed',
    'amount requested for the ondemand settlement exceeds the settlement balance',
    'amount requested is more than the max limit for ondemand settlement',
    'amount that can be settled for the day is exhausted, please try again on the next working day',
    'amount, should be a whole number *',
    'amount: amount should be minimum *',
    'amount: cannot be blank',
    'amount: must be no less than *',
    'capture amount must be equal to the amount authorized',
    'could not validate payment capture request due to: amount: *',
    'discounted amount less than minimum payment amount',
    'first_min_partial_amount must be less than or equal to amount',
    'first_min_partial_amount: amount should be minimum *',
    'first_payment_min_amount should be greater than or equal to *',
    'maximum amount that can be settled using smart settlements is *',
    'minimum amount that can be settled is *',
    'minimum amount that can be settled via smart settlement is below the threshold',
    'payment amount is greater than the amount due for order',
    'payout amount including fees should be greater than *',
    'please provide an amount less than * to get a settlement at this point of time',
    'requested amount is greater than available limit',
    'the amount must be an integer',
    'the amount must be at least *',
    'the amount must be valid integer between *',
    'the amount should be between *',
  ],
  currency: [
    'amount: currency: wrong input field, please find the list of supported currencies on the documentation',
    'capture request currency must be same as payment currency',
    'currency is not supported',
    'currency provided is not supported',
    'currency: validation_failure: bad_request_invalid_currency',
    'upi is currently supported only in indian currency',
  ],
  bad_request: [
    'the * are required',
    '* field is required',
    '* field is required when *',
    '* field must be true or false',
    '* is a mandatory field',
    'the * is required',
    '* is/are not required and should not be sent',
    '* may not be greater than *',
    '* must be * characters',
    '* must be * digits',
    '* must be a non-negative integer',
    '* must be a valid integer',
    '* must be an integer',
    '* must be an integer between *',
    '* must be at least *',
    '* must be between *',
    '* must be unix-epoch integers',
    '* should be a valid *',
    '* validation failed',
    'bank code provided is invalid',
    'bank code should be provided in input if account number is sent',
    'callback_method: must be a valid value',
    'callback_url: url should be sent in callback_url field',
    'contact number contains invalid characters, only digits and + symbol are allowed',
    'contact number should be at least 8 digits, including country code',
    'contact: the length must be between *',
    'email: must be in a valid format *',
    'eof',
    'extra fields sent',
    'extra fields sent in state *',
    'incorrect json object received - faulty key: *',
    'invalid argument for period passed',
    'invalid request sent',
    'link expire by cannot be lesser than the current time',
    'not a valid notification medium',
    'notes * cannot be greater than *',
    'notes should not have more than *',
    'notes values themselves should not be an array',
    'number of fields in notes should be less than or equal to *',
    'parameters to update can’t be empty',
    'partial payment not supported in upi link',
    'please provide either an end date or a total count, but not both',
    'start_at cannot be lesser than the current time',
    'the * is not a valid month',
    'the day must be between * digits',
    'the email must be a valid email address',
    'the expand array must contain *',
    'the gstin field is invalid',
    'the idempotency key must be at least * characters long',
    'the idempotency key must only contain *',
    'the name format is invalid',
    'the receipt: validation_failure: *',
    'the selected speed is invalid',
    'the value provided for * field is invalid',
    'timestamp must be atleast *',
    'value of each expand must be one of following types*',
    'wrong input fields sent',
    '*: the length must * no more than *',
    '*: the length must not be greater than *',
  ],
} as const satisfies Partial<Record<RejectReason, readonly string[]>>

const LOOK = {
  invalid_state: [
    'cannot cancel or expire an expired link',
    'customer already exists for the merchant',
    'only payments which have been authorized and not yet captured can be captured',
    'payment already done for this order',
    'payment is not in authorized state',
    'the payment has already been either captured or voided',
    'the payment has already been processed',
    'your payment has been declined as the order is already paid. please initiate the payment with a new order',
  ],
  amount: [
    'the payment has been fully refunded already',
    'the refund amount provided is greater than amount captured',
  ],
} as const satisfies Partial<Record<RejectReason, readonly string[]>>

const DONE = [
  'different request with the same idempotency key has already been processed',
  'duplicate ondemand settlement request',
  'duplicate receipt found for this refund request',
  'duplicate request. this request has already been processed',
  'payment link creation with reference id already attempted',
  'refund has already been processed',
]

const RUNNING = [
  'another request with the same idempotency key is still in progress',
  'internal server error*',
  'merchant id not found in authentication',
]

const TURNED_AWAY = {
  locked: [
    'an update is already in progress',
    'another payout operation for merchant is in progress. please try again later',
    'request failed because another * operation is in progress',
  ],
  rate_limited: ['request rate limit exceeded. please try again later', 'too many requests*'],
} as const

interface Rule {
  readonly pattern: RegExp
  readonly verdict: Verdict
}

/** Sentences that say more come first: a duplicate is more than a refusal. */
const RULES: readonly Rule[] = [
  ...TURNED_AWAY.locked.map((text) => rule(text, { kind: 'turned_away', reason: 'locked' })),
  ...TURNED_AWAY.rate_limited.map((text) => rule(text, { kind: 'turned_away', reason: 'rate_limited' })),
  ...RUNNING.map((text) => rule(text, { kind: 'running' })),
  ...DONE.map((text) => rule(text, { kind: 'done' })),
  ...rulesOf('look', LOOK),
  ...rulesOf('rejected', REJECTED),
]

/** What the sentence proves; `undefined` for sentences Razorpay does not document. */
export function verdictOfText(description: string): Verdict | undefined {
  const sentence = plain(description)
  return RULES.find(({ pattern }) => pattern.test(sentence))?.verdict
}

function rulesOf(
  kind: 'look' | 'rejected',
  table: Partial<Record<RejectReason, readonly string[]>>,
): readonly Rule[] {
  const entries = Object.entries(table) as [RejectReason, readonly string[]][] // a closed literal's own keys
  return entries.flatMap(([reason, texts]) => texts.map((text) => rule(text, { kind, reason })))
}

function rule(template: string, verdict: Verdict): Rule {
  const escaped = plain(template).replace(/[.+?^${}()|[\]\\/]/g, '\\$&')
  // Values are short, and a bound keeps hostile sentences from costing time.
  return { pattern: new RegExp(`^${escaped.replaceAll('*', '.{0,120}')}$`), verdict }
}

function plain(text: string): string {
  return text
    .slice(0, 400)
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/ ?\.$/, '')
}
