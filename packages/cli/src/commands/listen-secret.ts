/** The secret that `listen` signs with: made once per data folder, so that the local server keeps its setting. */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OneRouter } from 'onerouter'
import { CommandError, usageError, type World } from './command.ts'

const SECRET_BYTES = 32
const SHAPE = /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/

/** Standard Webhooks 1.0.0, "Signature scheme": `whsec_` and base64. @throws CommandError */
export async function listenSecret(
  world: Pick<World, 'random'>,
  dataDir: string,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) {
    if (!SHAPE.test(given)) throw usageError('--secret must be whsec_ and base64.')
    // One signature now, so that none fails later.
    await OneRouter.webhooks.signTest({ event: '{}', secret: given })
    return given
  }
  const file = join(dataDir, 'listen.json')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) return parse(kept, file)
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const draft = `${file}.${Buffer.from(world.random(6)).toString('hex')}`
  const secret = `whsec_${Buffer.from(world.random(SECRET_BYTES)).toString('base64')}`
  await writeFile(draft, `${JSON.stringify({ secret })}\n`, { mode: 0o600 })
  // A link fails where the file exists: of two first calls at once, both print the same secret.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft, { force: true })
  return parse(await readFile(file, 'utf8'), file)
}

function parse(text: string, file: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'secret' in value) {
      if (typeof value.secret === 'string' && SHAPE.test(value.secret)) return value.secret
    }
  } catch {
    // The same sentence as for a wrong shape.
  }
  throw new CommandError(`${file} is damaged. Delete it; the next \`onerouter listen\` prints a new secret.`)
}
