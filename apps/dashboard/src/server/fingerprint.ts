import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** What the built pages depend on, besides the packages that the lock file names. */
const INPUTS = [
  'src',
  // Of the server's own files, what pages are built with.
  'src/server/security.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'package.json',
  '../../packages/sdk/src',
  '../../package-lock.json',
]
/** Read by the server at run time and by tests, never by a page. */
const APART = /(?:^|\/)(?:server|main\.ts|[^/]+\.test\.tsx?)(?:\/|$)/

/** A short name for exactly these sources: a build of the same name can be served as it is. */
export async function fingerprint(root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const input of INPUTS) {
    for (const file of await filesOf(root, input)) {
      hash.update(`${file}\0`)
      hash.update(await readFile(join(root, file)))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesOf(root: string, path: string): Promise<string[]> {
  if (/\.[a-z]+$/.test(path)) return [path]
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(root, path), join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !APART.test(file))
    .map((file) => `${path}/${file}`)
    .sort()
}
