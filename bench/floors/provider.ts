import { Agent, request } from 'undici'

const agent = new Agent({ connections: 128, pipelining: 1 })

export interface Asked {
  readonly amount_minor: number
  readonly currency: string
  readonly receipt: string
}

/** What every floor takes: the same body that OneRouter is sent. */
export const PAYMENT_SCHEMA = {
  type: 'object',
  required: ['amount_minor', 'currency'],
  additionalProperties: false,
  properties: {
    amount_minor: { type: 'integer', minimum: 1 },
    currency: { type: 'string' },
    provider: { type: 'string' },
    receipt: { type: 'string' },
  },
} as const

/** One create call, as short as it can be. */
export async function createSession(
  base: string,
  secret: string,
  asked: Asked,
  key: string,
): Promise<string> {
  const form = new URLSearchParams({
    mode: 'payment',
    'line_items[0][price_data][currency]': asked.currency.toLowerCase(),
    'line_items[0][price_data][unit_amount]': String(asked.amount_minor),
    'line_items[0][price_data][product_data][name]': 'Payment',
    'line_items[0][quantity]': '1',
    success_url: 'https://shop.example/ok',
    cancel_url: 'https://shop.example/no',
    client_reference_id: key,
  })
  const answer = await request(`${base}/v1/checkout/sessions`, {
    dispatcher: agent,
    method: 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': key,
    },
    body: form.toString(),
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  })
  return await answer.body.text()
}

/** What the parent tells a floor: where the provider is, under which key it is booked, and which database is its own. */
export interface FloorSettings {
  readonly provider: string
  readonly secret: string
  readonly databaseUrl: string
}

export function floorSettings(): FloorSettings {
  return JSON.parse(process.argv[2] ?? '{}') as FloorSettings // our own bench writes it
}
