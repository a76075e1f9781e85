import { ApiError, type Environment, type Uuid } from '@onerouter/core'
import { type Selectable, sql, type Transaction } from 'kysely'
import type { Db, Tables } from '../store/db.ts'
import { notifyStatement } from '../store/invalidation.ts'
import type { Queryable } from '../store/rows.ts'
import type { RoutingPolicyTable, RoutingRules, RoutingVersionTable } from '../store/tables.ts'
import { NO_POLICY, type StoredPolicy } from './snapshot.ts'

export interface PolicyKey {
  readonly accountId: Uuid
  readonly environment: Environment
}

export type PolicyRow = Selectable<RoutingPolicyTable>
export type VersionRow = Selectable<RoutingVersionTable>

/** Who changes the rules, and when. */
export interface Change {
  readonly who: string
  readonly at: Date
}

/** What payments are routed by, in one statement: the version in force and the one on trial. */
export async function readStoredPolicy(
  db: Queryable,
  { accountId, environment }: PolicyKey,
): Promise<StoredPolicy> {
  const { rows } = await db.query({
    name: 'routing_policy',
    text: `select p.version, v.rules, p.trial_version, p.trial_percent, t.rules as trial_rules
      from routing_policy p
      left join routing_version v on v.account_id = p.account_id and v.environment = p.environment
        and v.version = p.version
      left join routing_version t on t.account_id = p.account_id and t.environment = p.environment
        and t.version = p.trial_version
      where p.account_id = $1 and p.environment = $2`,
    values: [accountId, environment],
  })
  const row = rows[0] as Stored | undefined // the columns of the statement above
  if (row === undefined) return NO_POLICY
  return {
    version: row.version ?? 0,
    rules: row.rules ?? NO_POLICY.rules,
    trial:
      row.trial_version === null || row.trial_percent === null || row.trial_rules === null
        ? null
        : { version: row.trial_version, percent: row.trial_percent, rules: row.trial_rules },
  }
}

interface Stored {
  readonly version: number | null
  readonly rules: RoutingRules | null
  readonly trial_version: number | null
  readonly trial_percent: number | null
  readonly trial_rules: RoutingRules | null
}

export interface Policy {
  readonly row: PolicyRow | null
  /** The rules in force; `null`: none. */
  readonly inForce: VersionRow | null
}

export async function readPolicy(db: Db, key: PolicyKey): Promise<Policy> {
  return db.withAccount(key.accountId, async (trx) => {
    const row = await policyOf(trx, key)
    return { row, inForce: row?.version == null ? null : await versionOf(trx, key, row.version) }
  })
}

export interface NewVersion {
  readonly rules: RoutingRules
  readonly comment: string | null
  /** `null`: in force at once. */
  readonly trialPercent: number | null
  /** The version the writer has read; `null` = whatever is there. */
  readonly base: number | null
}

/** @throws ApiError conflict when the version in force is not the one the writer has read. */
export async function saveVersion(db: Db, key: PolicyKey, made: NewVersion, change: Change): Promise<void> {
  await changing(db, key, change, async (trx, before) => {
    const inForce = before.version ?? 0
    if (made.base !== null && made.base !== inForce) {
      throw new ApiError('conflict', `Version ${inForce} is in force by now. Read it and decide again.`, {
        errors: [{ pointer: '/base_version', detail: `is not ${inForce}, the version in force` }],
      })
    }
    const same = await versionOf(trx, key, inForce, made.rules)
    // Sent twice, it is the same version still.
    if (same !== null && made.trialPercent === null) return inForceOrTrial(same.version, null)
    const newest = await trx
      .selectFrom('routing_version')
      .select(({ fn }) => fn.max('version').as('version'))
      .where('account_id', '=', key.accountId)
      .where('environment', '=', key.environment)
      .executeTakeFirst()
    const version = (newest?.version ?? 0) + 1
    await trx
      .insertInto('routing_version')
      .values({
        account_id: key.accountId,
        environment: key.environment,
        version,
        rules: JSON.stringify(made.rules),
        comment: made.comment,
        created_by: change.who,
        created_at: change.at,
      })
      .execute()
    return inForceOrTrial(version, made.trialPercent)
  })
}

/** `false`: there is no such version. */
export async function activateVersion(
  db: Db,
  key: PolicyKey,
  wanted: { readonly version: number; readonly trialPercent: number | null },
  change: Change,
): Promise<boolean> {
  const { version, trialPercent } = wanted
  if (version === 0) {
    if (trialPercent !== null) return false
    await changing(db, key, change, async () => ({
      version: null,
      trial_version: null,
      trial_percent: null,
    }))
    return true
  }
  const found = await db.withAccount(key.accountId, (trx) => versionOf(trx, key, version))
  if (found === null) return false
  await changing(db, key, change, async () => inForceOrTrial(version, trialPercent))
  return true
}

type Pointers = Partial<Pick<PolicyRow, 'version' | 'trial_version' | 'trial_percent'>>

/** A version in force ends every trial; one on trial leaves what is in force where it is. */
function inForceOrTrial(version: number, trialPercent: number | null): Pointers {
  return trialPercent === null
    ? { version, trial_version: null, trial_percent: null }
    : { trial_version: version, trial_percent: trialPercent }
}

/** One change at a time per policy: the row is there before anybody decides, and locked while they do. */
async function changing(
  db: Db,
  key: PolicyKey,
  change: Change,
  decide: (trx: Transaction<Tables>, before: PolicyRow) => Promise<Pointers>,
): Promise<void> {
  const { accountId, environment } = key
  const stamp = { updated_by: change.who, updated_at: change.at }
  await db.withAccount(accountId, async (trx) => {
    await trx
      .insertInto('routing_policy')
      .values({ account_id: accountId, environment, ...stamp })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const before = await trx
      .selectFrom('routing_policy')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('environment', '=', environment)
      .forUpdate()
      .executeTakeFirstOrThrow()
    await trx
      .updateTable('routing_policy')
      .set({ ...(await decide(trx, before)), ...stamp })
      .where('account_id', '=', accountId)
      .where('environment', '=', environment)
      .execute()
    const { values } = notifyStatement({ kind: 'routing', accountId, environment })
    await sql`SELECT pg_notify(${values[0]}, ${values[1]})`.execute(trx)
  })
}

async function policyOf(trx: Transaction<Tables>, key: PolicyKey): Promise<PolicyRow | null> {
  const row = await trx
    .selectFrom('routing_policy')
    .selectAll()
    .where('account_id', '=', key.accountId)
    .where('environment', '=', key.environment)
    .executeTakeFirst()
  return row ?? null
}

async function versionOf(
  trx: Transaction<Tables>,
  key: PolicyKey,
  version: number,
  equalTo?: RoutingRules,
): Promise<VersionRow | null> {
  const row = await trx
    .selectFrom('routing_version')
    .selectAll()
    .where('account_id', '=', key.accountId)
    .where('environment', '=', key.environment)
    .where('version', '=', version)
    .$if(equalTo !== undefined, (query) =>
      query.where(sql<boolean>`rules = ${JSON.stringify(equalTo)}::jsonb`),
    )
    .executeTakeFirst()
  return row ?? null
}

export async function findVersion(db: Db, key: PolicyKey, version: number): Promise<VersionRow | null> {
  return db.withAccount(key.accountId, (trx) => versionOf(trx, key, version))
}

/** Newest first, up to one more than `limit`. */
export async function listVersions(
  db: Db,
  key: PolicyKey,
  page: { readonly limit: number; readonly before: number | null },
): Promise<readonly VersionRow[]> {
  return db.withAccount(key.accountId, (trx) =>
    trx
      .selectFrom('routing_version')
      .selectAll()
      .where('account_id', '=', key.accountId)
      .where('environment', '=', key.environment)
      .$if(page.before !== null, (query) => query.where('version', '<', page.before ?? 0))
      .orderBy('version', 'desc')
      .limit(page.limit + 1)
      .execute(),
  )
}
