/**
 * Decides what has to be installed before anything can run. Pure: plain JavaScript without dependencies,
 * because it runs before there are any, on whichever Node the machine has.
 */
import { createHash } from 'node:crypto'

/**
 * @typedef {{ lock: string, stamp: string | undefined, installed: string | undefined, runtimeVersion: string | undefined }} Tree
 *   `lock`: text of package-lock.json; `stamp`: what the last complete install wrote; `installed`: text of
 *   node_modules/.package-lock.json, npm's own record; `runtimeVersion`: of the pinned Node, if it is there.
 * @typedef {'nothing' | 'stamp' | 'install' | 'clean'} Step
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, peer?: boolean, extraneous?: boolean }} LockEntry
 */

/**
 * What identifies an install: the lock file, byte for byte.
 * @param {string} lock
 */
export function stampOf(lock) {
  return createHash('sha256').update(lock).digest('hex')
}

/**
 * `nothing`: all is there. `stamp`: all is there, installed by hand; remember it. `install`: a complete tree that
 * differs from the lock. `clean`: no tree, or one whose install was cut short.
 * @param {Tree} tree
 * @returns {Step}
 */
export function decide(tree) {
  if (tree.installed === undefined) return 'clean'
  if (tree.runtimeVersion !== pinnedRuntime(tree.lock)) return 'clean'
  if (tree.stamp === stampOf(tree.lock)) return 'nothing'
  return covers(tree.installed, tree.lock) ? 'stamp' : 'install'
}

/**
 * The arguments of the npm runs to try, in order, until one succeeds. `npm install --no-save` is the way out
 * where `npm ci` refuses the lock file: some npm versions are stricter than others.
 * @param {'install' | 'clean'} step
 * @returns {string[][]}
 */
export function npmRuns(step) {
  // Explicit: NODE_ENV=production would otherwise leave out what tests and checks need.
  const common = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const ci = ['ci', ...common]
  const install = ['install', '--no-save', ...common]
  return step === 'install' ? [install, ci] : [ci, install]
}

/**
 * The Node version that the lock file pins.
 * @param {string} lock
 * @returns {string | undefined}
 */
export function pinnedRuntime(lock) {
  return parseLock(lock)?.packages['node_modules/node']?.version
}

/**
 * Whether npm's record of the installed tree has every package of the lock file in its version. Optional
 * packages may be missing: most are for other machines.
 * @param {string} installed
 * @param {string} lock
 */
function covers(installed, lock) {
  const have = parseLock(installed)
  const want = parseLock(lock)
  if (have === undefined || want === undefined) return false
  return Object.entries(want.packages).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true
    const found = have.packages[path]
    if (found === undefined) return entry.optional === true
    return found.version === entry.version && found.link === entry.link
  })
}

/**
 * @param {string} text
 * @returns {Lock | undefined}
 */
function parseLock(text) {
  try {
    const value = JSON.parse(text)
    return typeof value?.packages === 'object' && value.packages !== null ? value : undefined
  } catch {
    return undefined
  }
}
