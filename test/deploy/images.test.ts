/** What the images are made of: no container engine is needed to see that nothing is missing from them. */
import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { generatedFiles } from '../../tools/gen.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Every workspace by its package's name. */
async function workspaces(): Promise<
  ReadonlyMap<string, { readonly path: string; readonly manifest: Manifest }>
> {
  const found = new Map<string, { path: string; manifest: Manifest }>()
  for await (const file of glob('{apps,packages}/*/package.json', { cwd: ROOT })) {
    const manifest = JSON.parse(await readFile(`${ROOT}${file}`, 'utf8')) as Manifest // npm would refuse another shape
    found.set(manifest.name, { path: file.replace('/package.json', ''), manifest })
  }
  return found
}

async function closureOf(name: string): Promise<readonly string[]> {
  const all = await workspaces()
  const pending = [name]
  const paths = new Set<string>()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const workspace = all.get(next)
    if (workspace === undefined || paths.has(workspace.path)) continue
    paths.add(workspace.path)
    pending.push(...Object.keys(workspace.manifest.dependencies ?? {}))
  }
  return [...paths].sort()
}

async function copied(dockerfile: string): Promise<readonly string[]> {
  const text = await readFile(`${ROOT}deploy/docker/${dockerfile}`, 'utf8')
  const lines = [...text.matchAll(/^COPY (?!--from)(.+)$/gm)].map((match) =>
    (match[1] ?? '').trim().split(/\s+/),
  )
  return lines.flatMap((words) => words.slice(0, -1))
}

test.each([
  ['api.Dockerfile', '@onerouter/api'],
  ['dashboard.Dockerfile', '@onerouter/dashboard'],
])('%s copies every package that %s stands on, and nothing that is not there', async (dockerfile, name) => {
  const sources = await copied(dockerfile)
  expect(sources.filter((source) => !existsSync(`${ROOT}${source}`))).toEqual([])
  const folders = sources.filter((source) => /^(apps|packages)\/[^/]+$/.test(source))
  expect(folders.sort()).toEqual(await closureOf(name))
  const manifests = sources.filter((source) => source.endsWith('/package.json'))
  expect(manifests.map((source) => source.replace('/package.json', '')).sort()).toEqual(folders)
})

test('deployments name no variable that the configuration does not know', async () => {
  const known = await readFile(`${ROOT}.env.example`, 'utf8')
  expect(generatedFiles).toContain('.env.example')
  // Of the platforms themselves, or of the databases beside us.
  const foreign =
    /^(NODE_ENV|NEXT_TELEMETRY_DISABLED|POSTGRES_\w+|ONEROUTER_VERSION|RENDER_EXTERNAL_URL|DOCKER_\w+)$/
  const files = [
    'deploy/compose.yaml',
    'render.yaml',
    'deploy/helm/onerouter/templates/_names.tpl',
    'deploy/compose.env.example',
  ]
  for (const file of files) {
    const text = await readFile(`${ROOT}${file}`, 'utf8')
    const names = [...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name)
    const unknown = names.filter((name) => !foreign.test(name) && !known.includes(`${name}=`))
    expect(
      unknown.filter((name) => !/^(NET|CMD|ALL)/.test(name)),
      file,
    ).toEqual([])
  }
})
