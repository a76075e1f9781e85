#!/usr/bin/env node
/**
 * The front door of every `npm run` command: works on Node 20 or newer in a bare clone, installs what is missing,
 * then hands over to the pinned Node. Plain JavaScript, because it runs before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decide, npmRuns, pinnedRuntime, stampOf } from './install-plan.mjs'
import { filesWithin } from './test-files.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const windows = process.platform === 'win32'
const modules = join(root, 'node_modules')
const runtime = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node')
const stampFile = join(modules, '.onerouter-installed')
const vitest = 'node_modules/vitest/vitest.mjs'

/** `tests`: the folder whose files the words behind the command name. */
/** @type {Readonly<Record<string, { args: string[], tests?: string, env?: Record<string, string> }>>} */
const commands = {
  start: { args: ['packages/cli/src/main.ts', 'dev'] },
  onerouter: { args: ['packages/cli/src/main.ts'] },
  test: { args: [vitest, 'run'], env: { NODE_ENV: 'test' } },
  e2e: {
    args: [vitest, 'run', '--passWithNoTests'],
    tests: 'test/e2e',
    env: { NODE_ENV: 'test', EVERY_PAGE: '1' },
  },
  check: { args: ['tools/check.ts'] },
  gen: { args: ['tools/gen.ts'] },
  'new-provider': { args: ['tools/new-provider.ts'] },
  bench: { args: ['bench/main.ts'] },
  profile: { args: ['bench/main.ts', 'profile'] },
  sim: { args: ['test/sim/main.ts'] },
  chaos: { args: ['test/chaos/main.ts'] },
  'restart-proof': { args: ['test/chaos/restart-main.ts'] },
}

/** @param {string} line */
const say = (line) => console.error(`onerouter: ${line}`)

/** @param {string} file */
const readOptional = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

function runtimeVersion() {
  if (!existsSync(runtime)) return undefined
  const asked = spawnSync(runtime, ['--version'], { encoding: 'utf8', timeout: 20_000 })
  return asked.status === 0 ? asked.stdout.trim().replace(/^v/, '') : undefined
}

/** Brings node_modules in line with the lock file; returns at once when it already is. */
async function install() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const installed = readOptional(join(modules, '.package-lock.json'))
  const stamp = readOptional(stampFile)?.trim()
  const step = decide({ lock, stamp, installed, runtimeVersion: runtimeVersion() })
  if (step === 'nothing') return
  if (step !== 'stamp') await runNpm(npmRuns(step), lock)
  writeFileSync(stampFile, `${stampOf(lock)}\n`)
}

/**
 * @param {string[][]} runs
 * @param {string} lock
 */
async function runNpm(runs, lock) {
  say('Installing packages (only when they changed; under a minute on most connections).')
  const began = Date.now()
  const alive = setInterval(() => say(`… still installing, ${seconds(began)}`), 5_000)
  try {
    for (const args of runs) {
      const code = await npm(args)
      if (code === 0 && (await ensureRuntime(lock))) {
        say(`Installed in ${seconds(began)}.`)
        return
      }
      say(`npm ${args[0]} did not finish (exit code ${code}).`)
    }
  } finally {
    clearInterval(alive)
  }
  throw new Error(
    'The packages could not be installed; npm says why above. Run the same command again to retry.',
  )
}

/** @param {number} began */
const seconds = (began) => `${Math.round((Date.now() - began) / 1000)} s`

/**
 * Runs the npm that runs us, if one does: its version matches the machine's set-up.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function npm(args) {
  const own = process.env.npm_execpath
  const viaNode = own !== undefined && /npm-cli\.c?js$/.test(own)
  const [file, all] = viaNode ? [process.execPath, [own, ...args]] : ['npm', args]
  return new Promise((resolve) => {
    const child = spawn(file, all, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: windows && !viaNode,
    })
    child.on('error', (error) => {
      say(`npm cannot be run: ${error.message}`)
      resolve(1)
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/**
 * The pinned Node arrives by an install script of the npm package `node`. Where npm was told not to run scripts,
 * that one step is run here, in sight.
 * @param {string} lock
 */
async function ensureRuntime(lock) {
  const wanted = pinnedRuntime(lock)
  if (runtimeVersion() === wanted) return true
  say(`npm did not run install scripts; fetching Node ${wanted} now (script of the npm package "node").`)
  const cwd = join(modules, 'node')
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return runtimeVersion() === wanted
}

/**
 * Runs the command under the pinned Node and takes over its exit code.
 * @param {string} name
 * @param {string[]} rest
 */
function handOver(name, rest) {
  const command = commands[name]
  const script = command?.args[0]
  if (command === undefined || script === undefined || !existsSync(join(root, script))) {
    const known = Object.entries(commands).filter(([, { args }]) => existsSync(join(root, args[0] ?? '')))
    say(`Unknown command "${name}". There are: ${known.map(([known]) => known).join(', ')}.`)
    process.exitCode = 2
    return
  }
  const told = command.tests === undefined ? rest : filesWithin(command.tests, rest)
  const child = spawn(runtime, [...command.args, ...told], {
    cwd: root,
    // The fourth is a lifeline: when this process is killed, the child sees it close and stops by itself.
    stdio: name === 'start' ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: {
      // Compiled once, kept: TypeScript run from source then starts twice as fast.
      NODE_COMPILE_CACHE: join(modules, '.cache', 'node-compile'),
      ...process.env,
      ...command.env,
      PATH: [join(modules, '.bin'), process.env.PATH].join(delimiter),
    },
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  const watch = watchParent(() => child.kill('SIGTERM'))
  child.on('error', (error) => {
    say(`The pinned Node cannot be run (${error.message}). Delete node_modules and try again.`)
    process.exitCode = 1
  })
  child.on('close', (code, signal) => {
    clearInterval(watch)
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
  })
}

/**
 * A killed npm cannot pass anything on; its end shows in who our parent is, and the parent of npm's script shell.
 * @param {() => void} gone
 */
function watchParent(gone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const family = ancestors()
  return setInterval(() => {
    if (ancestors() !== family) gone()
  }, 1_000)
}

function ancestors() {
  const parent = process.ppid
  // Elsewhere than on Linux only the direct parent is watched.
  const stat = readOptional(`/proc/${parent}/stat`) ?? ''
  const [, command = '', grandparent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? []
  return /^(sh|dash|bash|ash)$/.test(command) ? `${parent} ${grandparent}` : `${parent}`
}

const [name = 'start', ...rest] = process.argv.slice(2)
try {
  await install()
  handOver(name, rest)
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
