import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { verifyAudit } from './audit/store.ts'
import { type Ready, startCluster } from './cluster.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { restOfEnvironment } from './environment.ts'
import { rotateKeys } from './secrets/rotate.ts'
import { serve } from './serve.ts'
import { resetByAddress } from './sessions/second-factor-store.ts'
import { start } from './start.ts'
import { openDb } from './store/db.ts'
import { verifyLedgers } from './store/ledger.ts'
import { migrate } from './store/migrate.ts'

/** A stop that takes longer is finished by force: whoever asked for it is waiting. */
const STOP_WITHIN_MS = 25_000

const COMMANDS: Readonly<Record<string, (config: Config) => Promise<void>>> = {
  serve: (config) => (config.workers > 1 && cluster.isPrimary ? runCluster(config) : runServer(config)),
  migrate: async (config) => {
    const { applied } = await migrate(config.databaseUrl.reveal())
    console.log(applied.length === 0 ? 'Nothing to migrate.' : `Applied: ${applied.join(', ')}`)
  },
  'verify-ledger': checkLedgers,
  'verify-audit': checkAudit,
  'rotate-keys': async (config) => {
    const started = await start(config)
    const { rotated } = await rotateKeys(started.deps.db, started.deps.encryption, () => randomBytes(12))
    console.log(`${rotated} encrypted value(s) now use the first key of ENCRYPTION_KEY.`)
    await started.close()
  },
  'reset-second-factor': resetOne,
}

/** For an owner who lost app and recovery codes, and whom nobody else in the account can help. */
async function resetOne(config: Config): Promise<void> {
  const email = process.argv[3] ?? ''
  const db = await openDb({ url: config.databaseUrl.reveal(), poolSize: 1, onIdleError: () => {} })
  const reset = await resetByAddress(db, email.toLowerCase())
  console.log(reset ? `${email} signs in with the password alone.` : `${email} has no second factor here.`)
  if (!reset) process.exitCode = 1
  await db.close()
}

/** @throws nothing: what is wrong is printed, and the exit code says so. */
async function checkLedgers(config: Config): Promise<void> {
  const db = await openDb({ url: config.databaseUrl.reveal(), poolSize: 1, onIdleError: () => {} })
  const { payments, problems } = await verifyLedgers({
    query: (one) => db.engine.query({ ...one, values: [...one.values] }),
  })
  for (const problem of problems) console.error(problem)
  console.log(`${payments} payment(s) looked at, ${problems.length} problem(s) found.`)
  if (problems.length > 0) process.exitCode = 1
  await db.close()
}

/** @throws nothing: what is wrong is printed, and the exit code says so. */
async function checkAudit(config: Config): Promise<void> {
  const db = await openDb({ url: config.databaseUrl.reveal(), poolSize: 1, onIdleError: () => {} })
  const { entries, problems } = await verifyAudit({
    query: (one) => db.engine.query({ ...one, values: [...one.values] }),
  })
  for (const problem of problems) console.error(problem)
  console.log(`${entries} audit entries looked at, ${problems.length} problem(s) found.`)
  if (problems.length > 0) process.exitCode = 1
  await db.close()
}

async function runServer(config: Config): Promise<void> {
  const serving = await serve(config)
  stopOnRequest(() => serving.stop())
  tell({
    type: 'ready',
    port: serving.port,
    url: serving.url,
    apiKey: serving.demo?.apiKey ?? null,
    dashboard: serving.demo?.signIn ?? null,
  })
}

async function runCluster(config: Config): Promise<void> {
  const running = startCluster(config, () => process.exit(1))
  stopOnRequest(() => running.stop())
  tell(await running.ready)
}

function stopOnRequest(stop: () => Promise<void>): void {
  const begin = (): void => {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    stop().then(() => process.exit(0), fail)
  }
  process.once('SIGTERM', begin)
  process.once('SIGINT', begin)
  // Started by another process: without it nobody would ever stop this one.
  if (process.send !== undefined) process.once('disconnect', begin)
}

function tell(ready: Ready): void {
  process.send?.(ready)
}

function fail(error: unknown): void {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
}

const name = process.argv[2] ?? 'serve'
const command = COMMANDS[name]
if (command === undefined) {
  console.error(`Unknown command ${name}. There are: ${Object.keys(COMMANDS).join(', ')}.`)
  process.exitCode = 2
} else {
  restOfEnvironment()
    .then(() => command(loadConfig()))
    .catch(fail)
}
