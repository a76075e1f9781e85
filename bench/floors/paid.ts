/** A session that was paid, as Stripe shows it with its intent, charge and fee inside ("Expanding Responses"). */
export interface Bought {
  readonly amount: number
  readonly currency: string | null
  readonly reference: string | null
}

/** The members of a PaymentIntent and their usual size, Stripe's API reference "The PaymentIntent object". */
export function paidIntent(serial: number, { amount, currency, reference }: Bought): object {
  const id = `pi_${String(serial).padStart(24, '3')}`
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: 0,
    amount_received: amount,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: null,
    confirmation_method: 'automatic',
    created: 1_760_000_030,
    currency,
    customer: null,
    description: null,
    last_payment_error: null,
    latest_charge: charge(serial, { amount, currency, reference }, id),
    livemode: false,
    metadata: { onerouter_ref: reference },
    next_action: null,
    payment_method: `pm_${String(serial).padStart(24, '3')}`,
    payment_method_configuration_details: null,
    payment_method_options: { card: { network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    processing: null,
    receipt_email: null,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
}

/** The same, "The Charge object". */
function charge(serial: number, { amount, currency, reference }: Bought, intent: string): object {
  const id = `ch_${String(serial).padStart(24, '3')}`
  const billing = { city: null, country: 'US', line1: null, line2: null, postal_code: '94107', state: null }
  return {
    id,
    object: 'charge',
    amount,
    amount_captured: amount,
    amount_refunded: 0,
    balance_transaction: balanceTransaction(serial, { amount, currency, reference }, id),
    billing_details: { address: billing, email: 'ada@shop.example', name: 'Ada Payer', phone: null },
    calculated_statement_descriptor: 'SHOP',
    captured: true,
    created: 1_760_000_030,
    currency,
    customer: null,
    description: null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: { onerouter_ref: reference },
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
    paid: true,
    payment_intent: intent,
    payment_method: `pm_${String(serial).padStart(24, '3')}`,
    payment_method_details: { card: CARD, type: 'card' },
    radar_options: {},
    receipt_email: null,
    receipt_number: null,
    receipt_url: `https://pay.stripe.com/receipts/payment/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
}

const CARD = {
  amount_authorized: 4999,
  authorization_code: '123456',
  brand: 'visa',
  checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
  country: 'US',
  exp_month: 12,
  exp_year: 2034,
  extended_authorization: { status: 'disabled' },
  fingerprint: 'BenchBenchBench1',
  funding: 'credit',
  incremental_authorization: { status: 'unavailable' },
  installments: null,
  last4: '4242',
  mandate: null,
  multicapture: { status: 'unavailable' },
  network: 'visa',
  network_token: { used: false },
  overcapture: { maximum_amount_capturable: 4999, status: 'unavailable' },
  regulated_status: 'unregulated',
  three_d_secure: null,
  wallet: null,
} as const

/** The same, "The Balance Transaction object". */
function balanceTransaction(serial: number, { amount, currency }: Bought, source: string): object {
  const fee = Math.round(amount * 0.029) + 30
  return {
    id: `txn_${String(serial).padStart(24, '3')}`,
    object: 'balance_transaction',
    amount,
    available_on: 1_760_200_000,
    balance_type: 'payments',
    created: 1_760_000_031,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details: [
      { amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' },
    ],
    net: amount - fee,
    reporting_category: 'charge',
    source,
    status: 'pending',
    type: 'charge',
  }
}
