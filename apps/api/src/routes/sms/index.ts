import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import type { Sms } from '../../sms/ports.ts'
import { presentSms } from '../../sms/present.ts'
import type { SmsRow } from '../../sms/row.ts'
import { sendSms } from '../../sms/send-sms.ts'
import { listSms } from '../../sms/store.ts'

const NO_RANGE = { gt: null, gte: null, lt: null, lte: null }

export function smsRoutes(app: FastifyInstance, sms: Sms): void {
  mount(app, 'sendSms', async ({ body, principal, request, reply }) => {
    if (body.environment === 'live' && principal.environment === 'test') {
      throw new ApiError('environment_not_allowed', 'A test key only ever uses the test environment.', {
        errors: [{ pointer: '/environment', detail: 'must be test, or be left out' }],
      })
    }
    const claim = claimOf(request)
    const { idempotency_key: _key, environment, ...message } = body
    // A live key follows its services; it may force test, and live is theirs to say.
    const input = { ...message, ...(environment === 'test' && { environment }) }
    return sendReply(request, reply, claim, await sendSms(sms, callerOf(principal), input, claim))
  })

  mount(app, 'listSms', async ({ query, principal }) => {
    const page = parsePage('sms', query)
    const seen = seenBy(principal)
    const rows = await listSms(sms.db, {
      ...seen,
      environments: seen.environments.filter((one) => one === (query.environment ?? one)),
      created: page.created,
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.status !== undefined && { status: query.status }),
      ...(query.to !== undefined && { to: query.to }),
    })
    return listAnswer(rows, page.limit, presentSms)
  })

  mount(app, 'getSms', async ({ params, principal }) => presentSms(await ownSms(sms, principal, params.id)))
}

/** @throws ApiError not_found, also for what belongs to others and what the caller cannot see. */
export async function ownSms(sms: Sms, principal: Principal, shown: string): Promise<SmsRow> {
  const id = idParam('sms', shown)
  const [row] = await listSms(sms.db, { ...seenBy(principal), id, created: NO_RANGE, limit: 1 })
  if (row === undefined) throw notFound()
  return row
}

function seenBy(principal: Principal) {
  const caller = callerOf(principal)
  return {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    services: caller.services === null ? null : [...caller.services],
  }
}
