import { type ClientOptions, settingsFrom } from './options.ts'
import { type Analytics, analytics } from './resources/analytics.ts'
import { type Audit, audit } from './resources/audit.ts'
import { type Customers, customers } from './resources/customers.ts'
import { type Disputes, disputes } from './resources/disputes.ts'
import { type Domains, domains } from './resources/domains.ts'
import { type Events, events } from './resources/events.ts'
import { type Keys, keys } from './resources/keys.ts'
import { type Logs, logs } from './resources/logs.ts'
import { type PaymentLinks, paymentLinks } from './resources/payment-links.ts'
import { type PaymentMethods, paymentMethods } from './resources/payment-methods.ts'
import { type Payments, payments } from './resources/payments.ts'
import { type Plans, plans } from './resources/plans.ts'
import { type Providers, providers } from './resources/providers.ts'
import { type Reconciliation, reconciliation } from './resources/reconciliation.ts'
import { type Refunds, refunds } from './resources/refunds.ts'
import { type Reviews, review } from './resources/review.ts'
import { type RoutingRules, routing } from './resources/routing.ts'
import { type SavedPaymentMethods, savedPaymentMethods } from './resources/saved-payment-methods.ts'
import { type Services, services } from './resources/services.ts'
import { type Simulations, simulations } from './resources/simulations.ts'
import { type SmsMessages, sms } from './resources/sms.ts'
import { type Subscriptions, subscriptions } from './resources/subscriptions.ts'
import { type Webhooks, webhooks } from './resources/webhooks.ts'
import { createCall } from './send.ts'
import { signTest, verify } from './webhooks/verify.ts'

/**
 * A client of one OneRouter, under one API key. It holds no connection and no state: make one and share it.
 * @example
 * ```ts
 * import { OneRouter } from 'onerouter'
 * const client = new OneRouter({ apiKey: process.env.ONEROUTER_API_KEY })
 * const payment = await client.payments.create({ amount: '500.00', currency: 'USD' })
 * ```
 */
export class OneRouter {
  /** Checks what arrives at your webhook address; needs no API key. */
  static readonly webhooks: { readonly verify: typeof verify; readonly signTest: typeof signTest } = {
    verify,
    signTest,
  }

  readonly payments: Payments
  readonly refunds: Refunds
  readonly disputes: Disputes
  readonly paymentLinks: PaymentLinks
  readonly customers: Customers
  readonly savedPaymentMethods: SavedPaymentMethods
  readonly plans: Plans
  readonly subscriptions: Subscriptions
  readonly providers: Providers
  readonly services: Services
  readonly domains: Domains
  readonly paymentMethods: PaymentMethods
  readonly routing: RoutingRules
  readonly keys: Keys
  readonly events: Events
  readonly sms: SmsMessages
  readonly webhooks: Webhooks
  readonly reconciliation: Reconciliation
  readonly review: Reviews
  readonly analytics: Analytics
  readonly audit: Audit
  readonly logs: Logs
  readonly simulations: Simulations

  /** @throws AuthenticationError when there is no key, or none that could be one. */
  constructor(options: ClientOptions = {}) {
    // The key stays in this closure: printing or serialising the client cannot show it.
    const call = createCall(settingsFrom(options))
    this.payments = payments(call)
    this.refunds = refunds(call)
    this.disputes = disputes(call)
    this.paymentLinks = paymentLinks(call)
    this.customers = customers(call)
    this.savedPaymentMethods = savedPaymentMethods(call)
    this.plans = plans(call)
    this.subscriptions = subscriptions(call)
    this.providers = providers(call)
    this.services = services(call)
    this.domains = domains(call)
    this.paymentMethods = paymentMethods(call)
    this.routing = routing(call)
    this.keys = keys(call)
    this.events = events(call)
    this.sms = sms(call)
    this.webhooks = webhooks(call)
    this.reconciliation = reconciliation(call)
    this.review = review(call)
    this.analytics = analytics(call)
    this.audit = audit(call)
    this.logs = logs(call)
    this.simulations = simulations(call)
  }
}
