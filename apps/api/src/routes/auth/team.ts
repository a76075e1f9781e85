import { formatId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { strangerOf } from '../../http/address.ts'
import { mount } from '../../http/mount.ts'
import type { Team } from '../../sessions/team.ts'
import type { InvitationRow, MemberRow } from '../../sessions/team-store.ts'
import type { Entrance } from './enter.ts'
import { askerOf, idOf } from './session-guard.ts'

export interface TeamRoutes {
  readonly team: Team
  readonly entrance: Entrance
  /** @throws ApiError invalid_state where nobody signs in with a password */
  readonly assertPasswords: () => void
}

/** The people of the account, and the invitations to it. */
export function teamRoutes(app: FastifyInstance, { team, entrance, assertPasswords }: TeamRoutes): void {
  mount(app, 'listMembers', async ({ request }) => ({
    data: (await team.members(askerOf(request))).map(presentMember),
  }))
  mount(app, 'updateMember', async ({ params, body, request }) =>
    presentMember(await team.setRole(askerOf(request), idOf('person', params.id), body.role)),
  )
  mount(app, 'removeMember', async ({ params, request }) => {
    await team.remove(askerOf(request), idOf('person', params.id))
    return { success: true }
  })
  mount(app, 'resetMemberSecondFactor', async ({ params, request }) => {
    await team.resetSecondFactor(askerOf(request), idOf('person', params.id))
    return { success: true }
  })
  mount(app, 'listInvitations', async ({ request }) => ({
    data: (await team.invitations(askerOf(request))).map(presentInvitation),
  }))
  mount(app, 'createInvitation', async ({ body, request }) => {
    const { row, token } = await team.invite(askerOf(request), body.email, body.role)
    return { ...presentInvitation(row), token }
  })
  mount(app, 'withdrawInvitation', async ({ params, request }) => {
    await team.withdraw(askerOf(request), idOf('invitation', params.id))
    return { success: true }
  })
  mount(app, 'acceptInvitation', async ({ body, request, reply }) => {
    assertPasswords()
    const asked = { password: body.password, name: body.name ?? 'New member', requestId: request.id }
    return entrance.enter(request, reply, await team.accept(body.token, asked, strangerOf(request.ip)))
  })
}

const presentMember = (row: MemberRow) => ({
  id: formatId('person', row.person_id),
  email: row.email,
  name: row.name,
  role: row.role,
  second_factor: row.second_factor,
  created_at: row.created_at.toISOString(),
})

const presentInvitation = (row: InvitationRow) => ({
  id: formatId('invitation', row.id),
  email: row.email,
  role: row.role,
  created_at: row.created_at.toISOString(),
  expires_at: row.expires_at.toISOString(),
})
