import type { Session, SignedIn } from '@onerouter/contract'
import { formatId } from '@onerouter/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { writeCookie } from '../../sessions/cookie.ts'
import type { Member } from '../../sessions/people.ts'
import type { SecondFactors } from '../../sessions/second-factor.ts'
import {
  COOKIE_MAX_AGE_S,
  lacksSecondFactor,
  type OpenSession,
  type Sessions,
} from '../../sessions/sessions.ts'
import { type SignInSteps, STEP_MAX_AGE_S } from '../../sessions/sign-in-step.ts'
import type { Origin } from '../../sessions/store.ts'

/** How somebody who was proven gets in: a new session each time, or first the question for their second factor. */
export interface Entrance {
  /** For whoever has proven everything that is asked of them. */
  enter(request: FastifyRequest, reply: FastifyReply, member: Member): Promise<Session>
  /** For whoever has proven their password. */
  afterPassword(request: FastifyRequest, reply: FastifyReply, member: Member): Promise<SignedIn>
  /** Takes back what the browser holds. */
  leave(reply: FastifyReply): void
}

export interface EntranceDeps {
  readonly sessions: Sessions
  readonly steps: SignInSteps
  readonly secondFactors: SecondFactors
}

const USER_AGENT_LENGTH = 300
const ADDRESS_LENGTH = 64

export function createEntrance({ sessions, steps, secondFactors }: EntranceDeps): Entrance {
  const put = (reply: FastifyReply, token: string, maxAgeS: number) =>
    reply.header('set-cookie', writeCookie(token, maxAgeS, sessions.production))
  /** Whatever the browser brought along ends, whoever planted it. */
  const forget = async ({ headers }: FastifyRequest) => {
    await sessions.forget(headers)
    await steps.end(headers)
  }
  const enter: Entrance['enter'] = async (request, reply, member) => {
    await forget(request)
    const { token } = await sessions.begin(member, originOf(request))
    const cookie = writeCookie(token, COOKIE_MAX_AGE_S, sessions.production)
    const found = await sessions.find({ cookie })
    if (found === null) throw new Error('a session that was just begun cannot be found')
    put(reply, token, COOKIE_MAX_AGE_S)
    return presentSession(found)
  }
  return {
    enter,
    async afterPassword(request, reply, member) {
      if ((await secondFactors.inForce(member)) === null) return enter(request, reply, member)
      await forget(request)
      put(reply, await steps.begin(member), STEP_MAX_AGE_S)
      return { second_factor: 'due' }
    },
    leave: (reply) => void put(reply, '', 0),
  }
}

function originOf({ headers, ip }: FastifyRequest): Origin {
  return {
    userAgent: headers['user-agent']?.slice(0, USER_AGENT_LENGTH) ?? null,
    address: ip.slice(0, ADDRESS_LENGTH),
  }
}

export function presentSession({ row, csrfToken }: OpenSession): Session {
  return {
    user: { id: formatId('person', row.person_id), email: row.email, name: row.name },
    account: { id: formatId('account', row.account_id), name: row.account_name },
    role: row.role,
    csrf_token: csrfToken,
    second_factor: row.second_factor ? 'on' : lacksSecondFactor(row) ? 'missing' : 'off',
  }
}
