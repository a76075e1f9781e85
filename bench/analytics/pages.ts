/** What is asked for, and how long a person may wait for it. */
export type Page = readonly [limitMs: number, url: string]

const ANALYTICS_MS = 200
const LISTING_MS = 100

/** Each kind of page; lists by what is common, by what is rare, and by what is not there. */
export function pagesOf(
  known: { readonly receipt: string; readonly email: string },
  days: number,
): readonly Page[] {
  return [
    ...analytics(`from=${daysAgo(days)}`).map((url): Page => [ANALYTICS_MS, url]),
    ...[...payments(known), ...others(), ...logs()].map((url): Page => [LISTING_MS, url]),
  ]
}

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

const analytics = (year: string): readonly string[] => [
  '/api/analytics/overview',
  `/api/analytics/overview?${year}`,
  '/api/analytics/timeseries?interval=day&timezone=Asia/Kolkata&group_by=provider',
  `/api/analytics/timeseries?interval=day&timezone=America/New_York&${year}`,
  `/api/analytics/timeseries?interval=day&timezone=Asia/Kolkata&group_by=provider&${year}`,
  `/api/analytics/timeseries?interval=month&${year}`,
  `/api/analytics/timeseries?interval=week&group_by=country&country=DE&${year}`,
  `/api/analytics/costs?${year}`,
  `/api/analytics/costs?group_by=country&${year}`,
  `/api/analytics/errors?${year}`,
  '/api/analytics/performance',
]

const payments = (known: { readonly receipt: string; readonly email: string }): readonly string[] => [
  '/v1/payments?limit=100',
  '/v1/payments?status=failed&limit=100',
  '/v1/payments?status=requires_action',
  '/v1/payments?provider=paypal&currency=EUR&limit=100',
  `/v1/payments?receipt=${known.receipt}`,
  '/v1/payments?receipt=none',
  `/v1/payments?customer=${known.email}`,
  '/v1/payments?customer=nobody@example.com',
  '/v1/payments?provider=paypal&currency=INR&limit=100',
  '/v1/payments?provider=stripe&currency=EUR&status=failed',
  '/v1/payments?status=canceled&currency=JPY',
  '/v1/payments?currency=JPY',
  '/v1/payments?provider=twilio',
  `/v1/payments?created[gte]=${daysAgo(300)}&created[lt]=${daysAgo(299)}&limit=100`,
  `/v1/payments?created[lt]=${daysAgo(300)}&status=failed&limit=100`,
]

const others = (): readonly string[] => [
  '/v1/refunds?limit=100',
  '/v1/refunds?status=pending&limit=100',
  '/v1/refunds?status=failed',
  '/v1/events?limit=100',
  '/v1/events?type=payment.failed&limit=100',
  '/v1/events?type=payment.disputed',
  '/api/webhooks/deliveries?limit=100',
  '/api/webhooks/deliveries?status=failed&limit=100',
  '/api/webhooks/deliveries?status=pending&limit=100',
  '/api/webhooks/deliveries?status=held',
]

const logs = (): readonly string[] => [
  '/api/logs?limit=100',
  '/api/logs?status=4xx',
  '/api/logs?status=5xx',
  '/api/logs?method=DELETE',
  '/api/logs?code=not_found&limit=100',
  '/api/logs?path=/v1/payments/pay_77',
  '/api/logs?text=nothing+like+it',
  '/api/logs?text=PAY_77',
  '/api/logs?kind=provider_call&limit=100',
  '/api/logs?kind=provider_call&text=nothing+like+it',
  '/api/logs?kind=provider_call&path=/v1/payment_intents/pi_ab',
  '/api/logs?kind=provider_call&path=/v1/nothing',
  '/api/logs?kind=provider_call&status=5xx',
]
