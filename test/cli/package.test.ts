/** The command as it is published: packed, unpacked by a stranger, and used against a running OneRouter. */
import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCli } from '../../tools/build-cli.ts'
import { machineNodes } from '../harness/nodes.ts'
import { type ApiProcess, createInstallation, type Installation } from '../harness/processes.ts'

const run = promisify(execFile)
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const WITHIN_MS = 60_000
/** Bytes of the tarball; a new command may raise it, knowingly. */
const BUDGET = 60_000

let folder: string
let installed: string
let tarball: string
let installation: Installation
let api: ApiProcess
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onerouter-cli-'))
  const dist = join(folder, 'dist')
  await buildCli(dist)
  await run('npm', ['pack', '--pack-destination', folder, '--silent'], { cwd: dist, timeout: WITHIN_MS })
  tarball = join(folder, (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? '')
  installed = join(folder, 'shop/node_modules/@onerouter/cli')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], { timeout: WITHIN_MS })
  // Its one dependency, and that one's, as npm would put them beside it.
  for (const name of ['@modelcontextprotocol', 'zod']) {
    await symlink(join(MODULES, name), join(folder, 'shop/node_modules', name))
  }
  installation = await createInstallation()
  api = await installation.start()
}, 180_000)
afterAll(async () => {
  await installation?.close()
  await rm(folder, { recursive: true, force: true })
})

const envOf = () => ({
  PATH: process.env.PATH,
  ONEROUTER_BASE_URL: api.url,
  ONEROUTER_API_KEY: api.apiKey,
  SANDBOX_URL: installation.sandbox.urls.pages,
})

test('publint finds nothing to say, it names one dependency, and it is small', async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  expect(Object.keys(manifest.dependencies)).toEqual(['@modelcontextprotocol/server'])
  expect(manifest).not.toHaveProperty('private')
  const { size } = await stat(tarball)
  console.log(`The command, packed: ${size} bytes.`)
  expect(size).toBeLessThan(BUDGET)
})

describe.each(machineNodes())('on %s', (node) => {
  const onerouter = async (...words: readonly string[]) => {
    const { stdout } = await run(node, [join(installed, 'onerouter.mjs'), ...words], {
      cwd: folder,
      timeout: WITHIN_MS,
      env: envOf(),
    })
    return stdout
  }

  test('it explains itself, makes an event happen and looks an installation over', async () => {
    expect(await onerouter('--help')).toContain('trigger')
    const event = JSON.parse(
      await onerouter('trigger', 'payment.succeeded', '--provider', 'stripe', '--json'),
    )
    expect(event).toMatchObject({ event: expect.stringMatching(/^evt_/), type: 'payment.succeeded' })
    const { checks } = JSON.parse(await onerouter('doctor', '--json'))
    expect(checks).toContainEqual(expect.objectContaining({ name: 'node', status: 'ok' }))
    expect(checks).toContainEqual(expect.objectContaining({ name: 'api', status: 'ok' }))
  })

  test('it serves the API to an assistant', async () => {
    const child = spawn(node, [join(installed, 'onerouter.mjs'), 'mcp'], { cwd: folder, env: envOf() })
    let answer = ''
    const answered = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        answer += text
        if (answer.includes('\n')) resolve()
      })
      child.once('close', () => resolve())
    })
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 't', version: '1' },
    }
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`)
    await answered
    child.stdin.end()
    child.kill()
    expect(JSON.parse(answer)).toMatchObject({ id: 1, result: { serverInfo: { name: 'onerouter' } } })
  })
})
