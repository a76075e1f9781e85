/** What a test card does, beyond being approved (Stripe docs, Testing: cards). */
export interface MagicCard {
  readonly number: string
  readonly brand: 'visa' | 'mastercard' | 'amex'
  readonly country: string
  /**
   * Payer must pass a 3-D Secure step before the outcome: always, or off-session unless the card was set up,
   * or only while they are there (Stripe docs, Testing: 3D Secure, "Set up for future payments").
   */
  readonly authentication?: 'required' | 'unless_set_up' | 'on_session'
  readonly decline?: Decline
  readonly refund?: 'pending' | 'fails'
  readonly dispute?: 'fraudulent' | 'product_not_received' | 'inquiry'
  /** The money is available at once, balance transaction included. */
  readonly bypassPending?: boolean
  /** A bank debit that settles later, well or badly. */
  readonly bank?: 'succeeds' | 'fails'
  /** Sandbox only: the API answers 500 after the charge was made. */
  readonly serverError?: boolean
}

export interface Decline {
  readonly code: string
  readonly declineCode?: string
  readonly adviceCode?: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later'
  readonly message: string
  /** Refused before reaching the issuer: no charge is made. */
  readonly beforeCharge?: boolean
  readonly blocked?: boolean
}

const GENERIC = 'Your card was declined.'
function declined(declineCode: string, message = GENERIC, adviceCode?: Decline['adviceCode']): Decline {
  const base = { code: 'card_declined', declineCode, message }
  return adviceCode === undefined ? base : { ...base, adviceCode }
}

export const DECLINES = {
  generic: declined('generic_decline', GENERIC, 'try_again_later'),
  insufficientFunds: declined('insufficient_funds', 'Your card has insufficient funds.', 'try_again_later'),
  lost: declined('lost_card', GENERIC, 'do_not_try_again'),
  stolen: declined('stolen_card', GENERIC, 'do_not_try_again'),
  velocity: declined(
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently ' + 'or exceeding its amount limit.',
    'try_again_later',
  ),
  fraudulent: { ...declined('fraudulent', GENERIC, 'do_not_try_again'), blocked: true },
  expired: { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' },
  cvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    adviceCode: 'confirm_card_data',
  },
  processing: {
    code: 'processing_error',
    declineCode: 'processing_error',
    adviceCode: 'try_again_later',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
  number: { code: 'incorrect_number', message: 'Your card number is incorrect.', beforeCharge: true },
  authentication: {
    code: 'payment_intent_authentication_failure',
    beforeCharge: true,
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and ' +
      'try again.',
  },
} satisfies Record<string, Decline>

function visa(number: string, effect: Partial<MagicCard> = {}): MagicCard {
  return { number, brand: 'visa', country: 'US', ...effect }
}

const CARDS: readonly MagicCard[] = [
  visa('4242424242424242'),
  { number: '5555555555554444', brand: 'mastercard', country: 'US' },
  { number: '378282246310005', brand: 'amex', country: 'US' },
  visa('4000003560000008', { country: 'IN' }),
  visa('4000000000000002', { decline: DECLINES.generic }),
  visa('4000000000009995', { decline: DECLINES.insufficientFunds }),
  visa('4000000000009987', { decline: DECLINES.lost }),
  visa('4000000000009979', { decline: DECLINES.stolen }),
  visa('4000000000000069', { decline: DECLINES.expired }),
  visa('4000000000000127', { decline: DECLINES.cvc }),
  visa('4000000000000119', { decline: DECLINES.processing }),
  visa('4000000000006975', { decline: DECLINES.velocity }),
  visa('4242424242424241', { decline: DECLINES.number }),
  visa('4000000000000341', { decline: DECLINES.generic }),
  visa('4100000000000019', { decline: DECLINES.fraudulent }),
  visa('4000002760003184', { authentication: 'required' }),
  visa('4000002500003155', { authentication: 'unless_set_up' }),
  visa('4000003800000446', { authentication: 'on_session' }),
  visa('4000008260003178', { authentication: 'unless_set_up', decline: DECLINES.insufficientFunds }),
  visa('4000000000003220', { authentication: 'required' }),
  visa('4000008400001629', { authentication: 'required', decline: DECLINES.generic }),
  visa('4000008400001280', { decline: DECLINES.processing }),
  visa('4000000000007726', { refund: 'pending' }),
  visa('4000000000005126', { refund: 'fails' }),
  visa('4000000000000077', { bypassPending: true }),
  visa('4000000000000259', { dispute: 'fraudulent' }),
  visa('4000000000002685', { dispute: 'product_not_received' }),
  visa('4000000000001976', { dispute: 'inquiry' }),
  visa('4000000000005423'),
  visa('4000000000005000', { serverError: true }),
  visa('000123456789', { bank: 'succeeds' }),
  visa('000111111113', { bank: 'fails' }),
]

const BY_NUMBER: ReadonlyMap<string, MagicCard> = new Map(CARDS.map((card) => [card.number, card]))

/** Test payment method ids and the card each one stands for. */
const BY_METHOD: Readonly<Record<string, string>> = {
  pm_card_visa: '4242424242424242',
  pm_card_us: '4242424242424242',
  pm_card_mastercard: '5555555555554444',
  pm_card_amex: '378282246310005',
  pm_card_in: '4000003560000008',
  pm_card_chargeDeclined: '4000000000000002',
  pm_card_visa_chargeDeclined: '4000000000000002',
  pm_card_visa_chargeDeclinedInsufficientFunds: '4000000000009995',
  pm_card_chargeDeclinedInsufficientFunds: '4000000000009995',
  pm_card_visa_chargeDeclinedLostCard: '4000000000009987',
  pm_card_visa_chargeDeclinedStolenCard: '4000000000009979',
  pm_card_chargeDeclinedExpiredCard: '4000000000000069',
  pm_card_chargeDeclinedIncorrectCvc: '4000000000000127',
  pm_card_chargeDeclinedProcessingError: '4000000000000119',
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: '4000000000006975',
  pm_card_chargeCustomerFail: '4000000000000341',
  pm_card_radarBlock: '4100000000000019',
  pm_card_authenticationRequired: '4000002760003184',
  pm_card_authenticationRequiredOnSetup: '4000002500003155',
  pm_card_authenticationRequiredSetupForOffSession: '4000003800000446',
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: '4000008260003178',
  pm_card_threeDSecure2Required: '4000000000003220',
  pm_card_pendingRefund: '4000000000007726',
  pm_card_refundFail: '4000000000005126',
  pm_card_bypassPending: '4000000000000077',
  pm_card_createDispute: '4000000000000259',
  pm_card_createDisputeProductNotReceived: '4000000000002685',
  pm_card_createDisputeInquiry: '4000000000001976',
  pm_card_createIssuerFraudRecord: '4000000000005423',
  pm_usBankAccount_success: '000123456789',
  pm_usBankAccount: '000123456789',
  pm_usBankAccount_insufficientFunds: '000111111113',
  pm_sandbox_serverError: '4000000000005000',
}

export const SLOW_BANK_ACCOUNT = '000123456789'
export const PLAIN_CARD = '4242424242424242'
export const DECLINED_CARD = '4000000000000002'
export const AUTHENTICATED_CARD = '4000002760003184'

/** A card or account number typed by a payer. Any other well-formed number is approved, as its brand. */
export function cardByNumber(digits: string): MagicCard | undefined {
  const magic = BY_NUMBER.get(digits)
  if (magic !== undefined) return magic
  if (!/^[0-9]{13,19}$/.test(digits)) return undefined
  return passesLuhn(digits) ? visa(digits) : visa(digits, { decline: DECLINES.number })
}

export function magicNumber(paymentMethodId: string): string | undefined {
  return Object.hasOwn(BY_METHOD, paymentMethodId) ? BY_METHOD[paymentMethodId] : undefined
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48
    const doubled = place % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
