/** The version before the newest migration, from the repository's history, ready to be run beside the present one. */
import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const OURS = ['core', 'contract', 'providers'] as const

/** The commit; `undefined` where the history is not here (a shallow clone, an archive). */
export async function previousVersion(): Promise<string | undefined> {
  const git = (...args: readonly string[]) => run('git', [...args], { cwd: ROOT })
  try {
    const newest = await git('log', '-1', '--format=%H', '--diff-filter=A', '--', 'apps/api/migrations')
    const before = await git('rev-parse', '--verify', `${newest.stdout.trim()}~1`)
    return before.stdout.trim()
  } catch {
    return undefined
  }
}

/** Lays it out in `folder`: its own code on the packages that are installed here. Answers with its program. */
export async function layOut(commit: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const archive = join(folder, 'source.tar')
  const paths = ['package.json', 'apps/api', ...OURS.map((name) => `packages/${name}`)]
  await run('git', ['archive', `--output=${archive}`, commit, ...paths], { cwd: ROOT })
  await run('tar', ['-xf', archive, '-C', folder])
  await rm(archive)
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@onerouter'), { recursive: true })
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name === '@onerouter' || name.startsWith('.')) continue
    await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
  for (const name of OURS) {
    await symlink(join(folder, 'packages', name), join(modules, '@onerouter', name))
  }
  return join(folder, 'apps/api/src/main.ts')
}
