/** Every block of code in the documentation is run here as it stands there, against real processes, or says where it is. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OneRouter } from 'onerouter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiProcess, createInstallation, type Installation, inherited } from '../harness/processes.ts'
import { EXPECTED, type Expectation } from './expected.ts'
import { type Block, shownBlocks } from './pages.ts'

const ROOT = new URL('../../', import.meta.url)
const RUN_WITHIN_MS = 45_000
const HOSTS = /https:\/\/(?:your-api|pay\.example)\.com|http:\/\/localhost:8000/g

const curlPresent = spawnSync('curl', ['--version']).status === 0
if (!curlPresent) console.warn('SKIPPED: no curl on this machine (the curl lines of the guides)')

const blocks = shownBlocks()
const pages = [...new Set(blocks.map(({ page }) => page))]

let installation: Installation
let api: ApiProcess
let folder: string
let paymentId: string
beforeAll(async () => {
  installation = await createInstallation()
  api = await installation.start()
  folder = await mkdtemp(join(tmpdir(), 'onerouter-snippets-'))
  // A reader's project: the package installed, nothing else.
  await mkdir(join(folder, 'node_modules'))
  await symlink(fileURLToPath(new URL('packages/sdk', ROOT)), join(folder, 'node_modules/onerouter'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const client = new OneRouter({ apiKey: api.apiKey, baseUrl: api.url })
  paymentId = (await client.payments.create({ amount: '1.00', currency: 'USD', provider: 'stripe' })).id
}, 120_000)
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await installation?.close()
})

interface Ran {
  readonly code: number | null
  readonly output: string
}

function run(command: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: folder,
    timeout: RUN_WITHIN_MS,
    env: {
      ...inherited(),
      ONEROUTER_API_KEY: api.apiKey,
      KEY: api.apiKey,
      ONEROUTER_BASE_URL: api.url,
      ONEROUTER_URL: api.url,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

async function runProgram(code: string, around: { before?: string; after?: string } = {}): Promise<Ran> {
  await writeFile(join(folder, 'snippet.ts'), `${around.before ?? ''}${code.replaceAll(HOSTS, api.url)}`)
  await writeFile(join(folder, 'reader.ts'), around.after ?? '')
  return run(process.execPath, [around.after === undefined ? 'snippet.ts' : 'reader.ts'])
}

/** Each `curl` line with its continuations. */
const requestsOf = (code: string): string[] =>
  [...code.matchAll(/^curl (?:.*\\\n)*.*$/gm)].map(([line]) => line)

async function statusOf(line: string): Promise<number> {
  const command = line
    .replaceAll(HOSTS, api.url)
    .replace(/PAYMENT_ID|pay_…/, paymentId)
    .replace(/TEST_KEY|YOUR_API_KEY/, api.apiKey)
  // -g: the brackets of a filter are not ranges. A live tail has no end: its status is all that is waited for.
  const { output } = await run('bash', ['--norc', '-c', `${command} -g -s -m 3 -o answer -w '%{http_code}'`])
  if (!/^\d{3}$/.test(output)) expect.fail(`${command}\n${output}`)
  return Number(output)
}

async function check({ code }: Block, expected: Expectation): Promise<void> {
  if ('prints' in expected) {
    const ran = await runProgram(code, expected.around)
    expect(ran.code, `${code}\n${ran.output}`).toBe(0)
    expect(ran.output).toMatch(expected.prints)
  } else if ('answers' in expected) {
    const statuses: number[] = []
    for (const line of requestsOf(code)) statuses.push(await statusOf(line))
    expect(statuses).toEqual(expected.answers)
  } else if ('parses' in expected) {
    expect(() => JSON.parse(code)).not.toThrow()
  } else if ('test' in expected) {
    expect(existsSync(new URL(expected.test, ROOT)), expected.test).toBe(true)
  } else {
    expect(expected.not.length, 'a reason').toBeGreaterThan(10)
  }
}

test('no page shows code that nobody runs, and none is expected that is not shown', () => {
  const shown = Object.fromEntries(
    pages.map((page) => [page, blocks.filter((one) => one.page === page).length]),
  )
  const expected = Object.entries(EXPECTED).map(([page, list]) => [page, list.length] as const)
  expect(Object.fromEntries(expected)).toEqual(shown)
})

describe.each(pages)('%s', (page) => {
  // One after another: later examples go on with what earlier ones have made.
  test('does what it shows', async () => {
    for (const block of blocks.filter((one) => one.page === page)) {
      const expected = EXPECTED[page]?.[block.number - 1]
      if (expected === undefined) expect.fail(`nobody says what block ${block.number} does`)
      if ('answers' in expected && !curlPresent) continue
      await check(block, expected)
    }
  })
})
