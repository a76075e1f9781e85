import { runDatabase } from '../dev/database.ts'
import { keptKeys } from '../dev/keys.ts'
import { type Command, CommandError, EXIT } from './command.ts'
import { localSettings } from './connection.ts'

/** `onerouter migrate`: the database brought to what this version needs, before its processes start. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'brings the database up to date; `npm start` does it by itself',
  args: [],
  options: {},
  details: [
    'The database is DATABASE_URL, or else the embedded one of this clone, which must not be in use then. Several at once do no harm: one works, the others wait.',
  ],
  examples: ['migrate'],
  async run({ world, show }) {
    const settings = localSettings(world)
    const embedded =
      settings.databaseUrl === undefined
        ? await runDatabase(`${settings.dataDir}/postgres`, world.note, world.note)
        : undefined
    try {
      const ownKeys = settings.production || (world.env.SECRET_KEY && world.env.ENCRYPTION_KEY)
      const keys = ownKeys ? undefined : await keptKeys(settings.dataDir)
      const { code, output } = await world.run('apps/api/src/main.ts', ['migrate'], {
        ...world.env,
        DATABASE_URL: settings.databaseUrl ?? embedded?.url,
        ONEROUTER_DATA_DIR: settings.dataDir,
        SECRET_KEY: world.env.SECRET_KEY || keys?.secretKey,
        ENCRYPTION_KEY: world.env.ENCRYPTION_KEY || keys?.encryptionKey,
      })
      const text = output.trim()
      if (code !== 0) throw new CommandError(text === '' ? `It ended with code ${code}.` : text)
      const applied = /^Applied: (.+)$/m.exec(text)?.[1]?.split(', ') ?? []
      show({ applied }, text)
      return EXIT.ok
    } finally {
      await embedded?.stop()
    }
  },
}
