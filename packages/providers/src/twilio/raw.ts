import { type RawCalls, reads, withQuery } from '../raw.ts'
import type { TwilioCredentials } from './credentials.ts'

/** Twilio's 2010 API: reads only, because it repeats no write safely. Another account's SID answers 404 there. */
export const raw: RawCalls<TwilioCredentials> = {
  allowed: reads(
    '/2010-04-01/Accounts/AC[0-9a-fA-F]{32}',
    'Balance\\.json Messages\\.json Messages IncomingPhoneNumbers\\.json Usage',
  ),
  call(ctx, request) {
    const { account_sid: sid, auth_token: token } = ctx.credentials
    return ctx.http({
      method: request.method,
      path: withQuery(request),
      headers: { authorization: `Basic ${btoa(`${sid}:${token}`)}` },
    })
  },
}
