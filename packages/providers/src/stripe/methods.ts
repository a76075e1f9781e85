import { type MethodKind, methodLine, type PaymentMethod } from '../payment-methods.ts'

const EURO_DEBIT = 'AT BE CY DE EE ES FI FR GR IE IT LT LU LV MT NL PT SI SK'

/**
 * Methods a merchant may name, by Stripe's own words; without one Stripe offers what the account enables.
 * The names are exactly those of `AllowedPaymentMethodType` of a Checkout Session in the official SDK of our version; a
 * test holds them equal.
 *
 * Currencies and countries are shown to choose by. Only a list with `=` refuses, and has its source beside it: the rest
 * follow "Payment method support" (docs.stripe.com/payments/payment-methods/payment-method-support) as it was read once,
 * and Stripe itself decides.
 */
const TABLE: Readonly<Record<MethodKind, Readonly<Record<string, string>>>> = {
  card: { Cards: 'card|*|*', 'Korean cards': 'kr_card|KRW|KR' },
  wallet: {
    Alipay: 'alipay|*|CN',
    'Amazon Pay': 'amazon_pay|*|*',
    'Cash App Pay': 'cashapp|USD|US',
    GrabPay: 'grabpay|MYR SGD|MY SG',
    'Kakao Pay': 'kakao_pay|KRW|KR',
    Link: 'link|*|*',
    'MB WAY': 'mb_way|EUR|PT',
    MobilePay: 'mobilepay|DKK EUR NOK SEK|DK FI',
    'Naver Pay': 'naver_pay|KRW|KR',
    PAYCO: 'payco|KRW|KR',
    PayPal: 'paypal|*|*',
    PayPay: 'paypay|JPY|JP',
    'Revolut Pay': 'revolut_pay|*|*',
    'Samsung Pay': 'samsung_pay|KRW|KR',
    Satispay: 'satispay|EUR|IT',
    Swish: 'swish|SEK|SE',
    TWINT: 'twint|CHF|CH',
    'WeChat Pay': 'wechat_pay|*|CN',
  },
  upi: { UPI: 'upi|INR|IN' },
  bank_redirect: {
    // docs.stripe.com/invoicing/payment-methods, "Supported payment methods": EUR.
    Bancontact: 'bancontact|=EUR|BE',
    Bizum: 'bizum|EUR|ES',
    BLIK: 'blik|PLN|PL',
    EPS: 'eps|EUR|AT',
    FPX: 'fpx|MYR|MY',
    giropay: 'giropay|EUR|DE',
    iDEAL: 'ideal|EUR|NL',
    'Pay by Bank': 'pay_by_bank|*|*',
    Przelewy24: 'p24|EUR PLN|PL',
    Sofort: 'sofort|EUR|AT BE DE ES IT NL',
  },
  bank_transfer: {
    'Bank transfer': 'customer_balance|*|*',
    PayNow: 'paynow|SGD|SG',
    Pix: 'pix|*|BR',
    PromptPay: 'promptpay|THB|TH',
  },
  bank_debit: {
    // docs.stripe.com/invoicing/payment-methods, "Supported payment methods": USD.
    'ACH Direct Debit': 'us_bank_account|=USD|US',
    'Bacs Direct Debit': 'bacs_debit|GBP|GB',
    'BECS Direct Debit': 'au_becs_debit|AUD|AU',
    'New Zealand BECS': 'nz_bank_account|NZD|NZ',
    PayTo: 'payto|AUD|AU',
    'Pre-authorized debit (Canada)': 'acss_debit|CAD USD|CA US',
    'SEPA Direct Debit': `sepa_debit|EUR|${EURO_DEBIT}`,
  },
  pay_later: {
    Affirm: 'affirm|CAD USD|CA US',
    'Afterpay / Clearpay': 'afterpay_clearpay|AUD CAD GBP NZD USD|AU CA GB NZ US',
    Alma: 'alma|EUR|FR',
    Billie: 'billie|*|*',
    Klarna: 'klarna|*|*',
    Scalapay: 'scalapay|EUR|*',
    SeQura: 'sequra|EUR|*',
    Sunbit: 'sunbit|USD|US',
    Zip: 'zip|AUD USD|AU US',
  },
  emi: {},
  voucher: {
    Boleto: 'boleto|BRL|BR',
    Konbini: 'konbini|JPY|JP',
    // docs.stripe.com/payments/multibanco/accept-a-payment, "Determine compatibility": presentment in eur.
    Multibanco: 'multibanco|=EUR|PT',
    OXXO: 'oxxo|MXN|MX',
  },
  crypto: { Stablecoins: 'crypto|USD|*' },
  page: {},
}

export const METHODS: readonly PaymentMethod[] = Object.entries(TABLE).flatMap(([kind, lines]) =>
  // Object.entries widens the keys of the table above to string.
  Object.entries(lines).map(([label, line]) => methodLine(line, label, kind as MethodKind)),
)
