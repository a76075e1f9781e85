/** What the documentation shows is run here, as it stands there, against real processes. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiProcess, createInstallation, type Installation } from '../harness/processes.ts'

const ROOT = new URL('../../', import.meta.url)
const RUN_WITHIN_MS = 45_000

let installation: Installation
let api: ApiProcess
let folder: string
beforeAll(async () => {
  installation = await createInstallation()
  api = await installation.start()
  folder = await mkdtemp(join(tmpdir(), 'onerouter-readme-'))
  // A reader's project: the package installed, nothing else.
  await mkdir(join(folder, 'node_modules'))
  await symlink(fileURLToPath(new URL('packages/sdk', ROOT)), join(folder, 'node_modules/onerouter'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
}, 120_000)
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await installation?.close()
})

/** The TypeScript blocks between a heading and the next one of its level. */
async function blocks(file: string, heading: string): Promise<string[]> {
  const text = await readFile(new URL(file, ROOT), 'utf8')
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  const own = section.split('\n## ')[0] ?? ''
  return [...own.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
}

async function run(code: string): Promise<{ code: number | null; output: string }> {
  await writeFile(join(folder, 'quick-start.ts'), code)
  const child = spawn(process.execPath, ['quick-start.ts'], {
    cwd: folder,
    timeout: RUN_WITHIN_MS,
    env: { PATH: process.env.PATH, ONEROUTER_API_KEY: api.apiKey, ONEROUTER_BASE_URL: api.url },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((resolve) => child.on('close', (exit) => resolve({ code: exit, output })))
}

test("the README's quick start pays, refunds and verifies, as printed", async () => {
  const found = await blocks('README.md', 'Quick start')
  expect(found).toHaveLength(1)
  const { code, output } = await run(found[0] ?? '')
  expect(code, output).toBe(0)
  const [page, paid, refunded, verified, ...more] = output.trimEnd().split('\n')
  expect(page).toMatch(/^pay at http:\/\/127\.0\.0\.1:\d+\/stripe\//)
  expect(paid).toBe('succeeded 500.00 USD')
  expect(refunded).toMatch(/^refunded 120\.00 (pending|succeeded)$/)
  expect(verified).toBe('verified payment.succeeded true')
  expect(more).toEqual([])
})

test('every example of the guide to routing runs, one after another', async () => {
  const text = await readFile(new URL('docs/guides/routing.md', ROOT), 'utf8')
  const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  expect(examples).toHaveLength(3)
  const outputs: string[] = []
  for (const example of examples) {
    const { code, output } = await run(example)
    expect(code, `${example}\n${output}`).toBe(0)
    outputs.push(output)
  }
  const [explained, tried, back] = outputs
  expect(explained).toContain('true germans paypal')
  expect(explained).toContain("paypal: place 1 in the rule's order")
  expect(tried).toMatch(/^true An estimate.*\n10\ntrue null\n$/)
  expect(back).toMatch(/^2 in_force key unf_test_.*\n1 kept key unf_test_.*\n0 0\n$/)
})

test('every example of the quick-start page runs, one after another', async () => {
  const text = await readFile(new URL('docs/start/quick-start.md', ROOT), 'utf8')
  const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  expect(examples).toHaveLength(5)
  const outputs: string[] = []
  for (const example of examples) {
    const { code, output } = await run(example)
    expect(code, `${example}\n${output}`).toBe(0)
    outputs.push(output)
  }
  const [paid, refused, replayed, listed, webhook] = outputs
  expect(paid).toMatch(/^requires_action http.*\/paypal\/.*\nsucceeded /)
  expect(refused).toContain('invalid_amount')
  expect(replayed).toBe('true true\n')
  expect(listed).toMatch(/\n1 true 1\n$/)
  expect(webhook).toBe('')
})

test('every example of the guide to payment links runs, one after another', async () => {
  const text = await readFile(new URL('docs/guides/payment-links.md', ROOT), 'utf8')
  const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  expect(examples).toHaveLength(4)
  const outputs: string[] = []
  for (const example of examples) {
    const { code, output } = await run(example)
    expect(code, `${example}\n${output}`).toBe(0)
    outputs.push(output)
  }
  const [made, paid, sent, ended] = outputs
  expect(made).toMatch(/^active (http.*\/l\/[0-9a-z]{12})\n\1\/qr\.svg\n$/)
  expect(paid).toBe('paid 20.00 1\nsucceeded 43\n')
  expect(sent).toBe('accepted\ntrue\n')
  expect(ended).toBe('deactivated false\ntrue\n')
})

test('every example of the guide to subscriptions runs, one after another', async () => {
  const text = await readFile(new URL('docs/guides/subscriptions.md', ROOT), 'utf8')
  const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  expect(examples).toHaveLength(2)
  const outputs: string[] = []
  for (const example of examples) {
    const { code, output } = await run(example)
    expect(code, `${example}\n${output}`).toBe(0)
    outputs.push(output)
  }
  const [made, changed] = outputs
  expect(made).toMatch(/^pending_approval\nhttp.*\nactive\n$/)
  expect(changed).toBe('period 10.00 succeeded,period 10.00 succeeded\npaused active\ntrue\nactive true\n')
})

test('every example of the guide to disputes runs, one after another', async () => {
  const text = await readFile(new URL('docs/guides/disputes.md', ROOT), 'utf8')
  const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  expect(examples).toHaveLength(2)
  const outputs: string[] = []
  for (const example of examples) {
    const { code, output } = await run(example)
    expect(code, `${example}\n${output}`).toBe(0)
    outputs.push(output)
  }
  expect(outputs).toEqual(['open fraudulent 50.00 USD\ntrue\n', 'lost 50.00 15.00\nsucceeded 50.00 0.00\n'])
})
