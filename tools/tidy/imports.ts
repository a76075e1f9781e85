/** Who may import whom. The same table is explained for people in docs/internals/map.md. */
import { posix } from 'node:path'
import { type Finding, lineAt, type Source } from './source.ts'

/** What a part of the repository may import besides itself. `node`: Node's own modules. `npm`: named packages. */
type Permission = { parts: readonly string[]; node: boolean; npm: readonly string[] | 'any' }

const permissions: Readonly<Record<string, Permission>> = {
  'packages/core': { parts: [], node: false, npm: [] },
  'packages/contract': { parts: ['packages/core'], node: true, npm: 'any' },
  'packages/providers': { parts: ['packages/core'], node: true, npm: 'any' },
  'packages/sandbox': { parts: ['packages/core'], node: true, npm: 'any' },
  'packages/sdk': { parts: [], node: false, npm: [] },
  'packages/cli': { parts: ['packages/sdk'], node: true, npm: 'any' },
  'apps/api': {
    parts: ['packages/core', 'packages/contract', 'packages/providers'],
    node: true,
    npm: 'any',
  },
  'apps/dashboard': { parts: ['packages/sdk', 'packages/contract', 'packages/core'], node: true, npm: 'any' },
}

/** Inside the API: the folder on the left never imports the ones on the right. */
const apiLayers: Readonly<Record<string, readonly string[]>> = {
  store: ['engine', 'http', 'routes', 'worker'],
  secrets: ['engine', 'http', 'routes', 'worker'],
  routing: ['engine', 'http', 'routes', 'worker'],
  engine: ['http', 'routes'],
}

const packageNames: Readonly<Record<string, string>> = {
  onerouter: 'packages/sdk',
  '@onerouter/api': 'apps/api',
  '@onerouter/cli': 'packages/cli',
  '@onerouter/contract': 'packages/contract',
  '@onerouter/core': 'packages/core',
  '@onerouter/dashboard': 'apps/dashboard',
  '@onerouter/providers': 'packages/providers',
  '@onerouter/sandbox': 'packages/sandbox',
  '@onerouter/sdk': 'packages/sdk',
}

/** Packages of which the product must stay independent: they are witnesses in tests. */
const testOnly = [
  'stripe',
  'razorpay',
  '@paypal/paypal-server-sdk',
  'standardwebhooks',
  'fast-check',
  'vitest',
  'ajv',
]

const importPattern =
  /(?:^|[\n;])\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[\n;])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

/** Every import that the table above does not allow. */
export function checkImports(source: Source): Finding[] {
  const from = partOf(source.path)
  const findings: Finding[] = []
  if (source.test) return findings
  for (const match of source.text.matchAll(importPattern)) {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    const problem = problemOf(source.path, from, target)
    if (problem === undefined) continue
    const line = lineAt(source.text, match.index + match[0].length - 1)
    findings.push({ path: source.path, line, message: `imports ${target}: ${problem}` })
  }
  return findings
}

function problemOf(path: string, from: string | undefined, target: string): string | undefined {
  const to = partOf(resolveTarget(path, target))
  if (target.startsWith('.') && !/\.(ts|tsx|mjs|json|css)$/.test(target))
    return 'name the file with its ending (.ts)'
  if (to?.startsWith('apps/') && from !== to && !/^(tools|bench)\//.test(path))
    return 'nothing imports an app'
  const permission = from === undefined ? undefined : permissions[from]
  if (permission === undefined || from === undefined) return undefined
  if (to !== undefined) {
    if (to === from) return apiLayerProblem(path, resolveTarget(path, target))
    if (to === 'packages/sandbox' || from === 'packages/sandbox') {
      if (!permission.parts.includes(to))
        return 'sandbox and product read the wire independently of each other'
    }
    if (!target.startsWith('.'))
      return permission.parts.includes(to) ? undefined : `${from} may not import ${to}`
    return `reach ${to} by its package name, not by a path`
  }
  if (target.startsWith('node:')) return permission.node ? undefined : `${from} is pure: no Node modules`
  if (target.startsWith('.')) return `leaves ${from}`
  if (testOnly.includes(packageOf(target))) return 'this package is a witness for tests only'
  if (permission.npm === 'any' || permission.npm.includes(packageOf(target))) return undefined
  return `${from} has no dependencies`
}

function apiLayerProblem(path: string, resolved: string): string | undefined {
  const layer = /^apps\/api\/src\/([^/]+)\//.exec(path)?.[1] ?? ''
  const other = /^apps\/api\/src\/([^/]+)\//.exec(resolved)?.[1] ?? ''
  return apiLayers[layer]?.includes(other) ? `in the API, ${layer} knows nothing of ${other}` : undefined
}

function resolveTarget(path: string, target: string): string {
  if (target.startsWith('.')) return posix.normalize(posix.join(posix.dirname(path), target))
  const name = packageOf(target)
  return Object.hasOwn(packageNames, name) ? `${packageNames[name]}/` : target
}

function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/')
}

function partOf(path: string): string | undefined {
  return Object.keys(permissions).find((part) => path.startsWith(`${part}/`))
}
