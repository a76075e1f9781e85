/**
 * Builds the command as it is published, in `packages/cli/dist`: our own code and the SDK as plain JavaScript for Node 20;
 * the one library that `onerouter mcp` needs stays a dependency.
 *
 *   npm run build -w @onerouter/cli && npm publish packages/cli/dist
 */
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLI = join(ROOT, 'packages/cli')
const LIBRARY = '@modelcontextprotocol/server'

/** Builds into `target`, which is emptied first. */
export async function buildCli(target: string): Promise<void> {
  await rm(target, { recursive: true, force: true })
  const bundle = await rolldown({
    input: { onerouter: join(CLI, 'src/published.ts') },
    platform: 'node',
    external: (id) => id === LIBRARY || id.startsWith(`${LIBRARY}/`),
    transform: { target: 'node20' },
    logLevel: 'silent',
  })
  await bundle.write({
    dir: target,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  })
  await bundle.close()
  await writeFile(join(target, 'package.json'), `${JSON.stringify(await manifest(), null, 2)}\n`)
  await copyFile(join(ROOT, 'LICENSE'), join(target, 'LICENSE'))
  await copyFile(join(CLI, 'README.md'), join(target, 'README.md'))
}

/** The source's manifest, open to the world and pointing at what was built. */
async function manifest(): Promise<object> {
  const { name, version, license, description, dependencies } = JSON.parse(
    await readFile(join(CLI, 'package.json'), 'utf8'),
  )
  return {
    name,
    version,
    license,
    description,
    type: 'module',
    bin: { onerouter: './onerouter.mjs' },
    engines: { node: '>=20' },
    dependencies: { [LIBRARY]: dependencies[LIBRARY] },
  }
}

if (import.meta.main) {
  const target = join(CLI, 'dist')
  await buildCli(target)
  console.log(`built ${target}`)
}
