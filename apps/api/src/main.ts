import { randomBytes } from 'node:crypto'
import { ConfigError, loadConfig } from './config.ts'
import { rotateKeys } from './secrets/rotate.ts'
import { serve } from './serve.ts'
import { start } from './start.ts'
import { migrate } from './store/migrate.ts'

/** A stop that takes longer is finished by force: whoever asked for it is waiting. */
const STOP_WITHIN_MS = 25_000

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  serve: runServer,
  migrate: async () => {
    const { applied } = await migrate(loadConfig().databaseUrl.reveal())
    console.log(applied.length === 0 ? 'Nothing to migrate.' : `Applied: ${applied.join(', ')}`)
  },
  'rotate-keys': async () => {
    const started = await start(loadConfig())
    const { rotated } = await rotateKeys(started.deps.db, started.deps.encryption, () => randomBytes(12))
    console.log(`${rotated} credential version(s) now use the first key of ENCRYPTION_KEY.`)
    await started.close()
  },
}

async function runServer(): Promise<void> {
  const serving = await serve(loadConfig())
  const stop = (): void => {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    serving.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Started by another process: without it nobody would ever stop this one.
  if (process.send !== undefined) process.once('disconnect', stop)
  process.send?.({
    type: 'ready',
    port: serving.port,
    url: serving.url,
    apiKey: serving.demo?.apiKey ?? null,
  })
}

const name = process.argv[2] ?? 'serve'
const command = COMMANDS[name]
if (command === undefined) {
  console.error(`Unknown command ${name}. There are: ${Object.keys(COMMANDS).join(', ')}.`)
  process.exitCode = 2
} else {
  command().catch((error: unknown) => {
    console.error(error instanceof ConfigError ? error.message : error)
    process.exit(1)
  })
}
