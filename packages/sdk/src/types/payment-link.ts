import type { CustomerDetails } from './customer.ts'
import type { Amount, CreatedRange, Environment, ListParams, Metadata, Service } from './shared.ts'

/** A reusable link stays `active` however often it is paid. */
export type PaymentLinkStatus = 'active' | 'paid' | 'expired' | 'deactivated'

/** How the text message that carries the link went; `unknown`: the message itself tells later. */
export interface PaymentLinkNotice {
  readonly status: 'pending' | 'accepted' | 'unknown' | 'failed'
  readonly smsId: string | null
  readonly error: { readonly code: string; readonly message: string } | null
}

export interface PaymentLink {
  readonly id: string
  readonly object: 'payment_link'
  readonly status: PaymentLinkStatus
  /** It can be paid. */
  readonly active: boolean
  /** Where to send the payer. */
  readonly shortUrl: string
  /** The same as `shortUrl`. */
  readonly checkoutUrl: string
  /** The address as a QR code, SVG. */
  readonly qrUrl: string
  readonly amount: string
  readonly amountMinor: number
  readonly currency: string
  readonly description: string | null
  readonly customer: CustomerDetails | null
  readonly metadata: Metadata
  readonly callbackUrl: string | null
  readonly provider: Service | null
  readonly method: string | null
  readonly environment: Environment
  readonly reusable: boolean
  readonly expiresAt: string | null
  /** Browsers that opened it; previews and robots do not count. */
  readonly clicks: number
  readonly paymentsCount: number
  readonly amountPaid: string
  readonly amountPaidMinor: number
  /** The payment that paid it; of a reusable link the newest. */
  readonly paymentId: string | null
  readonly paidAt: string | null
  readonly notify: { readonly sms: PaymentLinkNotice } | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface PaymentLinkDetails {
  /** ISO 4217, in either case. */
  readonly currency: string
  readonly description?: string
  readonly customer?: CustomerDetails
  /** Another name of `customer.name`, as the two below are of theirs. */
  readonly customerName?: string
  readonly customerEmail?: string
  /** E.164, such as `+14155550123`. */
  readonly customerPhone?: string
  /** Copied to the link's payments. */
  readonly metadata?: Metadata
  /** Another name of `metadata`. */
  readonly notes?: Metadata
  /** Where the payer lands afterwards, with `payment_link_id`, `payment_id` and `status`. */
  readonly callbackUrl?: string
  /** Without it the account's routing decides, at each payment. */
  readonly provider?: Service
  readonly method?: string
  /** May be paid any number of times; once when left out. */
  readonly reusable?: boolean
  /** RFC 3339 or Unix seconds. */
  readonly expiresAt?: string
  /** Another name of `expiresAt`. */
  readonly expireBy?: string
  /** Sends the link to the customer's phone in the same call. */
  readonly notify?: { readonly sms?: boolean }
  /** A live key may force `test`. */
  readonly environment?: Environment
}
export type PaymentLinkCreateParams = Amount & PaymentLinkDetails

export interface PaymentLinkListParams extends ListParams {
  readonly created?: CreatedRange
  readonly status?: PaymentLinkStatus
  readonly environment?: Environment
}
