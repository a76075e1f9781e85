/** The catalogue of `GET /v1/notifications/webhooks-event-types` (PayPal "Webhook event names"). */
export const EVENT_TYPES: Readonly<Record<string, string>> = {
  'CHECKOUT.ORDER.APPROVED': 'An order is approved by the buyer.',
  'CHECKOUT.ORDER.COMPLETED': 'An order is processed.',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': 'An approval is taken back because it was not used in time.',
  'PAYMENT.AUTHORIZATION.CREATED': 'A payment is authorized.',
  'PAYMENT.AUTHORIZATION.VOIDED': 'An authorization is voided.',
  'PAYMENT.CAPTURE.COMPLETED': 'A capture completes.',
  'PAYMENT.CAPTURE.DECLINED': 'A capture of an authorization is declined.',
  'PAYMENT.CAPTURE.DENIED': 'A pending capture is denied.',
  'PAYMENT.CAPTURE.PENDING': 'A capture becomes pending.',
  'PAYMENT.CAPTURE.REFUNDED': 'A merchant refunds a capture.',
  'PAYMENT.CAPTURE.REVERSED': 'PayPal reverses a capture.',
  'PAYMENT.REFUND.PENDING': 'A refund becomes pending.',
  'PAYMENT.REFUND.FAILED': 'A refund fails.',
  'PAYMENT.SALE.COMPLETED': 'A sale completes.',
  'PAYMENT.SALE.DENIED': 'A sale is denied.',
  'PAYMENT.SALE.PENDING': 'A sale becomes pending.',
  'PAYMENT.SALE.REFUNDED': 'A merchant refunds a sale.',
  'PAYMENT.SALE.REVERSED': 'PayPal reverses a sale.',
  'CUSTOMER.DISPUTE.CREATED': 'A dispute is opened.',
  'CUSTOMER.DISPUTE.UPDATED': 'A dispute is updated.',
  'CUSTOMER.DISPUTE.RESOLVED': 'A dispute is resolved.',
  'BILLING.PLAN.CREATED': 'A billing plan is created.',
  'BILLING.PLAN.UPDATED': 'A billing plan is updated.',
  'BILLING.PLAN.ACTIVATED': 'A billing plan is activated.',
  'BILLING.PLAN.DEACTIVATED': 'A billing plan is deactivated.',
  'BILLING.PLAN.PRICING-CHANGE.ACTIVATED': 'A price change of a billing plan takes effect.',
  'BILLING.SUBSCRIPTION.CREATED': 'A subscription is created.',
  'BILLING.SUBSCRIPTION.ACTIVATED': 'A subscription is activated.',
  'BILLING.SUBSCRIPTION.UPDATED': 'A subscription is updated.',
  'BILLING.SUBSCRIPTION.SUSPENDED': 'A subscription is suspended.',
  'BILLING.SUBSCRIPTION.RE-ACTIVATED': 'A subscription is activated again.',
  'BILLING.SUBSCRIPTION.CANCELLED': 'A subscription is cancelled.',
  'BILLING.SUBSCRIPTION.EXPIRED': 'A subscription expires.',
  'BILLING.SUBSCRIPTION.PAYMENT.FAILED': 'A payment of a subscription fails.',
  'CATALOG.PRODUCT.CREATED': 'A product is created.',
  'CATALOG.PRODUCT.UPDATED': 'A product is updated.',
}

export const isEventType = (name: string): boolean => Object.hasOwn(EVENT_TYPES, name)

/** One entry as the catalogue shows it. */
export const eventTypeView = (name: string) => ({
  name,
  description: name === '*' ? 'ALL' : (EVENT_TYPES[name] ?? name),
  status: 'ENABLED',
})
