/** The keys of a development installation: made once, kept for the owner's eyes only. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The two keys the API needs. `encryptionKey` is 32 bytes in base64. */
export type DevKeys = { secretKey: string; encryptionKey: string }

/**
 * Reads `keys.json` of the data folder, or creates it. A damaged file is an error, never replaced: with new keys
 * every stored credential would be lost.
 */
export async function keptKeys(dataDir: string): Promise<DevKeys> {
  const file = join(dataDir, 'keys.json')
  const kept = await readOptional(file)
  if (kept !== undefined) return parseKeys(kept, file)
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const fresh: DevKeys = {
    secretKey: randomBytes(32).toString('hex'),
    encryptionKey: randomBytes(32).toString('base64'),
  }
  const unfinished = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(unfinished, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flush: true })
  // A link fails where the file exists: of two first starts at once, both end up with the same keys.
  await link(unfinished, file).catch(ignoreExisting)
  await rm(unfinished, { force: true })
  return parseKeys(await readFile(file, 'utf8'), file)
}

function parseKeys(text: string, file: string): DevKeys {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'secretKey' in value && 'encryptionKey' in value) {
      const { secretKey, encryptionKey } = value
      if (typeof secretKey === 'string' && typeof encryptionKey === 'string')
        return { secretKey, encryptionKey }
    }
  } catch {
    // Falls through to the same sentence as a wrong shape.
  }
  throw new Error(
    `${file} is damaged. Restore it from a backup, or set SECRET_KEY and ENCRYPTION_KEY; ` +
      'without the old ENCRYPTION_KEY stored credentials cannot be read.',
  )
}

async function readOptional(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
