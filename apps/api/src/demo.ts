import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SCOPES } from '@onerouter/contract'
import { SERVICES, type Uuid } from '@onerouter/core'
import type { Deps } from './deps.ts'
import { mint } from './routes/keys/mint.ts'
import { connectService } from './routes/services/save.ts'
import { hashApiKey } from './secrets/api-key.ts'
import { createPeople } from './sessions/people.ts'
import { accountOfAddress } from './sessions/store.ts'
import { insertAccount } from './store/accounts.ts'
import { findKeyByHash, insertKey } from './store/api-keys.ts'

export interface Demo {
  readonly apiKey: string
  readonly accountId: Uuid
  readonly signIn: SignIn
}

/** What opens the dashboard on the demo account. */
export interface SignIn {
  readonly email: string
  readonly password: string
}

/** What `demo.json` holds. */
type Kept = Pick<Demo, 'apiKey' | 'accountId'> & { readonly password: string | null }

/** Nobody shares this machine's demo: benchmarks and load tests may use it without being held back. */
const DEMO_LIMITS = { perMinute: 100_000, perDay: 100_000_000 }

const EMAIL = 'demo@onerouter.local'
const PASSWORD_BYTES = 15

/**
 * An account to try things with: connected to the sandbox, one test key, one person who signs in. Made at the first start, kept in
 * `demo.json` (readable by its owner only) and found again at every later one.
 */
export async function ensureDemo(deps: Deps): Promise<Demo> {
  const path = join(deps.config.dataDir, 'demo.json')
  const kept = (await readDemo(deps, path)) ?? (await createDemo(deps))
  const [password] = await Promise.all([ensurePerson(deps, path, kept), connectAll(deps, kept.accountId)])
  return { apiKey: kept.apiKey, accountId: kept.accountId, signIn: { email: EMAIL, password } }
}

/** The password in force: the kept one as long as its owner is in the database, else a new one. */
async function ensurePerson(deps: Deps, path: string, kept: Kept): Promise<string> {
  if (kept.password !== null && (await accountOfAddress(deps.db, EMAIL)) === kept.accountId)
    return kept.password
  const password = Buffer.from(deps.random(PASSWORD_BYTES)).toString('base64url')
  const people = createPeople(deps)
  await people.installOwner({ email: EMAIL, password, name: 'Demo' }, kept.accountId)
  await writeKept(deps, path, { ...kept, password })
  return password
}

async function readDemo(deps: Deps, path: string): Promise<Kept | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('api_key' in value)) return undefined
    if (typeof value.api_key !== 'string') return undefined
    // The file may be older than the database.
    const row = await findKeyByHash(deps.db, hashApiKey(deps.pepper, value.api_key))
    if (row === null || row.revoked_at !== null) return undefined
    const password = 'password' in value && typeof value.password === 'string' ? value.password : null
    return { apiKey: value.api_key, accountId: row.account_id, password }
  } catch {
    return undefined
  }
}

async function createDemo(deps: Deps): Promise<Kept> {
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
  return { apiKey: plain, accountId, password: null }
}

async function writeKept(deps: Deps, path: string, { apiKey, password }: Kept): Promise<void> {
  await mkdir(deps.config.dataDir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${deps.newId()}`
  const text = JSON.stringify({ api_key: apiKey, email: EMAIL, password }, null, 2)
  await writeFile(draft, `${text}\n`, { mode: 0o600 })
  // A rename is whole or not at all, also when the machine stops in between.
  await rename(draft, path)
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
