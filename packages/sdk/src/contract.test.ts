/** The SDK imports nothing; here it is held equal to the contract all the same. */
import * as contract from '@onerouter/contract'
import type { EventType as CoreEventType, EventPattern } from '@onerouter/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { camel, snake } from './case.ts'
import { API_ERROR_CODES, CLIENT_ERROR_CODES } from './error-codes.ts'
import { ALIASES, CALLS, STREAMS } from './testing/calls.ts'
import type { Camel, Merged, Plain, Same } from './testing/equal.ts'
import { json, type Seen, scripted } from './testing/scripted.ts'
import type * as analytics from './types/analytics.ts'
import type * as audit from './types/audit.ts'
import type * as customer from './types/customer.ts'
import type * as dispute from './types/dispute.ts'
import type * as domain from './types/domain.ts'
import type { EventListParams, EventStreamParams, EventType, OneRouterEvent } from './types/event.ts'
import type * as key from './types/key.ts'
import type * as log from './types/log.ts'
import type * as payment from './types/payment.ts'
import type * as link from './types/payment-link.ts'
import type * as method from './types/payment-method.ts'
import type * as plan from './types/plan.ts'
import type * as reconciliation from './types/reconciliation.ts'
import type * as refund from './types/refund.ts'
import type * as review from './types/review.ts'
import type * as routing from './types/routing.ts'
import type * as service from './types/service.ts'
import type { FaultCreateParams } from './types/simulation.ts'
import type * as sms from './types/sms.ts'
import type * as subscription from './types/subscription.ts'
import type * as webhook from './types/webhook.ts'
import { VERSION } from './version.ts'

type Static<T extends contract.RouteName> = contract.BodyOf<contract.RouteOf<T>>
type Answer<T extends contract.RouteName> = contract.AnswerOf<contract.RouteOf<T>>
type Query<T extends contract.RouteName> = contract.QueryOf<contract.RouteOf<T>>
type SameAs<Wire, Own> = Same<Plain<Camel<Wire>>, Plain<Own>>
type Without<T, K extends string> = Omit<NonNullable<T>, K>
type BodyNames<T> = Merged<Camel<Without<T, 'idempotency_key'>>>
type QueryNames<T> = Merged<
  Camel<Without<T, `created[${'gt' | 'gte' | 'lt' | 'lte'}]`>> & { created: unknown }
>

describe('types are those of the contract, member by member', () => {
  test('answers', () => {
    expectTypeOf<SameAs<Answer<'getPayment'>, payment.Payment>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getPaymentTimeline'>, payment.Timeline>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getPaymentRouting'>, payment.Routing>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getRefund'>, refund.Refund>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getCustomer'>, customer.Customer>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'deleteCustomer'>, customer.DeletedCustomer>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getPlan'>, plan.Plan>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getSubscription'>, subscription.Subscription>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'listSubscriptionCharges'>['data'][number], subscription.SubscriptionCharge>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getDispute'>, dispute.Dispute>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getSms'>, sms.Sms>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getPaymentLink'>, link.PaymentLink>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getServiceStatus'>, service.ServiceStatus>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'listServices'>['data'][number], service.ServiceListItem>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'listProviders'>['data'][number], service.Provider>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'switchEnvironment'>, service.Switched>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'switchAllEnvironments'>, service.SwitchedAll>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'canGoLive'>, service.CanGoLive>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'updatePaymentMethod'>, method.PaymentMethod>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getRouting'>, routing.RoutingPolicy>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'listRoutingVersions'>['data'][number], routing.RoutingVersion>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'simulateRouting'>, routing.RoutingSimulation>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'getRoutingObservations'>, routing.RoutingObservations>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'verifyDomain'>, domain.Domain>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'importEnv'>, service.EnvImport>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getApiKey'>, key.ApiKey>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'createApiKey'>, key.CreatedApiKey>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getWebhookEndpoint'>, webhook.WebhookEndpoint>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'createWebhookEndpoint'>, webhook.WebhookEndpointWithSecret>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getWebhookRecovery'>, webhook.WebhookRecovery>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getDelivery'>, webhook.WebhookDelivery>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'testWebhooks'>, webhook.WebhookTestResult>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'reprocessInboundWebhook'>, webhook.InboundWebhook>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'startReconciliation'>, reconciliation.ReconciliationRun>
    >().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'resolveReconciliationItem'>, reconciliation.ReconciliationItem>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'listAuditEntries'>['data'][number], audit.AuditEntry>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'listLogs'>['data'][number], log.LogEntry>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getAnalyticsOverview'>, analytics.AnalyticsOverview>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'getAnalyticsTimeseries'>, analytics.AnalyticsTimeseries>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getAnalyticsCosts'>, analytics.AnalyticsCosts>>().toEqualTypeOf<true>()
    expectTypeOf<
      SameAs<Answer<'getAnalyticsPerformance'>, analytics.AnalyticsPerformance>
    >().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'getAnalyticsErrors'>, analytics.AnalyticsErrors>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'listReviews'>['data'][number], review.Review>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Answer<'resolveReview'>, review.ReviewResolved>>().toEqualTypeOf<true>()
    // What is inside an event is told by its type, which the contract leaves open.
    expectTypeOf<
      SameAs<Without<Answer<'getEvent'>, 'data' | 'type'>, Omit<OneRouterEvent, 'data' | 'type'>>
    >().toEqualTypeOf<true>()
  })

  test('requests', () => {
    type Body = Without<Static<'createPayment'>, 'amount' | 'amount_minor' | 'idempotency_key'>
    expectTypeOf<SameAs<Body, payment.PaymentDetails>>().toEqualTypeOf<true>()
    type Refunded = Without<Static<'refundPayment'>, 'amount' | 'amount_minor' | 'idempotency_key'>
    expectTypeOf<SameAs<Refunded, refund.RefundDetails>>().toEqualTypeOf<true>()
    expectTypeOf<BodyNames<Static<'createPayment'>>>().toEqualTypeOf<Merged<payment.PaymentCreateParams>>()
    expectTypeOf<BodyNames<Static<'capturePayment'>>>().toEqualTypeOf<Merged<payment.PaymentCaptureParams>>()
    expectTypeOf<BodyNames<Static<'createRefund'>>>().toEqualTypeOf<Merged<refund.RefundCreateParams>>()
    expectTypeOf<BodyNames<Static<'refundPayment'>>>().toEqualTypeOf<Merged<refund.PaymentRefundParams>>()
    expectTypeOf<BodyNames<Static<'createPaymentLink'>>>().toEqualTypeOf<
      Merged<link.PaymentLinkCreateParams>
    >()
    type CreateCustomer = Without<Static<'createCustomer'>, 'idempotency_key'>
    expectTypeOf<SameAs<CreateCustomer, customer.CustomerCreateParams>>().toEqualTypeOf<true>()
    expectTypeOf<SameAs<Static<'updateCustomer'>, customer.CustomerUpdateParams>>().toEqualTypeOf<true>()
    type CreatePlan = Without<Static<'createPlan'>, 'amount' | 'amount_minor' | 'idempotency_key'>
    expectTypeOf<SameAs<CreatePlan, plan.PlanDetails>>().toEqualTypeOf<true>()
    expectTypeOf<BodyNames<Static<'createPlan'>>>().toEqualTypeOf<Merged<plan.PlanCreateParams>>()
    type Subscribe = Without<Static<'createSubscription'>, 'idempotency_key'>
    expectTypeOf<SameAs<Subscribe, subscription.SubscriptionCreateParams>>().toEqualTypeOf<true>()
    type Cancel = Without<Static<'cancelSubscription'>, 'idempotency_key'>
    expectTypeOf<SameAs<Cancel, subscription.SubscriptionCancelParams>>().toEqualTypeOf<true>()
    type Pause = Without<Static<'pauseSubscription'>, 'idempotency_key'>
    expectTypeOf<SameAs<Pause, subscription.SubscriptionPauseParams>>().toEqualTypeOf<true>()
    type ChangePlan = Without<Static<'changeSubscriptionPlan'>, 'idempotency_key'>
    expectTypeOf<SameAs<ChangePlan, subscription.SubscriptionChangePlanParams>>().toEqualTypeOf<true>()
    expectTypeOf<BodyNames<Static<'sendSms'>>>().toEqualTypeOf<Merged<sms.SmsSendParams>>()
    expectTypeOf<BodyNames<Static<'saveCredentials'>>>().toEqualTypeOf<
      Merged<service.SaveCredentialsParams>
    >()
    expectTypeOf<BodyNames<Static<'importEnv'>>>().toEqualTypeOf<Merged<service.EnvImportParams>>()
    expectTypeOf<BodyNames<Static<'createApiKey'>>>().toEqualTypeOf<Merged<key.KeyCreateParams>>()
    expectTypeOf<BodyNames<Static<'updateApiKey'>>>().toEqualTypeOf<Merged<key.KeyUpdateParams>>()
    expectTypeOf<BodyNames<Static<'rotateApiKey'>>>().toEqualTypeOf<Merged<key.KeyRotateParams>>()
    type Endpoint = webhook.WebhookEndpointCreateParams
    expectTypeOf<BodyNames<Static<'createWebhookEndpoint'>>>().toEqualTypeOf<Merged<Endpoint>>()
    expectTypeOf<BodyNames<Static<'updateWebhookEndpoint'>>>().toEqualTypeOf<
      Merged<webhook.WebhookEndpointUpdateParams>
    >()
    expectTypeOf<BodyNames<Static<'rotateWebhookSecret'>>>().toEqualTypeOf<
      Merged<webhook.WebhookSecretRotateParams>
    >()
    expectTypeOf<BodyNames<Static<'recoverWebhookEndpoint'>>>().toEqualTypeOf<
      Merged<webhook.WebhookRecoverParams>
    >()
    expectTypeOf<BodyNames<Static<'testWebhooks'>>>().toEqualTypeOf<Merged<webhook.WebhookTestParams>>()
    expectTypeOf<BodyNames<Static<'startReconciliation'>>>().toEqualTypeOf<
      Merged<reconciliation.ReconciliationStartParams>
    >()
    expectTypeOf<BodyNames<Static<'resolveReconciliationItem'>>>().toEqualTypeOf<
      Merged<reconciliation.ReconciliationResolveParams>
    >()
    expectTypeOf<BodyNames<Static<'resolveReview'>>>().toEqualTypeOf<Merged<review.ReviewResolveParams>>()
    expectTypeOf<
      SameAs<Without<Static<'saveRouting'>, 'idempotency_key'>, routing.RoutingSaveParams>
    >().toEqualTypeOf<true>()
    expectTypeOf<BodyNames<Static<'simulateRouting'>>>().toEqualTypeOf<
      Merged<routing.RoutingSimulateParams>
    >()
    expectTypeOf<BodyNames<Static<'activateRoutingVersion'>>>().toEqualTypeOf<
      Merged<routing.RoutingActivateParams>
    >()
    expectTypeOf<BodyNames<Static<'createSandboxFault'>>>().toEqualTypeOf<Merged<FaultCreateParams>>()
  })

  test('filters of lists', () => {
    expectTypeOf<QueryNames<Query<'listPayments'>>>().toEqualTypeOf<Merged<payment.PaymentListParams>>()
    expectTypeOf<Merged<Camel<Query<'listRoutingVersions'>>>>().toEqualTypeOf<
      Merged<routing.RoutingVersionListParams>
    >()
    expectTypeOf<QueryNames<Query<'listRefunds'>>>().toEqualTypeOf<Merged<refund.RefundListParams>>()
    expectTypeOf<QueryNames<Query<'listPaymentLinks'>>>().toEqualTypeOf<Merged<link.PaymentLinkListParams>>()
    expectTypeOf<QueryNames<Query<'listCustomers'>>>().toEqualTypeOf<Merged<customer.CustomerListParams>>()
    expectTypeOf<QueryNames<Query<'listPlans'>>>().toEqualTypeOf<Merged<plan.PlanListParams>>()
    expectTypeOf<QueryNames<Query<'listSubscriptions'>>>().toEqualTypeOf<
      Merged<subscription.SubscriptionListParams>
    >()
    expectTypeOf<Merged<Camel<Query<'listSubscriptionCharges'>>>>().toEqualTypeOf<
      Merged<subscription.SubscriptionChargeListParams>
    >()
    expectTypeOf<QueryNames<Query<'listDisputes'>>>().toEqualTypeOf<Merged<dispute.DisputeListParams>>()
    expectTypeOf<QueryNames<Query<'listSms'>>>().toEqualTypeOf<Merged<sms.SmsListParams>>()
    expectTypeOf<Merged<Camel<NonNullable<Query<'streamEvents'>>>>>().toEqualTypeOf<
      Merged<EventStreamParams>
    >()
    expectTypeOf<QueryNames<Query<'listEvents'>>>().toEqualTypeOf<Merged<EventListParams>>()
    expectTypeOf<Merged<Camel<Query<'listWebhookEndpoints'>>>>().toEqualTypeOf<
      Merged<webhook.WebhookEndpointListParams>
    >()
    expectTypeOf<Merged<Camel<Query<'listDeliveries'>>>>().toEqualTypeOf<
      Merged<webhook.WebhookDeliveryListParams>
    >()
    expectTypeOf<Merged<Camel<Query<'listInboundWebhooks'>>>>().toEqualTypeOf<
      Merged<webhook.InboundWebhookListParams>
    >()
    expectTypeOf<Merged<Camel<Query<'listReconciliationRuns'>>>>().toEqualTypeOf<
      Merged<reconciliation.ReconciliationRunListParams>
    >()
    expectTypeOf<Merged<Camel<Query<'listReconciliationItems'>>>>().toEqualTypeOf<
      Merged<reconciliation.ReconciliationItemListParams>
    >()
    expectTypeOf<QueryNames<Query<'listAuditEntries'>>>().toEqualTypeOf<Merged<audit.AuditListParams>>()
    expectTypeOf<Merged<Camel<NonNullable<Query<'streamLogs'>>>>>().toEqualTypeOf<
      Merged<log.LogStreamParams>
    >()
    expectTypeOf<QueryNames<Query<'exportLogsCsv'>>>().toEqualTypeOf<Merged<log.LogExportParams>>()
    expectTypeOf<QueryNames<Query<'listLogs'>>>().toEqualTypeOf<Merged<log.LogListParams>>()
    expectTypeOf<Merged<Camel<Query<'getAnalyticsOverview'>>>>().toEqualTypeOf<
      Merged<analytics.AnalyticsOverviewParams>
    >()
    expectTypeOf<Merged<Camel<Query<'getAnalyticsTimeseries'>>>>().toEqualTypeOf<
      Merged<analytics.AnalyticsTimeseriesParams>
    >()
    expectTypeOf<Merged<Camel<Query<'getAnalyticsCosts'>>>>().toEqualTypeOf<
      Merged<analytics.AnalyticsCostsParams>
    >()
    expectTypeOf<Merged<Camel<Query<'getAnalyticsPerformance'>>>>().toEqualTypeOf<
      Merged<analytics.AnalyticsPerformanceParams>
    >()
    expectTypeOf<Merged<Camel<Query<'getAnalyticsErrors'>>>>().toEqualTypeOf<
      Merged<analytics.AnalyticsErrorsParams>
    >()
    expectTypeOf<Merged<Camel<Query<'listReviews'>>>>().toEqualTypeOf<Merged<review.ReviewListParams>>()
    expectTypeOf<Merged<Camel<Query<'listApiKeys'>>>>().toEqualTypeOf<Merged<key.KeyListParams>>()
  })

  test('closed sets of words', () => {
    expectTypeOf<key.Scope>().toEqualTypeOf<contract.Scope>()
    expectTypeOf<EventType>().toEqualTypeOf<CoreEventType>()
    expectTypeOf<webhook.EventPattern>().toEqualTypeOf<EventPattern>()
    expectTypeOf<payment.PaymentStatus>().toEqualTypeOf<Answer<'getPayment'>['status']>()
    expect([...contract.SCOPE_PATTERNS]).toEqual(
      contract.SCOPE_PATTERNS.filter((pattern): pattern is key.ScopePattern => pattern.includes(':')),
    )
    expect([...API_ERROR_CODES]).toEqual(contract.ERROR_CODES)
    const own: readonly string[] = CLIENT_ERROR_CODES
    expect(contract.ERROR_CODES.filter((code) => own.includes(code))).toEqual([])
  })
})

/** Member names of a schema, at every depth. */
function names(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const properties = 'properties' in schema ? Object.keys(schema.properties ?? {}) : []
  return [...properties, ...Object.values(schema).flatMap(names)]
}

test('every name of the contract survives the way to camelCase and back', () => {
  const all = [...contract.ALL_ROUTES.values()].flatMap(({ body, query, answer }) =>
    names([body, query, answer.schema]),
  )
  expect(all.length).toBeGreaterThan(100)
  expect(all.filter((name) => snake(camel(name)) !== name)).toEqual([])
})

/** For machines that watch the server, not for its users. */
const WITHOUT_METHODS: readonly string[] = ['Health']

describe('methods are the routes of the contract', () => {
  test.each(Object.entries(CALLS))('%s', async (name, perform) => {
    const { client, seen } = scripted([json({ data: [] })])
    await perform(client)
    const route = contract.ALL_ROUTES.get(name)
    const [request] = seen
    expect([request?.method, pattern(request, route?.path ?? '')]).toEqual([route?.method, route?.path])
    const sent = Object.keys(JSON.parse(request?.body ?? '{}'))
    expect(names(route?.body)).toEqual(expect.arrayContaining(sent))
    expect(request?.body === null).toBe(route?.body === undefined)
  })

  test.each(Object.entries(STREAMS))('%s', async (name, open) => {
    const { client, seen } = scripted([() => new Response('id: 1\ndata: {"a":1}\n\n')], { maxRetries: 0 })
    await open(client)
      [Symbol.asyncIterator]()
      .next()
      .catch(() => {})
    const route = contract.ALL_ROUTES.get(name)
    expect([seen[0]?.method, seen[0]?.url.pathname]).toEqual([route?.method, route?.path])
    expect(route?.answer.media).toBeDefined()
  })

  test('no route of this kind is missing, and no method is untested', () => {
    const served = [...contract.ALL_ROUTES].filter(
      // What is for people and their browsers is no part of an SDK.
      ([, { tag, scope }]) => !WITHOUT_METHODS.includes(tag) && scope !== 'public' && scope !== 'session',
    )
    expect([...Object.keys(CALLS), ...Object.keys(STREAMS)].sort()).toEqual(
      served.map(([name]) => name).sort(),
    )
    const { client } = scripted([])
    expect(methodsOf(client).length).toBe(
      Object.keys(CALLS).length + Object.keys(STREAMS).length + ALIASES.length,
    )
  })
})

/** Methods of resources, and of resources inside of resources. */
function methodsOf(resource: object): string[] {
  return Object.entries(resource).flatMap(([name, member]) =>
    typeof member === 'function' ? [name] : methodsOf(member),
  )
}

/** The path with its variable segments named as the route names them. */
function pattern(request: Seen | undefined, path: string): string {
  const wanted = path.split('/')
  const segments = request?.url.pathname.split('/') ?? []
  if (segments.length !== wanted.length) return segments.join('/')
  return segments.map((segment, i) => (wanted[i]?.startsWith('{') ? wanted[i] : segment)).join('/')
}

test('the version sent is the version published', () => {
  expect(VERSION).toBe(manifest.version)
})
