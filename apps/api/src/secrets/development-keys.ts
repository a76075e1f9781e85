import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Secret, secret } from './secret.ts'

export interface Keys {
  readonly secretKey: Secret
  readonly encryptionKey: Secret
}

/**
 * The configured keys; in development, what is missing is generated once and kept in the data folder, where
 * only its owner can read it. Production never gets here without explicit keys.
 */
export async function developmentKeys(
  config: Pick<Config, 'dataDir' | 'secretKey' | 'encryptionKey'>,
  random: (bytes: number) => Buffer,
): Promise<Keys> {
  if (config.secretKey !== null && config.encryptionKey !== null) {
    return { secretKey: config.secretKey, encryptionKey: config.encryptionKey }
  }
  const path = join(config.dataDir, 'keys.json')
  const kept = (await readKept(path)) ?? (await generate(path, random))
  return {
    secretKey: config.secretKey ?? secret(kept.secret_key),
    encryptionKey: config.encryptionKey ?? secret(kept.encryption_key),
  }
}

interface Kept {
  readonly secret_key: string
  readonly encryption_key: string
}

async function generate(path: string, random: (bytes: number) => Buffer): Promise<Kept> {
  const fresh = { secret_key: random(32).toString('hex'), encryption_key: random(32).toString('base64') }
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  try {
    // `wx`: of two processes that start at once, one writes and the other reads what it wrote.
    await writeFile(path, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    return fresh
  } catch (error) {
    const kept = await readKept(path)
    if (kept === undefined) throw error
    return kept
  }
}

async function readKept(path: string): Promise<Kept | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return undefined
  }
  const kept = parseKept(text)
  if (kept === undefined) {
    throw new Error(
      `${path} does not hold the generated keys any more. Restore it: a new file could not open what the old ` +
        'keys encrypted. To begin anew, remove the whole data folder.',
    )
  }
  return kept
}

function parseKept(text: string): Kept | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    if (!('secret_key' in value) || !('encryption_key' in value)) return undefined
    const { secret_key, encryption_key } = value
    if (typeof secret_key !== 'string' || typeof encryption_key !== 'string') return undefined
    return { secret_key, encryption_key }
  } catch {
    return undefined
  }
}
