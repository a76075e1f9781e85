import { ROLES } from '../roles.ts'
import { OneOf, type Static, Strict, Timestamp, Type } from '../schema.ts'
import { Email, NewPassword, PersonName } from './auth.ts'

export const Member = Strict({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: OneOf(ROLES),
  second_factor: Type.Boolean({ description: 'Whether a second factor is asked of them at sign-in' }),
  created_at: Timestamp,
})
export type Member = Static<typeof Member>
export const MemberList = Strict({ data: Type.Array(Member) })
export const UpdateMemberBody = Strict({ role: OneOf(ROLES) })

const INVITATION = {
  id: Type.String(),
  email: Type.String(),
  role: OneOf(ROLES),
  created_at: Timestamp,
  expires_at: Timestamp,
}
export const Invitation = Strict(INVITATION)
export type Invitation = Static<typeof Invitation>
export const CreatedInvitation = Strict({
  ...INVITATION,
  token: Type.String({ description: 'Shown this once' }),
})
export const InvitationList = Strict({ data: Type.Array(Invitation) })
export const CreateInvitationBody = Strict({ email: Email, role: OneOf(ROLES) })
export const AcceptInvitationBody = Strict({
  token: Type.String({ maxLength: 100 }),
  password: NewPassword,
  name: Type.Optional(PersonName),
})

export const Account = Strict({
  id: Type.String(),
  name: Type.String(),
  second_factor_required: Type.Boolean({
    description: 'Whoever has no second factor can do nothing but set one up',
  }),
  created_at: Timestamp,
})
export type Account = Static<typeof Account>
export const UpdateAccountBody = Strict({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  second_factor_required: Type.Optional(Type.Boolean()),
})
