import { type RawCalls, reads, withQuery } from '../raw.ts'
import type { RazorpayCredentials } from './credentials.ts'

/** Razorpay API: reads only, because it repeats no write of ours safely. */
export const raw: RawCalls<RazorpayCredentials> = {
  allowed: reads(
    '/v1',
    'customers disputes invoices items methods orders payment_links payments plans refunds settlements subscriptions',
  ),
  call(ctx, request) {
    const { key_id: id, key_secret: secret } = ctx.credentials
    return ctx.http({
      method: request.method,
      path: withQuery(request),
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    })
  },
}
