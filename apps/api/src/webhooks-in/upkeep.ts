import type { Service } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import type { Deps } from '../deps.ts'
import { contextFor } from '../engine/call-provider.ts'
import type { Credential, Engine } from '../engine/ports.ts'
import { credentialPlace } from '../secrets/credential-place.ts'
import { seal } from '../secrets/seal.ts'
import { findCredential, renewCredential, webhookToken } from '../store/credentials.ts'
import {
  claimDueRegistrations,
  deleteRegistration,
  hurryMovedRegistrations,
  type RegistrationRow,
  saveRegistration,
} from '../store/webhook-registrations.ts'
import type { Wait } from '../worker/worker.ts'
import { type Registered, registerWebhook } from './register-webhook.ts'
import { removeWebhooks } from './remove-webhook.ts'

const POLL_MS = 15_000
const BATCH = 8
/** Longer than the calls of one look may last together. */
const LEASE_MS = 5 * 60_000

export function webhookUrl(publicUrl: string, service: Service, token: string): string {
  return `${publicUrl}/webhooks/${service}/${token}`
}

export interface Upkeep {
  readonly engine: Engine
  readonly deps: Pick<Deps, 'config' | 'db' | 'encryption' | 'invalidation' | 'random'>
}

/**
 * Sees to it that every provider goes on sending its events to us: after a change of our public address, after
 * somebody deleted or disabled the webhook there, after an outage at the moment it was to be made.
 */
export function startUpkeep(upkeep: Upkeep, sleep: (ms: number) => Wait): { stop(): Promise<void> } {
  const { engine, deps } = upkeep
  let stopped = false
  let waiting: Wait | null = null
  const loop = async (): Promise<void> => {
    await hurryMovedRegistrations(engine.db, deps.config.publicUrl).catch(failed(engine))
    while (!stopped) {
      const looked = await lookAfterWebhooks(upkeep, BATCH).catch(failed(engine))
      const removed = await removeWebhooks(engine, BATCH).catch(failed(engine))
      if (looked === BATCH || removed === BATCH || stopped) continue
      waiting = sleep(POLL_MS)
      await waiting.done
      waiting = null
    }
  }
  const running = loop()
  return {
    async stop() {
      stopped = true
      waiting?.end()
      await running
    },
  }
}

const failed = (engine: Engine) => (error: unknown) => {
  engine.log.error({ err: error }, 'the webhooks at the providers could not be looked after')
  return 0
}

/** One round over registrations that are due; answers how many there were. */
export async function lookAfterWebhooks(upkeep: Upkeep, limit: number): Promise<number> {
  const { engine } = upkeep
  const rows = await claimDueRegistrations(engine.db, limit, LEASE_MS)
  for (const row of rows) {
    // One that cannot be looked after comes back after its lease, and holds up no other.
    await lookAfter(upkeep, row).catch(failed(engine))
  }
  return rows.length
}

async function lookAfter({ engine, deps }: Upkeep, row: RegistrationRow): Promise<void> {
  const { account_id: accountId, environment, service } = row
  const provider = engine.provider(service)
  const credential = await engine.credentials.current(accountId, environment, service)
  if (provider === undefined || credential === null) return await deleteRegistration(engine.db, row)
  const fresh = Buffer.from(deps.random(32)).toString('base64url')
  const token = await webhookToken(deps.db, { accountId, environment, service }, fresh)
  const call = { verb: 'webhooks.register', paymentId: null, operationId: null }
  const registered = await registerWebhook(provider, contextFor(engine, credential, 'later', call), {
    url: webhookUrl(deps.config.publicUrl, service, token),
    earlier: row.ref,
    sandbox: credential.sandbox,
    tries: row.tries - 1,
  })
  if (registered.state === 'registered' && registered.ref !== row.ref && row.ref !== null) {
    engine.log.warn({ provider: service }, 'the webhook was gone at the provider and has been made again')
  }
  await keepCredentials({ engine, deps }, provider, credential, registered)
  await saveRegistration(engine.db, row, registered)
}

/** A webhook that was made anew has a secret of its own; without it nothing it sends could be believed. */
async function keepCredentials(
  { deps }: Upkeep,
  provider: Provider,
  credential: Credential,
  { credentials: made, ref }: Registered,
): Promise<void> {
  const known: Readonly<Record<string, unknown>> = { ...credential.credentials }
  if (Object.entries(made).every(([name, value]) => known[name] === value)) return
  const { accountId, environment, service, version } = credential
  const key = { accountId, environment, service }
  const parsed = provider.credentials.parse({ ...known, ...made }, environment)
  const stored = await findCredential(deps.db, { ...key, version })
  if (!parsed.ok || stored === null)
    throw new Error(`${service} made a webhook whose secret has no valid form`)
  const plain = Buffer.from(JSON.stringify(parsed.credentials))
  const { hint, provider_account: providerAccount, sandbox } = stored
  const renewed = { hint, providerAccount, sandbox, webhookRef: ref }
  await renewCredential(deps.db, stored, renewed, (next) =>
    seal(
      deps.encryption,
      credentialPlace({ account_id: accountId, environment, service, version: next }),
      plain,
      deps.random(12),
    ),
  )
  deps.invalidation.here({ kind: 'credentials', ...key })
}
