/** The images' Dockerfiles, step by step in folders instead of containers; what comes out is started as the image says. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, copyFile, link, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type RunningPostgres, startPostgres } from '@onerouter/cli'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../harness/processes.ts'
import { contextFiles, type Image, perform } from './dockerfile.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const INSTALL_WITHIN_MS = 240_000
const READY_WITHIN_MS = 60_000
const STOPPED_WITHIN_MS = 40_000

// They install every package anew and build the dashboard once more: minutes, and a run of their own in .ci/run.
const wanted = process.env.IMAGE_STEPS === '1'
if (!wanted)
  console.warn('SKIPPED: the steps of the Dockerfiles (IMAGE_STEPS=1; .ci/run runs them by themselves)')

/** The images' user where we may become it: files are root's then, as in the image. */
const asUser = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {}

let folder: string
const children: ChildProcess[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onerouter-image-'))
  await chmod(folder, 0o755)
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** What the base image brings: its Node, of the version that it names. */
async function base(name: string, root: string): Promise<void> {
  expect(name).toBe(`node:${process.versions.node}-bookworm-slim`)
  const program = join(root, 'usr/local/bin/node')
  await mkdir(dirname(program), { recursive: true })
  await link(process.execPath, program).catch(() => copyFile(process.execPath, program))
}

async function made(dockerfile: string): Promise<Image> {
  const tracked = await run('git', ['ls-files'], { cwd: ROOT, maxBuffer: 16_000_000 })
  // No program of the repository's own is on the way; the registry is asked as this machine asks it.
  const outside = Object.entries(process.env).filter(([key]) => !/^(NODE_|VITEST|npm_(?!config))/.test(key))
  const path = (process.env.PATH ?? '').split(':').filter((part) => !part.includes('node_modules'))
  return perform(join(ROOT, 'deploy/docker', dockerfile), {
    source: ROOT,
    files: await contextFiles(ROOT, tracked.stdout.trim().split('\n')),
    folder: join(folder, dockerfile.replace('.Dockerfile', '')),
    // What this machine has fetched before need not be asked for again.
    env: { ...Object.fromEntries(outside), npm_config_prefer_offline: 'true', PATH: path.join(':') },
    base,
    runWithinMs: INSTALL_WITHIN_MS,
  })
}

/** A program of the image: its own Node, its own folder, nothing of the machine's. */
function start(image: Image, words: readonly string[], env: Readonly<Record<string, string>>) {
  const [program = '', ...args] = words
  const child = spawn(join(image.root, 'usr/local/bin', program), args, {
    cwd: join(image.root, image.workdir),
    env: { ...image.env, PATH: '/usr/bin:/bin', ...env },
    ...asUser,
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, ended, output: () => output }
}

/** Asks as the image's own health check does, until it is content. */
async function healthy(image: Image, env: Readonly<Record<string, string>>): Promise<void> {
  await expect
    .poll(() => start(image, image.healthcheck, env).ended, { timeout: READY_WITHIN_MS, interval: 500 })
    .toBe(0)
}

async function stopped({ child, ended, output }: ReturnType<typeof start>): Promise<void> {
  child.kill('SIGTERM')
  const late = new Promise((resolve) => setTimeout(resolve, STOPPED_WITHIN_MS, 'it did not stop').unref())
  expect(await Promise.race([ended, late]), output()).toBe(0)
}

test('the images stand on the Node that the lock file pins', async () => {
  const lock = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    readonly dependencies: { readonly node: string } // our own manifest
  }
  for (const name of ['api', 'dashboard']) {
    const text = await readFile(join(ROOT, `deploy/docker/${name}.Dockerfile`), 'utf8')
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, from]) => from)
    expect(new Set(bases)).toEqual(new Set([`node:${lock.dependencies.node}-bookworm-slim`]))
  }
})

describe.skipIf(!wanted)('the steps of the Dockerfiles', () => {
  // The run's own server forgets at a crash, and production refuses such a one.
  let database: RunningPostgres
  beforeAll(async () => {
    const home = join(folder, 'database')
    await mkdir(home)
    await chmod(home, 0o755)
    database = await startPostgres({
      dataDir: join(home, 'postgres'),
      log: () => undefined,
      deleteAfter: home,
    })
  }, INSTALL_WITHIN_MS)
  afterAll(() => database?.stop())

  test(
    'the API: installed, migrated, healthy in production, and gone when asked to stop',
    async () => {
      const image = await made('api.Dockerfile')
      const env = {
        DATABASE_URL: database.url,
        SECRET_KEY: randomBytes(32).toString('base64'),
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        PUBLIC_URL: 'https://api.example.com',
        FRONTEND_URL: 'https://dashboard.example.com',
        ONEROUTER_DATA_DIR: join(folder, 'nothing'),
        API_HOST: '127.0.0.1',
        API_PORT: String(await freePort()),
      }
      const migrated = start(image, [...image.entrypoint, 'migrate'], env)
      expect(await migrated.ended, migrated.output()).toBe(0)
      const api = start(image, [...image.entrypoint, ...image.cmd], env)
      await healthy(image, env).catch((error: Error) => expect.fail(`${error.message}\n${api.output()}`))
      const docs = await fetch(`http://127.0.0.1:${env.API_PORT}/docs`)
      expect(await docs.text()).toContain('OneRouter')
      await stopped(api)
    },
    2 * INSTALL_WITHIN_MS,
  )

  test(
    'the dashboard: installed, built, healthy without building again, and gone when asked to stop',
    async () => {
      const image = await made('dashboard.Dockerfile')
      const env = {
        NEXT_PUBLIC_API_URL: `http://127.0.0.1:${await freePort()}`,
        DASHBOARD_HOST: '127.0.0.1',
        DASHBOARD_PORT: String(await freePort()),
      }
      const dashboard = start(image, image.cmd, env)
      await healthy(image, env).catch((error: Error) =>
        expect.fail(`${error.message}\n${dashboard.output()}`),
      )
      expect(dashboard.output()).not.toContain('Preparing the pages')
      await stopped(dashboard)
    },
    2 * INSTALL_WITHIN_MS,
  )
})
