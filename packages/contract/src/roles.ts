/** What a person is in an account, from the one who may everything to the one who looks. */
export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const
export type Role = (typeof ROLES)[number]
