/** Finds Python interpreters for the tests of the Python SDK, and makes environments that have it installed. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const PYTHON_SDK = join(ROOT, 'sdks/python')
const LOWEST_MINOR = 8
const NEWEST_MINOR = 20
const INSTALL_WITHIN_MS = 240_000
const LOOK_AGAIN_MS = 500

export interface Python {
  readonly path: string
  /** `3.8.18` */
  readonly version: string
}

/** The lowest and the newest interpreter of the machine that the SDK supports; one, if there is only one. */
export async function findPythons(): Promise<readonly Python[]> {
  const minors = Array.from({ length: NEWEST_MINOR - LOWEST_MINOR + 1 }, (_, i) => LOWEST_MINOR + i)
  const names = ['python3', ...minors.map((minor) => `python3.${minor}`)]
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...(await pyenvFolders())]
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  const found = await Promise.all(paths.filter((path) => existsSync(path)).map(inspect))
  const usable = found.filter((one) => one !== null).sort((a, b) => minorOf(a) - minorOf(b))
  const [lowest, newest] = [usable[0], usable.at(-1)]
  if (lowest === undefined || newest === undefined) return []
  return minorOf(lowest) === minorOf(newest) ? [lowest] : [lowest, newest]
}

async function pyenvFolders(): Promise<readonly string[]> {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  if (!existsSync(versions)) return []
  return (await readdir(versions)).map((version) => join(versions, version, 'bin'))
}

const minorOf = ({ version }: Python): number => Number(version.split('.')[1])

async function inspect(path: string): Promise<Python | null> {
  try {
    // `ensurepip` is what a distribution leaves out when it splits `venv` off.
    const asked = await run(path, ['-c', 'import sys, venv, ensurepip; print(sys.version.split()[0])'], {
      timeout: 20_000,
    })
    const version = asked.stdout.trim()
    const minor = Number(version.split('.')[1])
    return version.startsWith('3.') && minor >= LOWEST_MINOR ? { path, version } : null
  } catch {
    return null // a shim without its version, or no venv: not usable here
  }
}

/**
 * An environment with the SDK and what its tests need; made once per interpreter and list of packages. Test files may ask at
 * once: one makes it, the others wait.
 */
export async function pythonEnvironment(python: Python): Promise<string> {
  const wanted = await readFile(join(PYTHON_SDK, 'pyproject.toml'), 'utf8')
  const key = createHash('sha256').update(`${PYTHON_SDK}\n${wanted}`).digest('hex').slice(0, 12)
  const home = join(ROOT, '.onerouter', 'python', `${python.version}-${key}`)
  const marker = join(home, 'ready')
  const lock = `${home}.lock`
  await mkdir(join(home, '..'), { recursive: true })
  const endMs = Date.now() + INSTALL_WITHIN_MS
  while (!existsSync(marker)) {
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (mine) await make(python, home, marker).finally(() => rmdir(lock))
    // A lock this old was left by a run that was killed.
    else if (Date.now() > endMs) await rmdir(lock).catch(() => {})
    else await sleep(LOOK_AGAIN_MS)
  }
  return programOf(home)
}

const programOf = (home: string) => join(home, 'bin', 'python')

async function make(python: Python, home: string, marker: string): Promise<void> {
  await rm(home, { recursive: true, force: true })
  await run(python.path, ['-m', 'venv', home], { timeout: INSTALL_WITHIN_MS })
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  // Compiling every file of every package takes longer than running the few that are used.
  const options = ['--no-compile', '-e', `${PYTHON_SDK}[test]`]
  await run(programOf(home), [...pip, ...options], { timeout: INSTALL_WITHIN_MS })
  await mkdir(marker)
}
