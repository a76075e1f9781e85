import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SCOPES } from '@onerouter/contract'
import { SERVICES, type Uuid } from '@onerouter/core'
import type { Deps } from './deps.ts'
import { mint } from './routes/keys/mint.ts'
import { connectService } from './routes/services/save.ts'
import { hashApiKey } from './secrets/api-key.ts'
import { insertAccount } from './store/accounts.ts'
import { findKeyByHash, insertKey } from './store/api-keys.ts'

export interface Demo {
  readonly apiKey: string
  readonly accountId: Uuid
}

/** Nobody shares this machine's demo: benchmarks and load tests may use it without being held back. */
const DEMO_LIMITS = { perMinute: 100_000, perDay: 100_000_000 }

/**
 * An account to try things with: connected to the sandbox, one test key. Made at the first start, kept in
 * `demo.json` (readable by its owner only) and found again at every later one.
 */
export async function ensureDemo(deps: Deps): Promise<Demo> {
  const path = join(deps.config.dataDir, 'demo.json')
  const demo = (await readDemo(deps, path)) ?? (await createDemo(deps, path))
  await connectAll(deps, demo.accountId)
  return demo
}

async function readDemo(deps: Deps, path: string): Promise<Demo | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('api_key' in value)) return undefined
    if (typeof value.api_key !== 'string') return undefined
    // The file may be older than the database.
    const row = await findKeyByHash(deps.db, hashApiKey(deps.pepper, value.api_key))
    if (row === null || row.revoked_at !== null) return undefined
    return { apiKey: value.api_key, accountId: row.account_id }
  } catch {
    return undefined
  }
}

async function createDemo(deps: Deps, path: string): Promise<Demo> {
  const accountId = deps.newId()
  await insertAccount(deps.db, accountId, 'Demo')
  const { plain, row } = mint(deps, {
    accountId,
    environment: 'test',
    name: 'Demo key',
    // All of them: it is the only key there is, and the one that makes the others.
    scopes: SCOPES,
    services: null,
    limits: DEMO_LIMITS,
    ipAllowlist: null,
    expiresAt: null,
    rotatedFrom: null,
  })
  await insertKey(deps.db, row)
  await mkdir(deps.config.dataDir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${row.id}`
  await writeFile(draft, `${JSON.stringify({ api_key: plain }, null, 2)}\n`, { mode: 0o600 })
  // A rename is whole or not at all, also when the machine stops in between.
  await rename(draft, path)
  return { apiKey: plain, accountId }
}

/** Connects what is not connected yet: a sandbox that was slow or a new provider is caught up at a later start. */
async function connectAll(deps: Deps, accountId: Uuid): Promise<void> {
  const connected = new Set((await deps.credentials.connected(accountId)).map(({ service }) => service))
  const missing = SERVICES.filter(
    (service) => !connected.has(service) && deps.provider(service) !== undefined,
  )
  const results = await Promise.allSettled(
    missing.map((service) =>
      connectService(deps, { accountId, service, environment: 'test', credentials: 'sandbox' }),
    ),
  )
  for (const result of results) {
    if (result.status === 'rejected') deps.log.warn({ err: result.reason }, 'the demo could not be connected')
  }
}
