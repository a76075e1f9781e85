import { ANALYTICS_ROUTES } from './routes/analytics.ts'
import { AUDIT_ROUTES } from './routes/audit.ts'
import { AUTH_ROUTES } from './routes/auth.ts'
import { CUSTOMER_ROUTES, PLAN_ROUTES, SUBSCRIPTION_ROUTES } from './routes/billing.ts'
import type { RouteSpec } from './routes/define.ts'
import { DISPUTE_ROUTES } from './routes/disputes.ts'
import { DOMAIN_ROUTES } from './routes/domains.ts'
import { EVENT_ROUTES } from './routes/events.ts'
import { HEALTH_ROUTES } from './routes/health.ts'
import { KEY_ROUTES } from './routes/keys.ts'
import { LOG_ROUTES } from './routes/logs.ts'
import { PAYMENT_LINK_ROUTES } from './routes/payment-links.ts'
import { PAYMENT_METHOD_ROUTES } from './routes/payment-methods.ts'
import { PAYMENT_ROUTES } from './routes/payments.ts'
import { PROVIDER_REQUEST_ROUTES } from './routes/provider-requests.ts'
import { RECONCILIATION_ROUTES } from './routes/reconciliation.ts'
import { ROUTING_ROUTES } from './routes/routing.ts'
import { SAVED_PAYMENT_METHOD_ROUTES } from './routes/saved-payment-methods.ts'
import { SERVICE_ROUTES } from './routes/services.ts'
import { SMS_ROUTES } from './routes/sms.ts'
import { TEAM_ROUTES } from './routes/team.ts'
import { WEBHOOK_ROUTES } from './routes/webhooks.ts'

/** Every operation of the API, by its operation id. */
export const ROUTES = {
  ...PAYMENT_ROUTES,
  ...PAYMENT_LINK_ROUTES,
  ...CUSTOMER_ROUTES,
  ...PLAN_ROUTES,
  ...SUBSCRIPTION_ROUTES,
  ...DISPUTE_ROUTES,
  ...SAVED_PAYMENT_METHOD_ROUTES,
  ...SMS_ROUTES,
  ...EVENT_ROUTES,
  ...SERVICE_ROUTES,
  ...DOMAIN_ROUTES,
  ...PROVIDER_REQUEST_ROUTES,
  ...PAYMENT_METHOD_ROUTES,
  ...ROUTING_ROUTES,
  ...KEY_ROUTES,
  ...WEBHOOK_ROUTES,
  ...RECONCILIATION_ROUTES,
  ...ANALYTICS_ROUTES,
  ...AUDIT_ROUTES,
  ...AUTH_ROUTES,
  ...TEAM_ROUTES,
  ...LOG_ROUTES,
  ...HEALTH_ROUTES,
} as const satisfies Readonly<Record<string, RouteSpec>>
export type RouteName = keyof typeof ROUTES
export type RouteOf<N extends RouteName> = (typeof ROUTES)[N]

/** The same table for code that walks over all of it. */
export const ALL_ROUTES: ReadonlyMap<string, RouteSpec> = new Map(Object.entries(ROUTES))
