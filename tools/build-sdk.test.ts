import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { machineNodes } from '../test/harness/nodes.ts'
import { build } from './build-sdk.ts'

const SDK = fileURLToPath(new URL('../packages/sdk', import.meta.url))
const BUNDLE_BUDGET = 75_000

let folder: string
let dist: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onerouter-sdk-'))
  dist = join(folder, 'dist')
  await build(dist)
  // Installed as a stranger has it: no source, no other packages.
  await mkdir(join(folder, 'shop/node_modules'), { recursive: true })
  await symlink(dist, join(folder, 'shop/node_modules/onerouter'))
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

function node(program: string, args: readonly string[]) {
  return spawnSync(program, args, { cwd: join(folder, 'shop'), encoding: 'utf8', timeout: 60_000 })
}

const USE = `
const event = { id: 'evt_1', type: 'payment.succeeded', data: { object: { amountMinor: 5 } } }
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
async function main() {
  const { body, headers } = await OneRouter.webhooks.signTest({ event, secret })
  const verified = await verify(body, headers, secret)
  const error = await new OneRouter({ apiKey: 'unf_test_x', baseUrl: 'http://127.0.0.1:9', maxRetries: 0 })
    .payments.get('pay_1').catch((caught) => caught)
  console.log(verified.data.object.amountMinor, ConnectionError.isInstance(error), OneRouterError.isInstance(error))
}
main()
`
const ESM = `import { ConnectionError, OneRouter, OneRouterError } from 'onerouter'
import { verify } from 'onerouter/webhooks'
${USE}`
const CJS = `const { ConnectionError, OneRouter, OneRouterError } = require('onerouter')
const { verify } = require('onerouter/webhooks')
${USE}`

describe.each(machineNodes())('the built package on %s', (program) => {
  test.each([
    ['import', 'use.mjs', ESM],
    ['require', 'use.cjs', CJS],
  ])('works by %s', async (_, name, code) => {
    await writeFile(join(folder, 'shop', name), code)
    const run = node(program, [name])
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe('5 true true\n')
  })
})

/** What TypeScript says about files in the stranger's project, its packages' declarations included. */
function typeCheck(files: readonly string[]): string {
  const require = createRequire(import.meta.url)
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const options = '--module nodenext --target es2022 --lib es2022,dom,dom.iterable --strict --noEmit --types'
  return node(process.execPath, [tsc, ...options.split(' '), '', ...files]).stdout
}

test('has types for import and for require, which hold without skipping its declarations', async () => {
  const code = `import { OneRouter, type Payment } from 'onerouter'
import { verify } from 'onerouter/webhooks'
export const status = async (id: string): Promise<Payment['status']> => (await new OneRouter().payments.get(id)).status
export const paymentOf = async (body: string): Promise<Payment | null> => {
  const event = await verify(body, new Headers(), 'whsec_')
  return event.data.object.object === 'payment' ? event.data.object : null
}
// @ts-expect-error two amounts
new OneRouter().payments.create({ amount: '1', amountMinor: 100, currency: 'USD' })
// @ts-expect-error no amount
new OneRouter().payments.create({ currency: 'USD' })
`
  await writeFile(join(folder, 'shop/use.mts'), code)
  await writeFile(join(folder, 'shop/use.cts'), code)
  expect(typeCheck(['use.mts', 'use.cts'])).toBe('')
})

test('every method has an example, and every example is right', async () => {
  // What the examples take for granted.
  const given = `declare global {
  const client: import('onerouter').OneRouter
  const payment: import('onerouter').Payment
  const refund: import('onerouter').Refund
  const customer: import('onerouter').Customer
  const plan: import('onerouter').Plan
  const recovery: import('onerouter').WebhookRecovery
  const subscription: import('onerouter').Subscription
  const link: import('onerouter').PaymentLink
  const sms: import('onerouter').Sms
  const dispute: import('onerouter').Dispute
  const succeeded: import('onerouter').OneRouterEvent
  const OneRouter: typeof import('onerouter').OneRouter
  const process: { env: Record<string, string | undefined> }
  function ship(receipt: string | null): Promise<void>
}
export {}
`
  await writeFile(join(folder, 'shop/given.d.ts'), given)
  const sources = join(SDK, 'src')
  const files = ['given.d.ts']
  for (const name of await readdir(sources, { recursive: true })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue
    const text = await readFile(join(sources, name), 'utf8')
    const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
    if (name.startsWith('resources/')) {
      expect(examples.length, name).toBe(
        [...text.matchAll(/^ {2}\w+\([\s\S]*?\): (?:ApiPromise|List|AsyncGenerator)</gm)].length,
      )
    }
    for (const [i, example] of examples.entries()) {
      const file = `${name.replaceAll('/', '-')}.${i}.mts`
      await writeFile(join(folder, 'shop', file), `${example.replace(/^ *\* ?/gm, '')}\nexport {}\n`)
      files.push(file)
    }
  }
  expect(files.length).toBeGreaterThan(35)
  expect(typeCheck(files)).toBe('')
})

test('imports nothing but itself, is small, and may be shaken', async () => {
  let size = 0
  for (const name of await readdir(join(dist, 'esm'), { recursive: true })) {
    if (!name.endsWith('.js')) continue
    const text = await readFile(join(dist, 'esm', name), 'utf8')
    size += text.length
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '') // examples in comments import the package itself
    for (const [, target] of code.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
      expect(target, name).toMatch(/^\.\.?\//)
    }
  }
  expect(size).toBeLessThan(BUNDLE_BUDGET)
  const manifest: unknown = JSON.parse(await readFile(join(dist, 'package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: 'onerouter', sideEffects: false })
  for (const absent of ['private', 'scripts', 'dependencies']) expect(manifest).not.toHaveProperty(absent)
})
