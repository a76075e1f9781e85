/**
 * Files that are made from code: `npm run gen` writes them, `--check` says which are stale. To add one, add a row.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderCapabilities } from './capabilities.ts'
import { namedTests, renderHazards } from './hazards.ts'
import { renderThirdParties } from './licences.ts'

/** A generated file: its path from the root, and its exact text. */
type Generated = { output: string; source: string; produce: () => Promise<string> }

const root = fileURLToPath(new URL('..', import.meta.url))

const files: readonly Generated[] = [
  {
    output: '.env.example',
    source: 'apps/api/src/config-variables.ts',
    produce: async () => (await import('../apps/api/src/config-variables.ts')).renderEnvExample(),
  },
  {
    output: 'packages/contract/openapi.json',
    source: 'packages/contract/src/openapi.ts',
    produce: async () => (await import('../packages/contract/src/openapi.ts')).renderOpenApi(),
  },
  {
    output: 'sdks/python/src/onerouter/_generated/models.py',
    source: 'packages/contract and packages/sdk/src/testing/calls.ts, by tools/python-sdk',
    produce: async () => (await pythonSdk()).models,
  },
  {
    output: 'sdks/python/src/onerouter/_generated/resources.py',
    source: 'packages/contract and packages/sdk/src/testing/calls.ts, by tools/python-sdk',
    produce: async () => (await pythonSdk()).resources,
  },
  {
    output: 'sdks/python/src/onerouter/_generated/async_resources.py',
    source: 'packages/contract and packages/sdk/src/testing/calls.ts, by tools/python-sdk',
    produce: async () => (await pythonSdk()).asyncResources,
  },
  {
    output: 'sdks/python/src/onerouter/_generated/error_codes.py',
    source: 'packages/sdk/src/errors.ts',
    produce: async () => (await import('./python-sdk/errors.ts')).renderErrorCodes(),
  },
  {
    output: 'docs/reference/capabilities.md',
    source: 'packages/providers/src/conformance-results.json',
    produce: async () => {
      const results = JSON.parse(await readFile(join(root, RESULTS), 'utf8'))
      const suites = (await testFiles()).filter((path) => /\/conformance(?:\/|\.test\.ts$)/.test(path))
      return renderCapabilities(
        results,
        await Promise.all(suites.map((path) => readFile(join(root, path), 'utf8'))),
      )
    },
  },
  {
    output: 'docs/reference/cli.md',
    source: 'packages/cli/src/commands',
    produce: async () => {
      const [{ renderCommands }, { COMMANDS }] = await Promise.all([
        import('../packages/cli/src/commands/help.ts'),
        import('../packages/cli/src/commands/table.ts'),
      ])
      return renderCommands(COMMANDS)
    },
  },
  {
    output: 'docs/reference/third-party.md',
    source: 'package-lock.json',
    produce: async () => renderThirdParties(await readFile(join(root, 'package-lock.json'), 'utf8')),
  },
  {
    output: 'docs/concepts/hazards.md',
    source: 'tools/hazards.ts and the names of the tests',
    produce: async () => renderHazards((await Promise.all((await testFiles()).map(readNames))).flat()),
  },
]

const pythonSdk = async () => (await import('./python-sdk/resources.ts')).renderPythonSdk()

/** What the suites of the adapters last proved; `--conformance` runs them first. */
const RESULTS = 'packages/providers/src/conformance-results.json'
const CONFORMANCE_WITHIN_MS = 300_000

function runConformance(): void {
  const today = new Date().toISOString().slice(0, 10)
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--no-file-parallelism']
  const { status } = spawnSync(process.execPath, [...vitest, '/conformance.test.ts'], {
    cwd: root,
    stdio: 'inherit',
    timeout: CONFORMANCE_WITHIN_MS,
    env: { ...process.env, ONEROUTER_WRITE_CONFORMANCE: today },
  })
  if (status !== 0) throw new Error('the conformance suites do not pass: nothing is published of them')
}

/** The suite that every adapter runs is no test file of its own, but its tests have names like any. */
const TESTS = ['{apps,packages,test}/**/*.test.ts', 'packages/providers/src/conformance/*.ts']

async function testFiles(): Promise<string[]> {
  const exclude = (path: string) => /(?:^|\/)(?:node_modules|\.next)(?:\/|$)/.test(path)
  const found: string[] = []
  for await (const path of glob(TESTS, { cwd: root, exclude })) found.push(path.replaceAll('\\', '/'))
  return found.sort()
}

const readNames = async (path: string) => namedTests(path, await readFile(join(root, path), 'utf8'))

/** Pages whose number grows with the product: every error, every group of routes. */
async function referenceFiles(): Promise<readonly Generated[]> {
  const { referencePages } = await import('./reference/pages.ts')
  return referencePages().map(({ path, text }) => ({
    output: path,
    source: 'the tables of routes, errors, events and settings, by tools/reference',
    produce: async () => text,
  }))
}

/** Pages of what no longer exists. */
async function leftOver(outputs: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for await (const path of glob('docs/reference/{api,errors}/*.md', { cwd: root })) {
    if (!outputs.includes(path.replaceAll('\\', '/'))) found.push(path)
  }
  return found
}

/** Writes what differs; with `check` only names it. Answers with the paths that differed. */
export async function generate(check: boolean): Promise<string[]> {
  const all = [...files, ...(await referenceFiles())]
  const stale = await leftOver(all.map(({ output }) => output))
  if (!check) for (const path of stale) await rm(join(root, path))
  for (const file of all) {
    const path = join(root, file.output)
    const text = await file.produce()
    const present = existsSync(path) ? await readFile(path, 'utf8') : undefined
    if (present === text) continue
    stale.push(file.output)
    if (check) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  return stale
}

/** The paths of all generated files: exempt from size rules. */
export const generatedFiles: readonly string[] = files.map((file) => file.output)

if (import.meta.main) {
  const check = process.argv.includes('--check')
  if (process.argv.includes('--conformance')) runConformance()
  const stale = await generate(check)
  for (const path of stale) console.log(check ? `stale: ${path} (run: npm run gen)` : `wrote ${path}`)
  if (stale.length === 0) console.log(`${files.length} generated file(s) fresh`)
  process.exitCode = check && stale.length > 0 ? 1 : 0
}
