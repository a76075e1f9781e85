/** The lock file works everywhere: no registry in it, and every platform's packages named. */
import type { Finding } from './source.ts'

const path = 'package-lock.json'

/**
 * npm writes a lock file without the optional packages it could not see; `npm ci` then refuses it on newer npm
 * versions and leaves users of other machines without their binaries.
 */
export function checkLock(text: string): Finding[] {
  // Our own lock file in npm's documented format; a wrong shape fails loudly here.
  const lock = JSON.parse(text) as {
    packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>
  }
  const names = new Set(Object.keys(lock.packages).map((at) => at.split('node_modules/').at(-1)))
  return Object.entries(lock.packages).flatMap(([at, entry]) => {
    const missing = Object.keys(entry.optionalDependencies ?? {}).filter((name) => !names.has(name))
    const findings = missing.map((name) => `${at} may use ${name}, which the lock file does not name`)
    if (/^https?:/.test(entry.resolved ?? '')) findings.push(`${at} names a registry (see .npmrc)`)
    return findings.map((message) => ({ path, line: 1, message }))
  })
}
