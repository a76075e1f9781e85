/** Every event that `onerouter trigger` names really happens, at every provider that has it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LINK_EVENTS } from '../../packages/cli/src/commands/link-scenarios.ts'
import { runCommand } from '../../packages/cli/src/commands/run-command.ts'
import {
  PAYMENT_SERVICES,
  type PaymentService,
  SCENARIOS,
  type Scenario,
  TRIGGERABLE,
} from '../../packages/cli/src/commands/scenarios.ts'
import {
  SUBSCRIPTION_EVENTS,
  SUBSCRIPTIONS,
  type SubscriptionScenario,
} from '../../packages/cli/src/commands/subscription-scenarios.ts'
import { ELSEWHERE } from '../../packages/cli/src/commands/table-elsewhere.ts'
import { type ApiProcess, createInstallation, type Installation } from '../harness/processes.ts'

let installation: Installation
let api: ApiProcess
let dataDir: string
beforeAll(async () => {
  installation = await createInstallation()
  api = await installation.start()
  dataDir = await mkdtemp(join(tmpdir(), 'onerouter-trigger-'))
}, 120_000)
afterAll(async () => {
  await installation?.close()
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true })
})

async function trigger(...words: readonly string[]) {
  const out: string[] = []
  const notes: string[] = []
  const code = await runCommand(['trigger', ...words, '--json'], {
    commands: ELSEWHERE,
    nodeFrom: 24,
    root: dataDir,
    env: {
      ONEROUTER_DATA_DIR: dataDir,
      ONEROUTER_BASE_URL: api.url,
      ONEROUTER_API_KEY: api.apiKey,
    },
    nodeVersion: process.version,
    now: Date.now,
    fetch: (input, init) => fetch(input, init),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
    ask: undefined,
    stop: new AbortController().signal,
    dev: async () => 0,
    run: async () => ({ code: 0, output: '' }),
  })
  expect(code, `${words.join(' ')}: ${notes.join('\n')}`).toBe(0)
  return JSON.parse(out.join('\n')) as { event: string; type: string }
}

const isThere = (event: (typeof TRIGGERABLE)[number], provider: PaymentService): boolean => {
  const scenario: Scenario = SCENARIOS[event]
  return typeof scenario.at?.[provider] !== 'string'
}

/** Some of them move the sandbox's clock, so that they take turns; the providers of one do not mind each other. */
test.each(TRIGGERABLE)(
  '%s',
  async (event) => {
    const providers = PAYMENT_SERVICES.filter((provider) => isThere(event, provider))
    const found = await Promise.all(providers.map((provider) => trigger(event, '--provider', provider)))
    for (const { type } of found) expect(type).toBe(event)
  },
  60_000,
)

test.each(SUBSCRIPTION_EVENTS)(
  '%s',
  async (event) => {
    const scenario: SubscriptionScenario = SUBSCRIPTIONS[event]
    const providers = PAYMENT_SERVICES.filter((provider) => scenario.not?.[provider] === undefined)
    const found = await Promise.all(providers.map((provider) => trigger(event, '--provider', provider)))
    for (const { type } of found) expect(type).toBe(event)
  },
  60_000,
)

test('payment links: created, clicked, paid, expired, deactivated', async () => {
  const found = await Promise.all(LINK_EVENTS.map((event) => trigger(event)))
  expect(found.map(({ type }) => type)).toEqual([...LINK_EVENTS])
}, 60_000)
