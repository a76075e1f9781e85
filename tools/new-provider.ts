/**
 * `npm run new-provider -- acme`: a folder that takes no payment yet, compiles once its name is known, and runs against
 * the conformance suite, which says what to write next.
 */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isProviderName, providerFiles } from './new-provider/files.ts'
import { sharedFiles } from './new-provider/siblings.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = join(root, 'packages/providers/src')

async function main(): Promise<number> {
  const name = process.argv[2] ?? ''
  if (!isProviderName(name)) {
    console.error('Usage: npm run new-provider -- NAME   (lower-case letters and digits, such as "acme")')
    return 2
  }
  const folder = join(home, name)
  if (existsSync(folder)) {
    console.error(`packages/providers/src/${name} exists already; nothing was changed.`)
    return 1
  }
  const files = providerFiles(name)
  await mkdir(folder)
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  console.log(nextSteps(name, missing(Object.keys(files))))
  return 0
}

/** What every finished adapter has and a new one has not. */
function missing(present: readonly string[]): string[] {
  const siblings = readdirSync(home, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && existsSync(join(home, entry.name, 'payments.ts')),
  )
  const listings = siblings.map((entry) => readdirSync(join(home, entry.name)))
  return sharedFiles(listings).filter((file) => !present.includes(file))
}

function nextSteps(name: string, files: readonly string[]): string {
  const at = `packages/providers/src/${name}`
  return [
    `Wrote ${at}. Next:`,
    `  1. packages/core/src/environment.ts: add '${name}' to SERVICES. The compiler then names every table that`,
    '     needs a row for it (npm run check).',
    '  2. packages/providers/src/registry.ts: add it to the list.',
    `  3. packages/sandbox/src/${name}: the provider's side of the wire, from its documentation alone.`,
    `  4. ${at}: ${files.join(', ')}, as its siblings have them; then add the verbs to index.ts.`,
    `  5. npm test -- ${at}   runs the conformance suite until nothing is missing.`,
  ].join('\n')
}

process.exitCode = await main()
