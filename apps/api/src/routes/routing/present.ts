import type { Policy, PolicyKey, PolicyRow, VersionRow } from '../../routing/store.ts'

export function presentPolicy({ environment }: PolicyKey, { row, inForce }: Policy) {
  return {
    object: 'routing' as const,
    environment,
    version: inForce?.version ?? 0,
    rules: inForce?.rules.rules ?? [],
    default: inForce?.rules.default ?? null,
    trial:
      row === null || row.trial_version === null || row.trial_percent === null
        ? null
        : { version: row.trial_version, percent: row.trial_percent },
    updated_at: row?.updated_at.toISOString() ?? null,
  }
}

export function presentVersion(row: VersionRow, policy: PolicyRow | null) {
  return {
    id: String(row.version),
    object: 'routing_version' as const,
    version: row.version,
    environment: row.environment,
    state: stateOf(row.version, policy),
    rules: row.rules.rules,
    default: row.rules.default,
    comment: row.comment,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
  }
}

function stateOf(version: number, policy: PolicyRow | null): 'in_force' | 'on_trial' | 'kept' {
  if (policy?.version === version) return 'in_force'
  return policy?.trial_version === version ? 'on_trial' : 'kept'
}
