/** The Python SDK: its own tests on the lowest and the newest Python here, and every snippet against the real API. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiProcess, createInstallation, type Installation } from '../harness/processes.ts'
import { findPythons, PYTHON_SDK, pythonEnvironment } from '../harness/pythons.ts'

const ROOT = new URL('../../', import.meta.url)
const SEED = new URL('../shared/seed-onerouter.md', ROOT)
const RUNNER = fileURLToPath(new URL('run_snippet.py', import.meta.url))
const RUN_WITHIN_MS = 120_000

const pythons = await findPythons()
if (pythons.length === 0) console.warn('SKIPPED: the Python SDK (no Python 3.8 or newer with venv here)')
if (!existsSync(SEED)) console.warn("SKIPPED: the seed's Python snippets (../shared is absent)")

interface Ran {
  readonly code: number | null
  readonly output: string
}

function run(python: string, args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const child = spawn(python, args, {
    cwd: PYTHON_SDK,
    timeout: RUN_WITHIN_MS,
    env: { PATH: process.env.PATH, PYTHONWARNINGS: 'error::RuntimeWarning', ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  child.stdin.end(input)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

describe.skipIf(pythons.length === 0)('the Python SDK', () => {
  const environments: string[] = []
  beforeAll(async () => {
    environments.push(...(await Promise.all(pythons.map(pythonEnvironment))))
  }, 300_000)

  test.each(pythons.map(({ version }, i) => [version, i] as const))(
    'passes its tests, and the vectors of every SDK, on Python %s',
    async (_, i) => {
      const { code, output } = await run(environments[i] ?? '', ['-m', 'pytest'])
      expect(code, output).toBe(0)
      expect(output).toMatch(/\d{2,} passed/)
      expect(output).not.toMatch(/skipped|failed/)
    },
    RUN_WITHIN_MS,
  )

  test(
    'its types hold under mypy --strict',
    async () => {
      const { code, output } = await run(environments.at(-1) ?? '', ['-m', 'mypy'])
      expect(code, output).toBe(0)
    },
    RUN_WITHIN_MS,
  )

  describe('against the real API', () => {
    let installation: Installation
    let api: ApiProcess
    beforeAll(async () => {
      installation = await createInstallation()
      api = await installation.start()
    }, 120_000)
    afterAll(() => installation?.close())

    const snippet = (text: string) =>
      run(environments.at(-1) ?? '', [RUNNER], text.replace(/"unf_(?:live|test)_xxx"/g, `"${api.apiKey}"`), {
        ONEROUTER_BASE_URL: api.url,
        ONEROUTER_API_KEY: api.apiKey,
      })

    test("the README's snippets create a payment, list it, tell errors apart and verify a webhook", async () => {
      const blocks = await pythonBlocks(new URL('sdks/python/README.md', ROOT))
      expect(blocks).toHaveLength(4)
      const [create = '', list = '', errors = '', webhook = ''] = blocks
      const created = await snippet(create)
      expect(created, created.output).toMatchObject({ code: 0 })
      expect(created.output).toMatch(/^Pay at: http\S+\nStatus: requires_action\n$/)
      const listed = await snippet(list)
      expect(listed, listed.output).toMatchObject({ code: 0 })
      expect(listed.output.trim().split('\n').length).toBeGreaterThanOrEqual(2)
      const client = 'from onerouter import OneRouterSync\nclient = OneRouterSync()\n'
      expect(await snippet(`${client}${errors}\nprint(order["status"])`)).toEqual({
        code: 0,
        output: 'requires_action\n',
      })
      const secret = '"whsec_c2VjcmV0IG9mIHRoZSBzbmlwcGV0cyB0ZXN0"'
      const event = '{"type": "payment.succeeded", "data": {"object": {"receipt": "order-7"}}}'
      const signed = `import onerouter\nsent = onerouter.webhooks.sign_test(${event}, ${secret})\nbody, headers = sent\n`
      expect(await snippet(`${signed}${webhook.replace('"whsec_xxx"', secret)}`)).toEqual({
        code: 0,
        output: 'paid: order-7\n',
      })
    })

    describe.skipIf(!existsSync(SEED))("the seed's snippets, as they stand", () => {
      const seedBlock = async (containing: string) => {
        const found = (await pythonBlocks(SEED)).find((block) => block.includes(containing))
        if (found === undefined) throw new Error(`the seed has no snippet with ${containing}`)
        return found
      }

      test('quick test', async () => {
        const text = await readFile(SEED, 'utf8')
        const [, code = ''] = /python -c "\n([\s\S]*?)"\n/.exec(text) ?? []
        expect(await snippet(code)).toEqual({ code: 0, output: 'SDK initialized successfully!\n' })
      })

      test('create, without a main function', async () => {
        const { code, output } = await snippet(await seedBlock('# Returns checkout URL'))
        expect(code, output).toBe(0)
        expect(output).toMatch(/^Pay at: http\S+\n$/)
      })

      test('create and get, with asyncio', async () => {
        const { code, output } = await snippet(await seedBlock('async def main():'))
        expect(code, output).toBe(0)
        expect(output).toMatch(/^Order created: pay_\w+\nPayment status: requires_action\n$/)
      })

      test('idempotency: twice the same key is one payment', async () => {
        const printed = await seedBlock('unique-order-123')
        // As printed it is no Python: a comma is missing after the key.
        const call = printed.replace('"unique-order-123"', '"unique-order-123",')
        const client = 'from onerouter import OneRouter\nclient = OneRouter()\n'
        const { code, output } = await snippet(
          `${client}${call}\nfirst = order["id"]\n${call}\nprint(first == order["id"], order["currency"])`,
        )
        expect(code, output).toBe(0)
        expect(output).toBe('True INR\n')
      })
    })
  })
})

async function pythonBlocks(file: URL): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8')
  return [...text.matchAll(/```python\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
}
