/** The SDK as it is published: packed, unpacked by a stranger, judged by the tools of the trade, bundled, and run at the edge. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { EdgeVM } from '@edge-runtime/vm'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from '../../tools/build-sdk.ts'

const run = promisify(execFile)
const WITHIN_MS = 60_000
/** Bytes after gzip, of everything and of a program that only verifies webhooks; a new feature may raise them, knowingly. */
const WHOLE_BUDGET = 14_000
const VERIFY_BUDGET = 5_000

let folder: string
let dist: string
let tarball: string
let shop: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onerouter-package-'))
  dist = join(folder, 'dist')
  shop = join(folder, 'shop')
  await build(dist)
  await run('npm', ['pack', '--pack-destination', folder, '--silent'], { cwd: dist, timeout: WITHIN_MS })
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? ''
  tarball = join(folder, name)
  const installed = join(shop, 'node_modules/onerouter')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], { timeout: WITHIN_MS })
}, 180_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('publint finds nothing to say', async () => {
  const { messages, pkg } = await publint({ pkgDir: join(shop, 'node_modules/onerouter'), strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})

test('its types are right for every module resolution', async () => {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))))
  expect(result.types).toMatchObject({ kind: 'included' })
  // CommonJS of Node 16 cannot name a subpath without `exports`; nobody can help that resolution.
  const problems = 'problems' in result ? result.problems : []
  expect(problems.filter((one) => !('resolutionKind' in one && one.resolutionKind === 'node10'))).toEqual([])
})

test('the package contains what it must and nothing else', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball], { timeout: WITHIN_MS })
  const files = stdout.trim().split('\n')
  expect(files).toEqual(
    expect.arrayContaining(['package/LICENSE', 'package/README.md', 'package/package.json']),
  )
  expect(files.filter((file) => /\.test\.|\.ts$/.test(file) && !file.endsWith('.d.ts'))).toEqual([])
})

async function bundled(code: string): Promise<string> {
  const entry = join(shop, 'entry.mjs')
  await writeFile(entry, code)
  const bundle = await rolldown({ input: entry, platform: 'browser', logLevel: 'silent' })
  const { output } = await bundle.generate({ format: 'iife', minify: true })
  await bundle.close()
  return output[0].code
}

const VERIFY = `import { verify } from 'onerouter/webhooks'
globalThis.outcome = verify('{}', {}, 'whsec_AAAA').catch((error) => error.code)`
const WHOLE = `import { OneRouter } from 'onerouter'
const fetch = async () => new Response('{"id":"pay_1","amount_minor":5}', { headers: { 'request-id': 'req_1' } })
const client = new OneRouter({ apiKey: 'unf_test_x', fetch })
globalThis.outcome = client.payments.get('pay_1').then((payment) => payment.amountMinor)`

test('a bundler keeps what is used and drops the rest', async () => {
  const whole = gzipSync(await bundled(WHOLE)).length
  const verify = gzipSync(await bundled(VERIFY)).length
  console.log(`The SDK bundled and gzipped: ${whole} bytes; webhook verification alone: ${verify} bytes.`)
  expect(whole).toBeLessThan(WHOLE_BUDGET)
  expect(verify).toBeLessThan(VERIFY_BUDGET)
})

test.each([
  ['a whole client', WHOLE, 5],
  ['webhook verification', VERIFY, 'webhook_headers_missing'],
])('%s runs where there are no Node modules', async (_, code, outcome) => {
  const edge = new EdgeVM()
  const text = await bundled(code)
  expect(text).not.toMatch(/\brequire\(|node:/)
  expect(edge.evaluate('typeof process + typeof require')).toBe('undefinedundefined')
  expect(await edge.evaluate(`${text}\nglobalThis.outcome`)).toBe(outcome)
})
