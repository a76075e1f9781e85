import { ApiError } from '@onerouter/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mount } from '../../http/mount.ts'
import { qrSvg } from '../../http/qr.ts'
import type { People } from '../../sessions/people.ts'
import type { ActingMember, SecondFactors } from '../../sessions/second-factor.ts'
import { endOtherSessions } from '../../sessions/team-store.ts'
import { base32, otpauthUrl } from '../../sessions/totp.ts'
import type { Db } from '../../store/db.ts'
import type { Entrance } from './enter.ts'
import { askerOf, sessionOf } from './session-guard.ts'

export interface SecondFactorRoutes {
  readonly secondFactors: SecondFactors
  readonly people: People
  readonly entrance: Entrance
  readonly db: Db
}

const ISSUER = 'OneRouter'

/** One's own second factor. What turns it off, or makes another way around it, asks for password and code again. */
export function secondFactorRoutes(app: FastifyInstance, routes: SecondFactorRoutes): void {
  const { secondFactors, people, entrance, db } = routes
  const present = async (request: FastifyRequest) => {
    const { row } = sessionOf(request)
    const found = await secondFactors.inForce(byOf(request).member)
    return {
      enabled: found !== null,
      enabled_at: found?.since.toISOString() ?? null,
      recovery_codes_left: found?.recoveryCodesLeft ?? 0,
      required: row.second_factor_required,
    }
  }

  mount(app, 'getSecondFactor', ({ request }) => present(request))
  mount(app, 'beginSecondFactor', async ({ body, request }) => {
    const { row } = sessionOf(request)
    await people.assertPassword(row.person_id, body.password)
    const secret = await secondFactors.begin(byOf(request))
    const url = otpauthUrl(secret, { issuer: ISSUER, account: row.email })
    const picture = qrSvg(url, 'QR code for your authenticator app')
    return { secret: base32(secret), otpauth_url: url, qr_svg: picture }
  })
  mount(app, 'confirmSecondFactor', async ({ body, request, reply }) => {
    const by = byOf(request)
    const codes = await secondFactors.confirm(by, body.code)
    // Whoever was signed in before it was on has not shown it; this one has, and may do more from now on.
    await endOtherSessions(db, by.member.personId, sessionOf(request).row.id)
    return { ...(await entrance.enter(request, reply, by.member)), recovery_codes: [...codes] }
  })
  mount(app, 'replaceRecoveryCodes', async ({ body, request }) => {
    const by = byOf(request)
    await people.assertPassword(by.member.personId, body.password)
    return { recovery_codes: [...(await secondFactors.replaceRecoveryCodes(by, body.code))] }
  })
  mount(app, 'disableSecondFactor', async ({ body, request }) => {
    const by = byOf(request)
    if (sessionOf(request).row.second_factor_required) {
      throw new ApiError('invalid_state', 'Your account asks for a second factor, so it stays on.')
    }
    await people.assertPassword(by.member.personId, body.password)
    await secondFactors.disable(by, body.code)
    return present(request)
  })
}

function byOf(request: FastifyRequest): ActingMember {
  const { row, actor } = askerOf(request)
  return { member: { accountId: row.account_id, personId: row.person_id }, actor }
}
